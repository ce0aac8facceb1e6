"""Each optimizer takes the steps of Keras' own, in float64."""

import inspect

import keras
import numpy as np
import pytest
from deepcourse.gradflow.adam import update
from deepcourse.training import optimizers as o

KERAS = keras.optimizers
RATE = 0.03
SHARES = {"beta1": 0.875, "beta2": 0.96875}  # Keras casts them by way of float32, which holds these
THEIRS = {"beta_1": SHARES["beta1"], "beta_2": SHARES["beta2"]}
PAIRS = {
    "gradient_descent": (o.gradient_descent, {}, lambda: KERAS.SGD(RATE)),
    "momentum": (o.momentum, {"beta": 0.75}, lambda: KERAS.SGD(RATE, momentum=0.75)),
    "nesterov": (o.nesterov, {"beta": 0.75}, lambda: KERAS.SGD(RATE, momentum=0.75, nesterov=True)),
    "adagrad": (o.adagrad, {}, lambda: KERAS.Adagrad(RATE, initial_accumulator_value=0.0)),
    "rmsprop": (o.rmsprop, {"beta2": 0.95}, lambda: KERAS.RMSprop(RATE, rho=0.95)),
    "adam": (o.adam, SHARES, lambda: KERAS.Adam(RATE, **THEIRS)),
    "adamw": (o.adamw, {"decay": 0.125, **SHARES}, lambda: KERAS.AdamW(RATE, weight_decay=0.125, **THEIRS)),
    "amsgrad": (o.amsgrad, SHARES, lambda: KERAS.Adam(RATE, **THEIRS, amsgrad=True)),
    "muon": (o.muon, {"beta": 0.9}, lambda: KERAS.Muon(RATE, momentum=0.9, weight_decay=None)),
}


@pytest.fixture
def float64():
    """Keras keeps its rates in float64 as well."""
    keras.backend.set_floatx("float64")
    yield
    keras.backend.set_floatx("float32")


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("shape", [(4, 3), (2, 5)])
def test_a_hundred_steps_are_those_of_keras(name, shape):
    step, settings, make = PAIRS[name]
    draw, kept = np.random.default_rng(0), {}
    ours = draw.normal(size=shape)
    theirs = keras.Variable(ours.copy(), dtype="float64")
    optimizer = make()
    for t in range(100):
        g = draw.normal(size=shape) * np.geomspace(0.01, 10, shape[1]) + np.sin(t / 9)
        step(ours, g, kept, RATE, **settings)
        optimizer.apply([keras.ops.convert_to_tensor(g, "float64")], [theirs])
    np.testing.assert_allclose(ours, np.asarray(theirs), rtol=1e-10, atol=1e-10)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("name", ["adam", "adamw", "amsgrad"])
def test_keras_own_shares_differ_in_the_sixth_digit_for_it_passes_them_through_float32(name):
    """As the page says: 1.3e-6 with 0.9 and 0.999, and a few times 2e-16 with shares that a float32 holds."""

    def apart(shares):
        draw, kept, decay = np.random.default_rng(0), {}, {"weight_decay": 0.125} if name == "adamw" else {}
        ours = draw.normal(size=(4, 3))
        theirs = keras.Variable(ours.copy(), dtype="float64")
        kind = KERAS.AdamW if name == "adamw" else KERAS.Adam
        given = {"beta_1": shares[0], "beta_2": shares[1], "amsgrad": name == "amsgrad"}
        optimizer = kind(RATE, **given, **decay)
        settings = {"beta1": shares[0], "beta2": shares[1]} | ({"decay": 0.125} if decay else {})
        for t in range(100):
            g = draw.normal(size=(4, 3)) * np.geomspace(0.01, 10, 3) + np.sin(t / 9)
            PAIRS[name][0](ours, g, kept, RATE, **settings)
            optimizer.apply([keras.ops.convert_to_tensor(g, "float64")], [theirs])
        return np.abs(ours - np.asarray(theirs)).max()

    assert 1e-7 < apart((0.9, 0.999)) < 1e-5
    assert apart((0.875, 0.96875)) < 1e-14
    assert apart((float(np.float32(0.9)), float(np.float32(0.999)))) < 1e-14


