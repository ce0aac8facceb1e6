r"""Formulas as the course writes them: what is read, what it is worth, and what is refused."""

import numpy as np
import pytest
from coursesite.run import formulas, tex

rng = np.random.default_rng(0)
DY, W, X, Z = (rng.normal(size=shape) for shape in ((2, 4), (3, 4), (2, 3), (5,)))
LABELS = np.array([2, 0])


def values(formula, **more):
    """Both sides of every relation of every line, for all free indices, one after the other."""
    bound = tex.names({SPELLED.get(name, name): value for name, value in more.items()})
    return [
        (np.asarray(left), np.asarray(right))
        for line in formulas.statements(formula)
        for _, _, left, right in tex.sides(line, bound)
    ]


SPELLED = {
    "da_z": "da^z",
    "delta_h": r"\delta^h",
    "xhat": r"\hat x",
    "var": r"\sigma^2",
    "std": r"\sigma_\epsilon",
    "slope": r"\frac{\partial y}{\partial x}",
    "to_h": r"\text{to }h",
    "new": r"\leftarrow w",
    "beta_1": r"\beta_1",
    "sig": r"\sigma",
}
COUNTED = np.arange(6.0)
READ = {
    "a sum over an index": (r"dx_{nd} = \sum_h dy_{nh}\,w_{dh}", {"dx": DY @ W.T, "dy": DY, "w": W}),
    "a transposed matrix": (r"dx = dy\,w^\top", {"dx": DY @ W.T, "dy": DY, "w": W}),
    "another sign of it": (r"dx = dy\,w^{\mathsf T}", {"dx": DY @ W.T, "dy": DY, "w": W}),
    "brackets transposed": (r"dw = (x + x)^\top dy", {"dw": 2 * X.T @ DY, "x": X, "dy": DY}),
    "a sum to the end of a term": (r"a = \sum_n z_n + 1 - \sum_n z_n^2", {"a": Z.sum() + 1 - (Z**2).sum(), "z": Z}),
    "a sum between numbers": (r"a = \sum_{s=1}^{t} s^2", {"a": 14, "t": 3}),
    "a sum over all entries": (r"a = \sum x \odot x", {"a": (X * X).sum(), "x": X}),
    "an index that is looked up": (r"a_n = x_{n y_n}", {"a": X[[0, 1], LABELS], "x": X, "y": LABELS}),
    "a step in time": (r"h_t = 1 + h_{t-1}", {"h": COUNTED, "t": range(1, 6)}),
    "two groups of indices": (r"h_{t+1,nj} = a", {"h": np.ones((3, 2, 4)), "a": 1.0, "t": range(2)}),
    "a name with an upper index": (r"da^z_t = \delta^h_t", {"da_z": Z, "delta_h": Z}),
    "a name with a lower index and others": (r"w_{h,jk} = w_{jk}", {"w_h": W, "w": W}),
    "a hat, a square and a root": (
        r"\hat x_n = \frac{z_n}{\sqrt{\sigma^2}} = \frac{z_n}{\sigma_\epsilon}",
        {"xhat": Z / 2, "z": Z, "var": 4.0, "std": 2.0},
    ),
    "a square of a name with an index": (r"a = \sigma_\epsilon^2 = \sigma_\epsilon^{-1}\,8", {"a": 4.0, "std": 2.0}),
    "half": (r"\tfrac12 = \frac12 = 1/2 = 2^{-1}", {}),
    "thousands": (r"(784 + 1)\cdot 512 = 401{,}920", {}),
    "functions": (r"\tanh^2 a = (\tanh a)^2, \quad \log e^a = a, \quad \max(a, 2) = 2", {"a": 0.7}),
    "a function that is bound": (r"\sigma(a) = 6", {"sig": lambda a: 2 * a, "a": 3.0}),
    "the sigmoid": (r"\sigma(a) = \frac{1}{1 + e^{-a}}", {"a": 0.3}),
    "a statement": (r"a_n = [n = k] + [n > k]", {"a": np.array([0, 1, 1]), "k": 1}),
    "a condition behind a sum": (
        r"\begin{gathered} a_i = \sum_u z_u \\ \text{where } 2u = i \end{gathered}",
        {"a": np.array([Z[0], 0, Z[1]]), "z": Z},
    ),
    "a floor and a ceiling": (r"\lfloor 7 / 2 \rfloor = 3, \quad \lceil 7 / 2 \rceil = 4", {}),
    "lengths": (r"|z|^2 = \sum_n z_n^2, \quad \lVert z \rVert = |z|, \quad |-3| = 3", {"z": Z}),
    "a derivative": (r"\frac{\partial y_j}{\partial x_n} = w_{jn}", {"slope": W, "w": W}),
    "a new value": (r"w \leftarrow 2w", {"w": W, "new": 2 * W}),
    "what goes back": (r"\text{to } h_{t-1}:\quad 2z_t", {"to_h": 2 * Z[1:], "z": Z, "t": range(1, 5)}),
    "shapes": (r"x:(B, D), \quad w:(D, H)", {"x": X, "w": W, "B": 2, "D": 3, "H": 4}),
    "a statement about each entry": (r"y = x \odot [x > 0]", {"x": X, "y": np.maximum(X, 0)}),
    "shapes of names with an index": (r"dw_2:(D, H)", {"dw_2": W, "dw_1": X, "D": 3, "H": 4}),
    "a line that goes on": (r"\begin{aligned} a &= 1 \\ &\quad + 2 \\ b &= 3 \end{aligned}", {"a": 3, "b": 3}),
    "a power of a name with an index": (r"a = \beta_1^{\,3}", {"a": 8.0, "beta_1": 2.0}),
    "pixels beyond an edge": (
        r"a_i = x_{i - 1 + p}",
        {"a": np.array([0.0, 0.0, 1.0]), "x": lambda i: max(i, 0), "p": 0},
    ),
}


