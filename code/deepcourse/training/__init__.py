"""Lesson 3: why lesson 2 works, or why deep nets train at all."""
