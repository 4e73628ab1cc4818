"""Pages and pictures of the planner's verbs."""
