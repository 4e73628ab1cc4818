"""People who were told "not yet": they wait, are decided about again and notified."""
