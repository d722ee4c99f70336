"""The nine models of the ARTS paper, each in the module of its name."""
