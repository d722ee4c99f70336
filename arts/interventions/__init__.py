"""What makes a model more robust: each intervention trains a model of the zoo in a way of its own."""
