"""One comparison of gradients: by hand, measured, and TensorFlow's.

`compare` takes a drawn case; the tests and the recorded errors both ask it.
"""

import numpy as np

from deepcourse.gradflow.against.cases import Case
from deepcourse.gradflow.gradcheck import central_difference, relative_error


def central(case: Case, inputs, upstream, i: int, h: float) -> np.ndarray:
    """The gradient of sum(dy * y) with respect to input i, measured."""

    def total(a):
        y = case.forward(*inputs[:i], a, *inputs[i + 1 :])
        return sum(np.sum(dy * out) for dy, out in zip(upstream, y))

    return central_difference(total, inputs[i], h)


def compare(case: Case, rng, h: float) -> dict:
    """The three relative errors of each gradient of one case."""
    inputs = list(case.inputs.values())
    upstream = [rng.normal(size=np.shape(y)) for y in case.forward(*inputs)]
    ours = case.backward(inputs, upstream)
    theirs = case.twin(inputs, upstream)
    small = [a.astype(np.float32) for a in inputs]
    up = [np.float32(dy) for dy in upstream]
    ours32, theirs32 = case.backward(small, up), case.twin(small, up)
    errors = {}
    for i, name in enumerate(case.inputs):
        if ours32[i].dtype != np.float32 or ours[i].dtype != np.float64:
            raise TypeError(f"d{name}: got {ours32[i].dtype} for float32")
        errors[f"d{name}"] = {
            "central": relative_error(
                ours[i], central(case, inputs, upstream, i, h)
            ),
            "tensorflow": relative_error(ours[i], theirs[i]),
            "float32": relative_error(ours32[i], theirs32[i]),
        }
    return errors
