"""Rules of English: word forms, negation, conjunctions, degree, and edits of tokens."""
