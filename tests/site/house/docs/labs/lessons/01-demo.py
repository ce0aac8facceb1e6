# %% [markdown]
# # Lab 1 · One bend
#
# The lab of [one bend](/lessons/01-demo.md). It draws a grey square.

# %% alt="A grey square."
from PIL import Image

Image.new("L", (8, 8), 128)
