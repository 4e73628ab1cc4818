"""How a service spends its finite capacity on a call, and the luck of the call."""
