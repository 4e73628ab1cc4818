"""How far a simulated run and the live one of the same seed differ, with margins."""
