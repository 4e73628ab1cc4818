"""Whether the run can be believed."""
