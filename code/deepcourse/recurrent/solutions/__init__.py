"""The solutions of lesson 5's exercises."""
