"""Whether the lender doubts what arrived."""
