"""The solutions of the exercises of lesson 1, one module a post."""
