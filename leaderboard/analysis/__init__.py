"""What the board works out from its entries: ranks, tables, units, comparisons and commands."""
