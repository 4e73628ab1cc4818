"""Several policies under the same people, luck and faults."""
