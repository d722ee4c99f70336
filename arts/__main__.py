"""The entry point of ``python -m arts COMMAND``, which is the same as ``arts COMMAND``."""

from arts.cli.app import main

main()
