"""What lesson 4 draws."""
