"""Unlearning: train a model to forget some texts (forget set) and stay as it is on others (retain set)."""
