"""Variants that a language model writes: what it is asked for, and the checks of what it proposes."""
