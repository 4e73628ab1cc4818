"""What a person sees of a matrix: table, page, figures."""
