"""What lesson 5 measures."""
