"""The command line: the app that finds the commands, the options they share, tables and progress bars."""
