# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 2 · Two dense layers, live
#
# The [lesson](../../lessons/02-mnist/) measured its ingredients on MNIST. Here you train the same modules on
# scikit-learn's 1,797 digits of 8×8 pixels, which takes seconds, and change things. Every cell ran when this page was
# built.
