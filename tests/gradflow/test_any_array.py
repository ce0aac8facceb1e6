"""The package's rule for arrays, over every public function: computed in floating point, or refused by name.

A function that is added without a case fails. What a case compares with is the same call on float64 arrays.
"""

import importlib
import inspect
import random
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from deepcourse import gradflow
from deepcourse.gradflow import (
    activations,
    adam,
    batchnorm,
    batchnorm_staged,
    circuit,
    clip,
    conv2d,
    conv2d_geometry,
    conv2d_loops,
    conv2d_transposed,
    digits,
    dropout,
    gradcheck,
    gru,
    gru_before,
    layernorm,
    loss,
    lstm,
    matmul,
    nets,
    other_nets,
    rnn,
    truncate,
)
from ways import backward_of, forward_of

FOLDER = Path(gradflow.__file__).parent
# `expect` is the rule, and has a test of its own; `planted` is wrong on purpose; `compare` judges what somebody typed.
OTHERS = {"__init__", "expect", "planted", "compare"}
NAMES = sorted(p.stem for p in FOLDER.glob("*.py") if p.stem not in OTHERS)
FUNCTIONS = {
    f"{name}.{key}": value
    for name in NAMES
    for key, value in vars(importlib.import_module(f"deepcourse.gradflow.{name}")).items()
    if inspect.isfunction(value) and value.__module__ == f"deepcourse.gradflow.{name}" and not key.startswith("_")
}


@dataclass
class Case:
    """One call: its arrays by name, and what it does with them."""

    call: object
    arrays: dict
    judged: dict = field(default_factory=dict)  # argument -> the name in its error
    stays: bool = True  # whether float32 goes in and comes out


def ints(*shape, seed=0):
    """Whole numbers from 0 to 3, so that every kind of array can hold them."""
    return np.random.default_rng([seed, *shape]).integers(0, 4, shape).astype(float)


def case(call, judged=None, stays=True, **arrays):
    if judged is None:
        judged = {name: name for name in arrays}
    elif not isinstance(judged, dict):
        judged = {name: name for name in judged}
    return Case(call, arrays, judged, stays)


def rng():
    return np.random.default_rng(0)


def image_case(call, judged, b, **more):
    return case(call, judged, x=ints(b, 4, 3, 2), w=ints(2, 2, 2, 2), **more)


G = conv2d_geometry.geometry(ints(2, 4, 3, 2), ints(2, 2, 2, 2), 2, "same")


def recurrent(gates, b, t=3, d=2, h=2, bias=(), **more):
    x, h0 = ints(b, t, d), ints(b, h, seed=1) / 4
    wx, wh = ints(d, gates * h, seed=2) / 4, ints(h, gates * h, seed=3) / 4
    arrays = {"x": x, "h0": h0, **more, "wx": wx, "wh": wh, "b": ints(*bias, gates * h, seed=4) / 4}
    return {name: np.rint(a) for name, a in arrays.items()}


def sent_back(module, dh, *given):
    *_, cache = forward_of(module)(*given)
    return backward_of(module)(dh, cache)


def normal_case(module, b, backward=None):
    arrays = {"x": ints(b, 4, 3), "gamma": ints(3, seed=1), "beta": ints(3, seed=2)}
    if backward is None:
        return case(forward_of(module), **arrays)
    return case(lambda dy, **a: backward(dy, forward_of(module)(**a)), ["dy"], dy=ints(b, 4, 3, seed=3), **arrays)


def given(b):
    return {"gamma": ints(3, seed=1), "beta": ints(3, seed=2), "mean": ints(3, seed=4), "var": 1 + ints(3, seed=5)}


def weights(name):
    return other_nets.NETS[name].weights(rng())


def net_case(name, b, backward=False):
    net, x = other_nets.NETS[name], np.round(4 * ints(b, 8, 8, 1))
    more = {"rng": rng()} if name == "dense" else {}

    def forward(x, w):
        return net.forward(w, x, *([rng()] if more else []))

    if not backward:
        return case(lambda x, w: forward(x, w)[0], ["x"], x=x, w=weights(name))
    return case(
        lambda dlogits, x, w: net.backward(dlogits, w, forward(x, w)[1]),
        {"dlogits": "dy"},
        dlogits=ints(b, 10),
        x=x,
        w=weights(name),
    )


