"""Live runs beside simulated ones, and what a hop costs on this machine."""
