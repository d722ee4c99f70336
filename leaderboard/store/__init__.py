"""Where results come from: reports in folders, checked; uploads; the paper's figures and citations."""
