"""The zoo: the registry, the models, training, and adapters for anything else that can be measured."""
