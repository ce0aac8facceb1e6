"""Lesson 1: a computational graph builder in NumPy, and TensorFlow's.

The builder is `graph`, `shapes`, `operations`, `run`, `gradients` and
`passes`. None of them imports TensorFlow. A node computes in float64 or
refuses: integers and smaller floats become float64, and what isn't real
numbers (text, bool, complex, objects, masked entries) gets a ValueError with
the argument's name, as do a wrong shape and a node of another graph. NaN and
infinity go where IEEE 754 sends them. What a run returns is a copy.
"""
