"""Speed as ratios within one run: `python -m deepcourse.gradflow.runs.bench`.

gradflow and TensorFlow, each in a process of its own and with the same
number of threads, take turns at the same task, forward and backward. The
median turn counts, and each ratio has the lowest and the highest turn beside
it. Before anything is timed, both must give the same numbers.
`--quick` takes few turns at small sizes and writes no record.
"""

import multiprocessing
import os
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.turns import ratio

# Where set, these make NumPy's OpenBLAS take this machine for an older one.
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


@dataclass(frozen=True)
class Settings:
    """What is timed."""

    image: tuple = (32, 28, 28, 16)  # B, I, J, C
    kernel: tuple = (3, 3, 16, 32)  # U, V, C, K, stride 1, "same"
    sequence: tuple = (32, 100, 64)  # B, T, D
    units: int = 128  # H
    turns: int = 15
    loop_turns: int = 5  # of the index loops, which take seconds
    repeats: int = 5  # calls per turn; their fastest counts
    batches: tuple = (32, 64, 128, 256)  # for the growth with B
    lengths: tuple = (50, 100, 200, 400)  # for the growth with T


QUICK = Settings(
    image=(4, 10, 10, 2),
    kernel=(3, 3, 2, 4),
    sequence=(4, 10, 8),
    units=8,
    turns=2,
    loop_turns=2,
    repeats=2,
    batches=(2, 4),
    lengths=(5, 10),
)


def arrays(*shapes) -> list[np.ndarray]:
    """The same random float32 arrays in every process."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=s).astype(np.float32) * 0.1 for s in shapes]


def conv2d_arrays(s: Settings) -> list[np.ndarray]:
    """x, k and dy for a "same" convolution of stride 1."""
    return arrays(s.image, s.kernel, (*s.image[:3], s.kernel[3]))


def lstm_arrays(s: Settings) -> list[np.ndarray]:
    """x, h0, c0, wx, wh, b and dh."""
    (b, t, d), h = s.sequence, s.units
    state, wide = (b, h), 4 * h
    return arrays(
        (b, t, d), state, state, (d, wide), (h, wide), (wide,), (b, t, h)
    )


def ours_conv2d(s: Settings):
    """A call for y, dx, dk by `conv2d`."""
    from deepcourse.gradflow import conv2d

    x, k, dy = conv2d_arrays(s)

    def call():
        y = conv2d.conv_forward(x, k, 1, "same")
        return y, *conv2d.conv_backward(dy, x, k, 1, "same")

    return call


def ours_conv2d_loops(s: Settings):
    """The same by the index loops."""
    from deepcourse.gradflow import conv2d_loops

    x, k, dy = conv2d_arrays(s)

    def call():
        y = conv2d_loops.conv_loops_forward(x, k, 1, "same")
        return y, *conv2d_loops.conv_loops_backward(dy, x, k, 1, "same")

    return call


def ours_im2col(s: Settings):
    """The copying of windows that one forward and one backward pass need."""
    from deepcourse.gradflow import conv2d

    x, k, _ = conv2d_arrays(s)
    g = conv2d.geometry(x, k, 1, "same")

    def call():
        for part in 2 * conv2d.blocks(x, k, g):
            conv2d.im2col(x[part], k, g)

    return call


def ours_conv2d_products(s: Settings):
    """Its matrix products, on arrays that are there already."""
    from deepcourse.gradflow import conv2d

    x, k, dy = conv2d_arrays(s)
    g = conv2d.geometry(x, k, 1, "same")
    table = k.reshape(-1, k.shape[3])
    taps = [k[u, v].T for u, v in np.ndindex(k.shape[:2])]
    blocks = [
        (conv2d.im2col(x[part], k, g), dy[part].reshape(-1, k.shape[3]))
        for part in conv2d.blocks(x, k, g)
    ]

    def call():
        for rows, flat in blocks:
            rows @ table, rows.T @ flat
            for tap in taps:
                flat @ tap

    return call


def ours_lstm(s: Settings):
    """A call for h and all gradients by `lstm`."""
    from deepcourse.gradflow import lstm

    *given, dh = lstm_arrays(s)

    def call():
        h, _, cache = lstm.lstm_forward(*given)
        return h, *lstm.lstm_backward(dh, cache)

    return call


def ours_lstm_products(s: Settings):
    """Its matrix products, step by step where it needs them so."""
    x, h0, _, wx, wh, *_ = lstm_arrays(s)
    x = np.ascontiguousarray(x.swapaxes(0, 1))
    da = np.ones((*x.shape[:2], wh.shape[1]), np.float32)
    h = np.ones((*x.shape[:2], len(wh)), np.float32)

    def call():
        for t in range(len(x)):
            h0 @ wh, da[t] @ wh.T
        axes = ((0, 1), (0, 1))
        np.tensordot(x, wx, 1), np.tensordot(da, wx.T, 1)
        np.tensordot(x, da, axes=axes), np.tensordot(h, da, axes=axes)

    return call


def tensorflow():
    """TensorFlow, with as many threads as NumPy has in this process."""
    import tensorflow as tf

    threads = int(os.environ["OPENBLAS_NUM_THREADS"])
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    return tf


def theirs_conv2d(s: Settings):
    """A call for y, dx, dk by TensorFlow's kernels, in one graph."""
    tf = tensorflow()
    x, k, dy = map(tf.constant, conv2d_arrays(s))

    @tf.function
    def step(x, k, dy):
        with tf.GradientTape() as tape:
            tape.watch((x, k))
            y = tf.nn.conv2d(x, k, 1, "SAME")
        return y, *tape.gradient(y, (x, k), output_gradients=dy)

    return lambda: step(x, k, dy)


