"""Generation of robustness test sets: opinion terms, the three strategies of ARTS, whole corpora."""