def layer_arrays(b):
    return {"x": ints(b, 4, 3, 2), "w": ints(2, 2, 2, 2), "gamma": ints(2, seed=1), "beta": ints(2, seed=2)}


def adam_case(b):
    def call(g):
        w, m, v = np.ones((b, 3)), np.zeros((b, 3)), np.zeros((b, 3))
        adam.update(w, m, v, g, 0.1, 1)
        return w, m, v

    return case(call, g=ints(b, 3), stays=False)


LABELS = np.array([1, 0, 2, 1, 0])
CASES = {
    **{
        f"activations.{name}": lambda b, name=name: case(getattr(activations, name), x=ints(b, 3))
        for name in ("sigmoid", "tanh", "relu", "softplus")
    },
    **{
        f"activations.{name}_backward": lambda b, name=name: case(
            getattr(activations, f"{name}_backward"), dy=ints(b, 3), y=ints(b, 3, seed=1)
        )
        for name in ("sigmoid", "tanh", "relu", "softplus")
    },
    "adam.update": adam_case,
    "batchnorm.moments": lambda b: case(batchnorm.moments, x=ints(b, 3)),
    "batchnorm.channels": lambda b: case(batchnorm.channels, x=ints(b, 3)),
    "batchnorm.deviation": lambda b: case(lambda var: batchnorm.deviation(var, 0.5), var=ints(b)),
    "batchnorm.inference": lambda b: case(batchnorm.inference, x=ints(b, 3), **given(b)),
    "batchnorm.batchnorm_forward": lambda b: normal_case(batchnorm, b),
    "batchnorm.batchnorm_backward": lambda b: normal_case(
        batchnorm, b, lambda dy, made: batchnorm.batchnorm_backward(dy, made[1])
    ),
    "batchnorm.inference_backward": lambda b: case(
        lambda dy, **a: batchnorm.inference_backward(dy, batchnorm.inference(**a)[1]),
        ["dy"],
        dy=ints(b, 3, seed=6),
        x=ints(b, 3),
        **given(b),
    ),
    "batchnorm.update": lambda b: case(batchnorm.update, running=ints(b), batch=ints(b, seed=1)),
    "batchnorm_staged.staged_forward": lambda b: normal_case(batchnorm_staged, b),
    "batchnorm_staged.staged_backward": lambda b: normal_case(batchnorm_staged, b, batchnorm_staged.staged_backward),
    "clip.global_norm": lambda b: case(
        lambda g: clip.global_norm([g, g]), {"g": "gradients"}, g=ints(b, 3), stays=False
    ),
    "clip.clip_by_global_norm": lambda b: case(
        lambda g: clip.clip_by_global_norm([g, g], 0.5)[0], {"g": "gradients"}, g=ints(b, 3)
    ),
    "conv2d.im2col": lambda b: case(lambda x, w: conv2d.im2col(x, w, G), x=ints(b, 4, 3, 2), w=ints(2, 2, 2, 2)),
    "conv2d.blocks": lambda b: case(lambda x, w: conv2d.blocks(x, w, G), x=ints(b, 4, 3, 2), w=ints(2, 2, 2, 2)),
    "conv2d.conv_forward": lambda b: image_case(conv2d.conv_forward, None, b),
    "conv2d.conv_backward": lambda b: image_case(
        lambda **a: conv2d.conv_backward(**a, stride=2, padding="same"), None, b, dy=ints(b, 2, 2, 2)
    ),
    "conv2d.col2im": lambda b: case(
        lambda dy, x, w: conv2d.col2im(dy, x, w, G), dy=ints(b, 2, 2, 2), x=ints(b, 4, 3, 2), w=ints(2, 2, 2, 2)
    ),
    "conv2d_geometry.geometry": lambda b: image_case(
        lambda **a: conv2d_geometry.geometry(**a, stride=1, padding="same"), None, b
    ),
    "conv2d_geometry.check": lambda b: image_case(
        lambda **a: conv2d_geometry.check(**a, stride=(1, 1), padding="same"), None, b
    ),
    "conv2d_loops.terms": lambda b: image_case(
        lambda **a: list(conv2d_loops.terms(**a, stride=2, padding="same")), None, b
    ),
    "conv2d_loops.conv_loops_forward": lambda b: image_case(conv2d_loops.conv_loops_forward, None, b),
    "conv2d_loops.conv_loops_backward": lambda b: image_case(
        lambda **a: conv2d_loops.conv_loops_backward(**a, stride=2, padding="same"), None, b, dy=ints(b, 2, 2, 2)
    ),
    "conv2d_transposed.spread": lambda b: case(lambda dy: conv2d_transposed.spread(dy, G), dy=ints(b, 2, 2, 2)),
    "conv2d_transposed.conv_transposed_backward": lambda b: image_case(
        lambda **a: conv2d_transposed.conv_transposed_backward(**a, stride=2, padding="same"),
        None,
        b,
        dy=ints(b, 2, 2, 2),
    ),
    "conv2d_transposed.input_gradient": lambda b: case(
        lambda wide, x, w: conv2d_transposed.input_gradient(wide, x, w, G),
        wide=ints(b, 3, 3, 2),
        x=ints(b, 4, 3, 2),
        w=ints(2, 2, 2, 2),
    ),
    "conv2d_transposed.kernel_gradient": lambda b: case(
        lambda wide, x, w: conv2d_transposed.kernel_gradient(wide, x, w, G),
        wide=ints(b, 3, 3, 2),
        x=ints(b, 4, 3, 2),
        w=ints(2, 2, 2, 2),
    ),
    "digits.pictures": lambda b: case(digits.pictures, images=ints(b, 4, 4), stays=False),
    "digits.batches": lambda b: case(
        lambda x: list(digits.batches(x, LABELS[:b], 1, 2, rng())), x=ints(b, 4, 4, 1), stays=True
    ),
    "digits.wobble": lambda b: case(lambda x: digits.wobble(x, rng()), x=ints(b, 4, 4, 1)),
    "digits.sample": lambda b: case(digits.sample, x=ints(b, 4, 4, 1), place=ints(b, 4, 4, 2)),
    "dropout.dropout_forward": lambda b: case(lambda x: dropout.dropout_forward(x, 0.5, rng()), x=ints(b, 5)),
    "dropout.dropout_backward": lambda b: case(
        lambda dy: dropout.dropout_backward(dy, ints(b, 5, seed=1) > 1, 0.5), dy=ints(b, 5)
    ),
    "gradcheck.central_difference": lambda b: case(
        lambda x: gradcheck.central_difference(lambda x: np.sum(x**2), x), x=ints(b, 2), stays=False
    ),
    "gradcheck.check_arguments": lambda b: case(
        lambda x: gradcheck.check_arguments(np.sum, x, 0.1), x=ints(b, 2), stays=False
    ),
    "gradcheck.check_pair": lambda b: case(
        gradcheck.check_pair, found=ints(b, 2), expected=ints(b, 2, seed=1), stays=False
    ),
    "gradcheck.relative_error": lambda b: case(
        gradcheck.relative_error, found=ints(b, 2), expected=ints(b, 2, seed=1), stays=False
    ),
    "gru.gru_step": lambda b: case(gru.gru_step, ax=ints(b, 6), h=ints(b, 2), wh=ints(2, 6), bh=ints(6)),
    "gru.gru_step_backward": lambda b: case(
        gru.gru_step_backward,
        at_h=ints(b, 2),
        h=ints(b, 2, seed=1),
        wh=ints(2, 6),
        gates=ints(b, 6),
        u=ints(b, 2, seed=2),
    ),
    "gru.gru_forward": lambda b: case(gru.gru_forward, **recurrent(3, b, bias=(2,))),
    "gru.gru_backward": lambda b: case(
        lambda dh, **a: sent_back(gru, dh, *a.values()), ["dh"], dh=ints(b, 3, 2), **recurrent(3, b, bias=(2,))
    ),
    "gru_before.gru_before_step": lambda b: case(
        gru_before.gru_before_step, ax=ints(b, 6), h=ints(b, 2), wh=ints(2, 6)
    ),
    "gru_before.gru_before_step_backward": lambda b: case(
        gru_before.gru_before_step_backward, at_h=ints(b, 2), h=ints(b, 2, seed=1), wh=ints(2, 6), gates=ints(b, 6)
    ),
    "gru_before.gru_before_forward": lambda b: case(gru_before.gru_before_forward, **recurrent(3, b)),
    "gru_before.gru_before_backward": lambda b: case(
        lambda dh, **a: sent_back(gru_before, dh, *a.values()), ["dh"], dh=ints(b, 3, 2), **recurrent(3, b)
    ),
    "layernorm.features": lambda b: case(layernorm.features, x=ints(b, 3)),
    "layernorm.layernorm_forward": lambda b: normal_case(layernorm, b),
    "layernorm.layernorm_backward": lambda b: normal_case(
        layernorm, b, lambda dy, made: layernorm.layernorm_backward(dy, made[1])
    ),
    "loss.softmax_cross_entropy": lambda b: case(
        lambda logits: loss.softmax_cross_entropy(logits, LABELS[:b]), logits=ints(b, 3)
    ),
    "loss.check_labels": lambda b: case(lambda logits: loss.check_labels(logits, LABELS[:b])[0], logits=ints(b, 3)),
    "lstm.activate": lambda b: case(lstm.activate, a=ints(b, 8)),
    "lstm.lstm_step": lambda b: case(lstm.lstm_step, a=ints(b, 8), c=ints(b, 2)),
    "lstm.lstm_step_backward": lambda b: case(
        lstm.lstm_step_backward,
        at_h=ints(b, 2),
        dc_next=ints(b, 2, seed=1),
        gates=ints(b, 8),
        c_before=ints(b, 2, seed=2),
        tanh_c=ints(b, 2, seed=3),
    ),
    "lstm.lstm_forward": lambda b: case(lstm.lstm_forward, **recurrent(4, b, c0=ints(b, 2))),
    "lstm.lstm_backward": lambda b: case(
        lambda dh, dc_last, **a: lstm.lstm_backward(dh, lstm.lstm_forward(**a)[2], dc_last),
        ["dh", "dc_last"],
        dh=ints(b, 3, 2),
        dc_last=ints(b, 2, seed=7),
        **recurrent(4, b, c0=ints(b, 2)),
    ),
    "matmul.dense_forward": lambda b: case(matmul.dense_forward, x=ints(b, 3), w=ints(3, 2), b=ints(2)),
    "matmul.dense_backward": lambda b: case(matmul.dense_backward, dy=ints(b, 2), x=ints(b, 3), w=ints(3, 2)),
    "nets.layer": lambda b: case(lambda **a: nets.layer(**a, stride=1)[0], **layer_arrays(b)),
    "nets.layer_backward": lambda b: case(
        lambda dy, **a: nets.layer_backward(dy, nets.layer(**a, stride=1)[1]),
        ["dy"],
        dy=ints(b, 4, 3, 2, seed=5),
        **layer_arrays(b),
    ),
    "nets.conv_net_forward": lambda b: net_case("conv", b),
    "nets.conv_net_backward": lambda b: net_case("conv", b, backward=True),
    "nets.conv_use": lambda b: case(
        lambda x, images, w: nets.conv_use(w, x, images),
        {"x": "x", "images": "x"},
        x=ints(b, 8, 8, 1),
        images=ints(3, 8, 8, 1),
        w=weights("conv"),
    ),
    "nets.fit": lambda b: case(
        lambda x, w: nets.fit(nets.CONV, dict(w), [(x, LABELS[:b])] * 2, [0.1, 0.1]),
        ["x"],
        x=ints(b, 8, 8, 1),
        w=weights("conv"),
    ),
    **{f"other_nets.{n}_net_forward": lambda b, n=n: net_case(n, b) for n in ("dense", "lstm", "gru")},
    **{f"other_nets.{n}_net_backward": lambda b, n=n: net_case(n, b, True) for n in ("dense", "lstm", "gru")},
    "rnn.rnn_forward": lambda b: case(rnn.rnn_forward, **recurrent(1, b)),
    "rnn.rnn_backward": lambda b: case(
        lambda dh, **a: sent_back(rnn, dh, *a.values()), ["dh"], dh=ints(b, 3, 2), **recurrent(1, b)
    ),
    "rnn.weight_gradient": lambda b: case(rnn.weight_gradient, x=ints(3, b, 2), da=ints(3, b, 4)),
    "truncate.forward_backward": lambda b: case(
        lambda **a: truncate.forward_backward(**a, size=2), **recurrent(4, b, c0=ints(b, 2)), dh=ints(b, 3, 2, seed=8)
    ),
}
# Numbers and generators go in, and no array.
WITHOUT = {
    "circuit.circuit",
    "circuit.circuit_backward",
    "circuit.circuit_values",
    "conv2d_geometry.check_axis",
    "conv2d_geometry.check_padding",
    "conv2d_geometry.counts",
    "conv2d_geometry.windows_along",
    "gradcheck.layer_error",
    "nets.conv_weights",
    "nets.normal",
    "other_nets.dense_weights",
    "other_nets.gru_weights",
    "other_nets.lstm_weights",
    "other_nets.recurrent_weights",
}
EVERY = pytest.mark.parametrize("name", sorted(CASES))


