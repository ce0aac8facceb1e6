"""Lesson 5: nets that remember, and one that writes into a memory."""
