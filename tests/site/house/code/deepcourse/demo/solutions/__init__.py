"""What answers its exercises."""
