"""What draws the figures of lesson 3."""
