"""Language models: how likely they find texts, and what they answer as entrants."""
