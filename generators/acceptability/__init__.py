"""The judge of acceptability: how probably a reader accepts a variant."""
