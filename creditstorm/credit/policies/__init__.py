"""How a lender may behave under trouble: the values of seven axes, and the policies of them that have a name."""
