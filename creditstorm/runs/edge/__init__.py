"""The edge of what a lender holds: one storm at one rate after another."""