def test_every_public_function_of_every_module_has_a_case():
    assert FUNCTIONS.keys() == CASES.keys() | WITHOUT


def changed(value, how):
    """All arrays in it, changed."""
    if isinstance(value, dict):
        return {key: changed(each, how) for key, each in value.items()}
    return how(value)


def flat(result):
    """All arrays and numbers in what came back, as arrays."""
    if isinstance(result, dict):
        result = tuple(result.values())
    if isinstance(result, tuple | list):
        return [a for each in result for a in flat(each)]
    return [] if result is None or isinstance(result, slice) else [np.asarray(result)]


def outcome(made, how):
    return flat(made.call(**changed(made.arrays, how)))


def view(a):
    """The same values, in the memory of another array: every second one, from the end."""
    wide = np.zeros([2 * n for n in a.shape], a.dtype)
    part = wide[tuple(slice(None, None, -2) for _ in a.shape)]
    part[...] = a
    return part


def fixed(a):
    a = a.copy()
    a.flags.writeable = False
    return a


def whole(a):
    return a if (a != np.rint(a)).any() else a.astype(np.int64)  # first weights aren't whole


SAME = {
    "read-only": fixed,
    "view": view,
    "Fortran order": np.asfortranarray,
    "other byte order": lambda a: a.astype(">f8"),
    "int64": whole,
    "uint8": lambda a: a if (a != np.rint(a)).any() else a.astype(np.uint8),
}


