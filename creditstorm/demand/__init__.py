"""Who asks when and what they do next, as pure functions of a plan."""
