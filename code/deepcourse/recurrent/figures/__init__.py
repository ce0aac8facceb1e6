"""The figures of lesson 5."""