@EVERY
@pytest.mark.parametrize("kind", SAME)
def test_the_same_numbers_in_another_array_give_the_same_result(name, kind):
    made = CASES[name](2)
    for found, expected in zip(outcome(made, SAME[kind]), outcome(made, np.copy), strict=True):
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-14)


@EVERY
def test_lists_give_what_arrays_give(name):
    made = CASES[name](2)
    arrays = {key: a.tolist() if key in made.judged else a for key, a in made.arrays.items()}
    for found, expected in zip(flat(made.call(**arrays)), outcome(made, np.copy), strict=True):
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-14)


@EVERY
def test_float32_stays_and_float16_is_computed_as_float32(name):
    made = CASES[name](2)
    half, single, double = (outcome(made, lambda a, t=t: a.astype(t)) for t in ("float16", "float32", "float64"))
    for h, s, d in zip(half, single, double, strict=True):
        np.testing.assert_allclose(s, d, rtol=1e-3, atol=1e-4 * max(1, np.abs(d).max(initial=0)))
        if h.dtype.kind != "f" or isinstance(made.arrays.get("w"), dict):
            continue  # nets have weights that float16 rounds
        np.testing.assert_array_equal(h, s)
        assert h.dtype == s.dtype == (np.float32 if made.stays else np.float64)


