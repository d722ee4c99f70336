"""Interventions: ways to train a model of the zoo so that it becomes more robust."""
