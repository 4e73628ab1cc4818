"""How a lender may behave under trouble: the values of six axes, and the policies that are composed of them by name."""
