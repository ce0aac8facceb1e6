"""What draws the figures of lesson NUMBER."""
