"""Lesson 2: MNIST with two dense layers, dropout, ReLU and Adam."""
