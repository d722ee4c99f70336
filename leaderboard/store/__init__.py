"""Where the board's entries come from: checked reports in folders, uploads, and the paper's scores."""
