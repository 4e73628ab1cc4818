"""The order of things: a plan goes in, a stream of frozen events comes out. No input or output of its own."""
