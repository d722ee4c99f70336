"""Language models as entrants: prompts, examples, how a model is asked, and how its answers are read."""