BAD = {
    "complex": lambda a: a + 1j,
    "bool": lambda a: a > 1,
    "text": lambda a: a.astype(str),
    "bytes": lambda a: a.astype(bytes),
    "objects": lambda a: a.astype(object),
    "dates": lambda a: a.astype("datetime64[s]"),
    "a generator": lambda a: (row for row in a),
    "ragged rows": lambda a: [[1.0], [1.0, 2.0]],
    "masked entries": lambda a: np.ma.masked_array(a, mask=np.ones(a.shape, bool)),
    "None": lambda a: None,
    "another shape": lambda a: np.ones((7, *a.shape, 7)),
}
ANY_SHAPE = {"activations", "dropout", "clip", "gradcheck", "layernorm", "adam.update", "digits.pictures"}
ANY_SHAPE |= {f"batchnorm.{name}" for name in ("moments", "channels", "deviation", "forward")}
ANY_SHAPE |= {"batchnorm_staged.staged_forward"}


@EVERY
@pytest.mark.parametrize("kind", BAD)
def test_what_is_not_real_numbers_is_refused_by_name(name, kind):
    made = CASES[name](2)
    for key, said in made.judged.items():
        arrays = made.arrays | {key: BAD[kind](made.arrays[key])}
        if kind == "another shape" and (ANY_SHAPE & {name, name.split(".")[0]} or key in {"x", "images", "logits"}):
            continue
        if (name, key, kind) == ("lstm.lstm_backward", "dc_last", "None"):
            continue  # which means that nothing arrives there
        with pytest.raises(ValueError, match=rf"^({said}|{key}): got "):
            made.call(**arrays)


