"""The solutions of the exercises, one module a post."""
