"""Gradients by hand: every layer with its backward pass, in NumPy alone."""
