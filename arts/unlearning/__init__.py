"""Unlearning: making a model forget texts (the forget set) while it keeps what others teach (the retain set)."""