@pytest.mark.parametrize("name", READ)
def test_both_sides_are_what_is_meant(name):
    formula, bound = READ[name]
    found = values(formula, **bound)
    assert found
    for left, right in found:
        assert left.shape == right.shape
        np.testing.assert_allclose(left, right, rtol=1e-12)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (
            r"dx_{nd} = dy_{t+1,nh}\,w_d",
            {"dx_{dn}=dy_{t+1,nh}w_d", "dx_{nd}=dy_{t+1,hn}w_d", "dx_{nd}=dy_{t-1,nh}w_d", "dx_{nd}=dy_{t+2,nh}w_d"},
        ),
        (r"dx = dy\,w^\top - 9", {r"dx=dyw^\top+9", "dx=dyw-9", r"dx=dyw^\top-0"}),
        (r"a = [n > k]\,w^{\mathsf T}", {r"a=[n<k]w^{\mathsf T}".replace(" ", ""), "a=[n>k]w"}),
        (r"b = \max(x, 0)", {r"b=\min(x,0)", r"b=\max(x,1)"}),
    ],
)
def test_a_formula_is_spoilt_at_every_sign_digit_transposition_and_pair_of_indices(formula, expected):
    (line,) = formulas.statements(formula)
    found = ["".join(wrong) for wrong in formulas.mutants(line)]
    assert len(found) == len(expected)
    assert set(found) == expected


@pytest.mark.parametrize(
    ("formula", "bound", "says"),
    [
        (r"dx_{nd} = \sum_h dy_{nh}\,w_{hd}", {"dx": DY @ W.T, "dy": DY, "w": W}, "as an index runs over axes of {"),
        (r"a = q", {"a": 1.0}, "`q` is no name, and as an index runs over axes of no"),
        (r"a = \frac{\partial y}{\partial x}", {"a": 1.0}, "no value for"),
        (r"a = z^\top", {"a": Z, "z": Z}, "a transposed array of 1 axes, expected 2"),
        (r"a = x \odot x\,w", {"a": 1.0, "x": X, "w": W}, r"a matrix product and \odot in one term"),
        (r"a = h_{t-1}", {"a": 1.0, "h": Z, "t": range(2)}, "has no entry [-1]"),
        (r"a = (1 + 2", {"a": 3.0}, "got `the end`, expected `)`"),
        (r"a = 1 \cdots 2", {"a": 3.0}, r"can't read `\cdots`"),
        (r"a", {"a": 3.0}, "`a` has no two sides"),
        (r"a = 2 +", {"a": 3.0}, "can't read `the end`"),
        (r"a = \frac{1}", {"a": 3.0}, "the formula ends where an argument should stand"),
    ],
)
def test_what_cannot_be_read_or_does_not_fit_is_refused(formula, bound, says):
    with pytest.raises(formulas.FormulaError) as error:
        values(formula, **bound)
    assert says in str(error.value)


def test_a_matrix_product_keeps_its_order():
    square = rng.normal(size=(3, 3)), rng.normal(size=(3, 3))
    ((left, right),) = values(r"a\,b = b\,a", a=square[0], b=square[1])
    assert np.abs(left - right).max() > 0.1
