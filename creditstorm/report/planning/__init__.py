"""What a person sees of the planner's verbs."""
