"""What lesson 3 measures."""
