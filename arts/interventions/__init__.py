"""Interventions: ways of training that make a model of the zoo more robust."""