def theirs_lstm(s: Settings):
    """A call for h and all gradients by `keras.layers.LSTM`, in one graph."""
    import keras

    tf = tensorflow()
    x, h0, c0, wx, wh, b, dh = map(tf.constant, lstm_arrays(s))
    layer = keras.layers.LSTM(s.units, return_sequences=True)
    layer.build(x.shape)
    for weight, value in zip(layer.trainable_variables, (wx, wh, b)):
        weight.assign(value)
    weights = [w.value for w in layer.trainable_variables]

    @tf.function
    def step(x, h0, c0, dh):
        with tf.GradientTape() as tape:
            tape.watch((x, h0, c0))
            h = layer(x, initial_state=[h0, c0])
        inputs = [x, h0, c0, *weights]
        return h, *tape.gradient(h, inputs, output_gradients=dh)

    return lambda: step(x, h0, c0, dh)


TASKS = {
    "ours": {
        "conv2d": ours_conv2d,
        "conv2d_loops": ours_conv2d_loops,
        "conv2d_im2col": ours_im2col,
        "conv2d_products": ours_conv2d_products,
        "lstm": ours_lstm,
        "lstm_products": ours_lstm_products,
    },
    "theirs": {"conv2d": theirs_conv2d, "lstm": theirs_lstm},
}


def contend(makers: dict, connection) -> None:
    """In a process of its own: do each task that comes, and send the answer.

    `makers` has one for each name of a task. A task is its name, its
    settings, and how often to call it; for 0 calls the results are sent,
    else the seconds of the fastest call.
    """
    made = {}
    while (task := connection.recv()) is not None:
        name, s, repeats = task
        if (name, s) not in made:
            made[name, s] = makers[name](s)
        call = made[name, s]
        if repeats == 0:
            connection.send([np.asarray(a) for a in call()])
            continue
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            call()
            times.append(time.perf_counter() - start)
        connection.send(min(times))


class Sides:
    """The two processes, asked in turns."""

    def __init__(self, threads: int):
        os.environ["OPENBLAS_NUM_THREADS"] = str(threads)
        spawn, self.lines = multiprocessing.get_context("spawn"), {}
        for side, makers in TASKS.items():
            self.lines[side], other = spawn.Pipe()
            arguments = (makers, other)
            spawn.Process(target=contend, args=arguments, daemon=True).start()

    def ask(self, side: str, *task):
        """What a side answers to a task."""
        self.lines[side].send(task)
        return self.lines[side].recv()

    def agree(self, name: str, s: Settings) -> float:
        """The largest relative error between the results of the two.

        Raises:
            RuntimeError: They differ by more than float32 explains.
        """
        from deepcourse.gradflow.gradcheck import relative_error

        pairs = zip(*(self.ask(side, name, s, 0) for side in TASKS))
        error = max(relative_error(a, b) for a, b in pairs)
        if error > 1e-4:
            raise RuntimeError(f"{name}: the two differ by {error:.1e}")
        return error

    def race(self, turns: int, *tasks: tuple) -> list[list[float]]:
        """Milliseconds of each task in each turn, all taking turns.

        Args:
            turns: how many count.
            *tasks: a side, a name and its settings each.
        """
        times = [[] for _ in tasks]
        for turn in range(turns + 1):  # the first fills the caches
            for (side, name, s), found in zip(tasks, times):
                took = self.ask(side, name, s, s.repeats)
                if turn:
                    found.append(1000 * took)
        return times

    def close(self):
        """Let both processes end."""
        for line in self.lines.values():
            line.send(None)


