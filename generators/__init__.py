"""Generation of robustness test sets: finding opinion terms, the three strategies of ARTS, whole corpora."""
