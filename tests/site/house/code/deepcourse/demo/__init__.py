"""What the only lesson of the house shows."""
