"""What it measures."""
