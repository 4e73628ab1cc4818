"""Faults of whole processes: killed, paused, restarted."""