@EVERY
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300, -1e300])
def test_one_value_that_is_not_finite_or_huge_gives_a_result_or_a_refusal_by_name(name, bad):
    made = CASES[name](2)
    for key in made.judged:
        arrays = {k: a if isinstance(a, dict) else a.copy() for k, a in made.arrays.items()}
        arrays[key].flat[0] = bad
        with np.errstate(all="ignore"):
            said = refusal(lambda arrays=arrays: made.call(**arrays))
        assert said in {None, key, made.judged[key], "x", "delta", "f"}  # a layer's parts hand it on as their x


@EVERY
def test_a_batch_of_none_gives_empty_arrays_or_a_refusal_by_name(name):
    made, found = CASES[name](0), []
    said = refusal(lambda: found.extend(outcome(made, np.copy)))
    assert said in {None, "x", "logits", "size"}
    assert all(np.isfinite(a).all() for a in found if a.dtype.kind == "f")


def refusal(call):
    """The argument that is refused, or None."""
    try:
        call()
    except ValueError as error:
        return str(error).split(": got ")[0]
    return None


@pytest.mark.parametrize("name", sorted(n for n in WITHOUT if "circuit" in n))
def test_the_circuit_is_of_numbers_and_refuses_arrays(name):
    f = FUNCTIONS[name]
    first = next(iter(inspect.signature(f).parameters))
    rest = {"circuit_backward": [circuit.circuit(1.0, 2.0, 3.0)[1]]}.get(name.split(".")[1], [2.0, 3.0])
    for value in (np.ones(2), [1.0], "1", None, 1j):
        with pytest.raises(ValueError, match=f"^{first}: got .*, expected a real number"):
            f(value, *rest)


@pytest.mark.parametrize("name", sorted(n for n in WITHOUT if "weights" in n))
def test_weights_want_a_generator(name):
    f = FUNCTIONS[name]
    rest = {"recurrent_weights": (3, 4)}.get(name.split(".")[1], ())
    for value in (0, None, np.random, np.random.Generator, random.Random(0)):
        with pytest.raises(ValueError, match=r"rng: got .*, expected a numpy.random.Generator"):
            f(value, *rest)


@pytest.mark.parametrize("name", sorted(CASES))
def test_masked_entries_in_a_list_are_refused_by_name(name):
    made = CASES[name](2)
    for argument, judged in made.judged.items():
        rows = list(np.ma.array(made.arrays[argument], mask=True))
        with pytest.raises(ValueError, match=f"^{judged}: got masked entries"):
            made.call(**made.arrays | {argument: rows})
