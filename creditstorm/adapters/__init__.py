"""The outside world behind the engine's ports: processes, sockets, Toxiproxy, signals."""