def growth(sides: Sides, s: Settings, name: str, field: str, axis: int):
    """Milliseconds of one of our tasks by the size of an axis, and the slope.

    Returns:
        Milliseconds by size, and the slope of their logarithm over that of
        the size: 1 where time grows linearly.
    """
    shape = getattr(s, field)
    sizes = s.batches if axis == 0 else s.lengths
    variants = [
        replace(s, **{field: (*shape[:axis], n, *shape[axis + 1 :])})
        for n in sizes
    ]
    tasks = [("ours", name, variant) for variant in variants]
    times = sides.race(max(1, s.turns // 2 - 1), *tasks)
    took = [float(np.median(each)) for each in times]
    slope = np.polyfit(np.log(sizes), np.log(took), 1)[0]
    return dict(zip(sizes, took)), float(slope)


def compared(sides: Sides, s: Settings) -> dict:
    """The layers beside TensorFlow's, once both give the same numbers."""
    values = {}
    for name, rival in (("conv2d", "tensorflow"), ("lstm", "keras")):
        values[f"{name}_agreement"] = sides.agree(name, s)
        ours, theirs = sides.race(
            s.turns, ("ours", name, s), ("theirs", name, s)
        )
        values |= {
            f"{name}_ms": np.median(ours),
            f"{name}_{rival}_ms": np.median(theirs),
            **ratio(f"{name}_ratio_to_{rival}", ours, theirs),
        }
    return values


def shares(sides: Sides, s: Settings) -> dict:
    """What parts of a layer take, each measured alone, of the whole."""
    values = {}
    for name, part in (
        ("conv2d", "conv2d_im2col"),
        ("conv2d", "conv2d_products"),
        ("lstm", "lstm_products"),
    ):
        whole, share = sides.race(s.turns, ("ours", name, s), ("ours", part, s))
        values |= ratio(f"{part}_share", share, whole)
    return values


def loops(sides: Sides, s: Settings) -> dict:
    """The index loops beside the fast form, both on one image."""
    one = replace(s, image=(1, *s.image[1:]))
    slow, quick = sides.race(
        s.loop_turns,
        ("ours", "conv2d_loops", replace(one, repeats=1)),
        ("ours", "conv2d", one),
    )
    return {
        "conv2d_loops_ms": np.median(slow),
        "conv2d_one_picture_ms": np.median(quick),
        **ratio("conv2d_loops_ratio_to_conv2d", slow, quick),
    }


def values_of(s: Settings, threads: int) -> dict:
    """All values of the record."""
    sides = Sides(threads)
    values = compared(sides, s) | shares(sides, s) | loops(sides, s)
    for name, field, axis, letter in (
        ("conv2d", "image", 0, "batch"),
        ("lstm", "sequence", 0, "batch"),
        ("lstm", "sequence", 1, "steps"),
    ):
        by_size, slope = growth(sides, s, name, field, axis)
        values[f"{name}_exponent_in_{letter}"] = slope
        values[f"{name}_by_{letter}"] = {
            f"at_{n}_ms": took for n, took in by_size.items()
        }
    sides.close()
    return values


def unit(name: str) -> str:
    """The unit of a value, by the words of its name."""
    last = name.rsplit(".", 1)[-1]
    if last.endswith("ms"):
        return "ms"
    if last.endswith("agreement"):
        return "relative error"
    return "ratio" if "ratio" in last or "share" in last else "1"


def measure(s: Settings, _: Path) -> dict:
    """Let the two sides race, and print what comes out."""
    unset = [name for name in UNSET if os.environ.pop(name, None) is not None]
    threads = records.cores()
    values = values_of(s, threads)
    for name, value in records.leaves(values):
        print(f"{name}: {value:.4g}")
    more = {"threads": threads, "dtype": "float32", "unset": unset}
    return {
        "command": "nox -s bench",
        "values": values,
        "units": {n: unit(n) for n, _ in records.leaves(values)},
        "settings": asdict(s) | more,
        "seeds": [0],
        "data": {"name": "normal arrays, drawn by the run"},
    }


if __name__ == "__main__":
    records.run("bench/gradflow", measure, Settings(), QUICK)
