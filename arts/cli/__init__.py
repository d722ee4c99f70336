"""The parts that all commands share: the application, options, tables of results and progress bars."""
