"""Unlearning: what the command and the intervention share."""
