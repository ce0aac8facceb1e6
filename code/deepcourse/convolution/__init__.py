"""Lesson 4: from a dense layer to a convolution, by what one leaves out."""
