"""The modules that the course's pages are made of."""
