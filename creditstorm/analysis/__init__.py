"""What it means: numbers only, no input or output. Tables come in, a `Summary` and a `Timeline` go out."""
