"""What is shown of live and simulated runs held against each other."""
