"""What lesson 5 draws."""
