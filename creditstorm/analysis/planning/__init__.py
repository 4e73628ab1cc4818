"""What the planner's verbs conclude from many runs."""
