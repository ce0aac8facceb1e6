"""What lesson 4 measures."""
