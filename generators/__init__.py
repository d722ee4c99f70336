"""The room of the generators: robustness variants of sentences, from opinion terms to strategies."""
