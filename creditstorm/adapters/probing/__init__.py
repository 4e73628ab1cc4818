"""One short exchange on loopback, watched from the outside, in the words of what is probed."""
