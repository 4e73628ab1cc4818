"""`python -m creditstorm`: the same as the command."""

from creditstorm.cli import main

if __name__ == "__main__":  # the process that draws figures imports this module again
    main()
