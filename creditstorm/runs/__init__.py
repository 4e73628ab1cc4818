"""Carries out a run or a matrix from a scenario to its verdict, for whoever asks: a terminal, a pipeline, a test."""
