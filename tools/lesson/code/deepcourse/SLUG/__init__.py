"""Lesson NUMBER: what its post shows, one idea a module."""
