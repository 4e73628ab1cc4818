"""What would have noticed: rules over the stream of answers, calibrated on the run's own calm, each on its own."""
