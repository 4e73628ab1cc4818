"""Which words the person is told."""
