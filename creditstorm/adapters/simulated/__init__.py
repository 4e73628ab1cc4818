"""The engine's ports in virtual time: the same lender, people and record, no process, no socket and no waiting."""
