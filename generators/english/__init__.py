"""Rules of English: word forms, negation, conjunctions, degree words, and edits of tokens."""
