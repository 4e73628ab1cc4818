"""What a forecast simulates, and how it is carried out."""
