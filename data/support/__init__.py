"""What every room builds on: atomic files and folders, downloads, JSON records, figures, the parser."""
