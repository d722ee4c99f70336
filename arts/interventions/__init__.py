"""Interventions: ways of training that are to make a model of the zoo more robust."""
