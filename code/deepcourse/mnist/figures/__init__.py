"""What draws the figures, one module a post; `python -m` runs it."""
