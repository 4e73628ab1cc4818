"""Faults inside services, through the control port of each: told, met by a probe or counted by the service, gone."""
