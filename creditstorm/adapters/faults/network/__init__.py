"""Faults on the network, by Toxiproxy: one class and one file an effect, and a line in the registry."""
