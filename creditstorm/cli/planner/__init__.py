"""The planner's verbs: many simulated runs of one scenario."""
