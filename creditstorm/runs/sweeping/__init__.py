"""A sweep: values of a scenario varied over a grid, each run under several seeds."""
