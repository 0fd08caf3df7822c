"""`python -m toonface`: the command line where the program is not on the path."""

from toonface.cli import main

main()
