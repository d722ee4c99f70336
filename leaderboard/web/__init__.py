"""What the pages are built of: charts, HTML, cached values, links between pages, and the exported page."""