DEFAULTS = {  # what the page's table says of Keras
    "SGD": {"learning_rate": 0.01, "momentum": 0.0},
    "Adagrad": {"learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-7},
    "RMSprop": {"learning_rate": 0.001, "rho": 0.9, "epsilon": 1e-7},
    "Adadelta": {"learning_rate": 0.001, "rho": 0.95, "epsilon": 1e-7},
    "Adam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    "AdamW": {"learning_rate": 0.001, "weight_decay": 0.004},
    "Muon": {"learning_rate": 0.001, "momentum": 0.95, "weight_decay": 0.004, "rms_rate": 0.2},
}


@pytest.mark.parametrize("kind", DEFAULTS)
def test_the_defaults_of_keras_are_those_of_the_table(kind):
    settings = inspect.signature(getattr(KERAS, kind)).parameters
    assert {name: settings[name].default for name in DEFAULTS[kind]} == DEFAULTS[kind]


def test_adam_is_that_of_gradflow():
    draw, kept = np.random.default_rng(1), {}
    w = draw.normal(size=(3, 2))
    other, m, v = w.copy(), np.zeros_like(w), np.zeros_like(w)
    for t in range(1, 51):
        g = draw.normal(size=w.shape)
        o.adam(w, g, kept, 0.01)
        update(other, m, v, g, 0.01, t)
    np.testing.assert_allclose(w, other, rtol=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_float32_stays_float32(name):
    w, kept = np.ones((2, 3), np.float32), {}
    PAIRS[name][0](w, np.full((2, 3), 0.5), kept, 0.1)
    assert w.dtype == np.float32
    assert all(a.dtype == np.float32 for a in kept.values() if isinstance(a, np.ndarray))


@pytest.mark.parametrize("shape", [(20, 20), (8, 30), (30, 8)])
def test_five_steps_bring_singular_values_near_one_and_keep_the_vectors(shape):
    u = np.random.default_rng(2).normal(size=shape)
    left, sizes, right = np.linalg.svd(u, full_matrices=False)
    found = np.diag(left.T @ o.orthogonalize(u) @ right.T)
    large = sizes > 0.01 * np.linalg.norm(u)
    assert large.sum() >= len(sizes) - 1
    assert found[large].min() > 0.68
    assert found[large].max() < 1.14
    np.testing.assert_allclose(left @ np.diag(found) @ right, o.orthogonalize(u), atol=1e-12)


def test_the_tolerance_holds_for_every_singular_value_from_a_hundredth_to_one():
    x = np.linspace(0.01, 1, 10_001)
    for _ in range(5):
        x = 3.4445 * x - 4.775 * x**3 + 2.0315 * x**5
    assert 0.68 < x.min() < 0.69
    assert 1.13 < x.max() < 1.14


@pytest.mark.parametrize("shape", [(3, 2), (8, 30), (20, 20)])
def test_entries_of_an_orthogonal_matrix_have_the_size_that_the_scale_undoes(shape):
    left, _, right = np.linalg.svd(np.random.default_rng(3).normal(size=shape), full_matrices=False)
    assert np.sqrt(((left @ right) ** 2).mean()) == pytest.approx(max(shape) ** -0.5)


@pytest.mark.parametrize("name", PAIRS)
def test_bad_input_is_refused_by_name_and_nothing_moves(name):
    step = PAIRS[name][0]
    w, kept = np.ones((2, 2)), {}
    for wrong in (-0.1, np.nan, "1", True):
        with pytest.raises(ValueError, match=r"^rate: got"):
            step(w, np.ones((2, 2)), kept, wrong)
    with pytest.raises(ValueError, match=r"^g: got shape"):
        step(w, np.ones(2), kept, 0.1)
    for fixed in (np.ones((2, 2), int), [[1.0, 1.0]]):
        with pytest.raises(ValueError, match=r"^w: got"):
            step(fixed, np.ones((2, 2)), kept, 0.1)
    assert (w == 1).all()
    assert not kept


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("momentum", "beta"),
        ("nesterov", "beta"),
        ("rmsprop", "beta2"),
        ("adam", "beta1"),
        ("adam", "beta2"),
        ("adamw", "beta2"),
        ("amsgrad", "beta1"),
        ("amsgrad", "beta2"),
        ("muon", "beta"),
    ],
)
@pytest.mark.parametrize("wrong", [-0.1, 1, 1.5, np.nan])
def test_a_share_out_of_its_range_is_refused_by_name(name, share, wrong):
    with pytest.raises(ValueError, match=f"^{share}: got"):
        PAIRS[name][0](np.ones((2, 2)), np.ones((2, 2)), {}, 0.1, **{share: wrong})


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam", "amsgrad"])
def test_an_epsilon_below_zero_is_refused(name):
    with pytest.raises(ValueError, match=r"^epsilon: got"):
        PAIRS[name][0](np.ones(2), np.ones(2), {}, 0.1, epsilon=-1)


def test_a_decay_below_zero_and_a_vector_for_muon_are_refused():
    with pytest.raises(ValueError, match=r"^decay: got"):
        o.adamw(np.ones(2), np.ones(2), {}, 0.1, decay=-1)
    with pytest.raises(ValueError, match=r"^w: got shape \(2,\)"):
        o.muon(np.ones(2), np.ones(2), {}, 0.1)
