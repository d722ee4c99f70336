"""The command line: the app that finds the commands, their shared options, tables and progress bars."""
