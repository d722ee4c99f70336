"""`python -m arts COMMAND`, the same as the console script."""

from arts.cli.app import main

main()
