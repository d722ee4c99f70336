"""What pages compute from the board's entries: ranks, tables, comparisons, commands that measure again."""
