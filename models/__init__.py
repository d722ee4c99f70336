"""Models: the registry, the nine models of the zoo, training, and adapters for other classifiers."""
