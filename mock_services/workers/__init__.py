"""How a service spends its finite capacity on a call, and a limit on how many a second."""
