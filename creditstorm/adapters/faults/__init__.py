"""Hands on faults: applied, verified by a probe or a receipt, cleared; one folder a family."""
