"""Gradients by hand: every layer with its backward pass, in NumPy alone.

One rule for arrays (`expect`). A layer computes in floating point or refuses.
float32 stays float32 and float64 float64; arrays of both make float64. Lists,
tensors and integers become float64, and float16 becomes float32, forward and
back. Views, any memory order and axes of length 0 are arrays like others. NaN
and infinity go where IEEE 754 sends them, but not out of a value that was
dropped or masked. What isn't real numbers (bool, complex, text, objects, a
generator, an array with masked entries) gets a ValueError with the argument's
name, and so does a wrong shape: nothing is broadcast. No argument is changed.

One protocol for forward and backward.

- `dense_forward`, `dense_backward` and so on: no two layers share a name.
- A forward function takes x, the weights, then options, and returns y. If the
  backward pass needs what it computed, that comes last: `y, mask` of dropout,
  `y, cache` of batch normalization, `h, c_last, cache` of the LSTM.
- A backward function takes dy first, the gradient of the loss with respect to
  y, and returns one gradient for each array that went forward, in the same
  order, of the same shape: dx first.
- What else it takes has one of three forms. Where the inputs are all it needs,
  they come again, in the same order, then the options:
  `dense_backward(dy, x, w)`, `conv_backward(dy, x, w, stride, padding)`.
  Where the output (or a mask of its shape) is, that comes instead:
  `relu_backward(dy, y)`, `dropout_backward(dy, mask, rate)`, so that the input
  may be forgotten. Else it is the cache, a NamedTuple that belongs to its
  module: read it, and don't change it: `lstm_backward(dh, cache)`.
- Two are both at once, because their parts are never wanted alone:
  `softmax_cross_entropy` returns the loss and its gradient, and
  `truncate.forward_backward` goes both ways chunk by chunk.
"""
