"""`python -m creditstorm`: the same as the command."""

from creditstorm.cli import main

main()
