"""What pages are built of: charts, HTML, choices and links, cached values, and the exported page."""
