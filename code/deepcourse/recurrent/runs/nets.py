"""The recurrent nets that are compared, and the step that trains them all.

Weights and steps are those of `deepcourse.recurrent.layers`. The loop here
keeps no states but the last, in place of `unroll`, which keeps all of them:
compiled by XLA, that takes a third of the time or less, and it grows with T and
not with its square. A test shows that both give the same.
"""

from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import records

KINDS = {
    "rnn": ("SimpleRNN", {}),
    "lstm_1997": ("LSTM", {"forget": False}),
    "lstm_0": ("LSTM", {"forget_bias": 0.0}),
    "lstm_1": ("LSTM", {"forget_bias": 1.0}),
    "lstm_span": ("LSTM", {"forget_bias": None}),  # set for the span
    "gru": ("GRU", {}),
}


@dataclass(frozen=True)
class Training:
    """How a net learns a task, and when it has."""

    units: int = 32  # H
    batch: int = 32  # sequences of a step, all new
    clip: float = 1.0  # the longest gradient
    every: int = 50  # steps of which there is a mean error
    solved: float = 0.06  # of the error without a memory: below, it is solved
    unheard: float = 0.9  # of that error: above, nothing was heard so far
    compiled: bool = True  # by XLA


def bias_for(span: int) -> float:
    """The forget bias by which half of a cell is left after a span."""
    return -float(np.log(2 ** (1 / span) - 1))


class Net:
    """A recurrent layer, and a dense one that reads its state."""

    def __init__(
        self, kind: str, features: int, units: int, outputs: int, span=0
    ):
        import keras

        from deepcourse.recurrent import layers

        name, options = KINDS[kind]
        if kind == "lstm_span":
            options = {"forget_bias": bias_for(span)}
        self.layer = getattr(layers, name)(units, **options)
        self.out = keras.layers.Dense(outputs)
        self.layer.build((None, None, features))
        self.out.build((None, units))

    @property
    def weights(self) -> list:
        """All that is learnt."""
        return [*self.layer.trainable_weights, *self.out.trainable_weights]

    def states(self, x, first=None) -> list:
        """The states after the last step of x, (B, T, D)."""
        import tensorflow as tf

        bias, step = self.layer.parts()
        kernel, bias = map(tf.convert_to_tensor, (self.layer.kernel, bias))
        if first is None:
            first = self.layer.begin(x[:, 0], None)

        def next_ones(old, now):
            return tf.nest.flatten(step(now @ kernel + bias, *old))

        return tf.foldl(next_ones, tf.transpose(x, (1, 0, 2)), first)

    def last(self, x):
        """(B, K) what it says after the last step."""
        return self.out(self.states(x)[0])

    def ends(self, x, many: int):
        """(B, many, K) what it says after each of the last steps."""
        import tensorflow as tf

        states = self.states(x[:, : x.shape[1] - many])
        said = []
        for t in range(x.shape[1] - many, x.shape[1]):
            states = self.states(x[:, t : t + 1], states)
            said.append(self.out(states[0]))
        return tf.stack(said, 1)


class Trained:
    """A net with Adam: one compiled step, for as many seeds as one likes.

    Args:
        make: a call for a new net.
        loss: of the net and a batch: what is to fall, and what is told.
        clip: the longest gradient.
        compiled: whether XLA compiles the step.
    """

    def __init__(self, make, loss, clip: float, compiled: bool):
        import keras
        import tensorflow as tf

        self.make, self.net = make, make()
        weights = self.net.weights
        self.adam = keras.optimizers.Adam(1e-3, global_clipnorm=clip)
        self.adam.build(weights)

        @tf.function(jit_compile=compiled)
        def step(*batch):
            with tf.GradientTape() as tape:
                falls, told = loss(self.net, *batch)
            self.adam.apply(tape.gradient(falls, weights), weights)
            return told

        self.step = step

    def begin(self, seed: int, rate) -> None:
        """First weights and an Adam without memory, as from a new net."""
        import keras
        import tensorflow as tf

        keras.utils.set_random_seed(seed)
        for weight, first in zip(self.net.weights, self.make().weights):
            weight.assign(first)
        for variable in self.adam.variables:
            variable.assign(tf.zeros_like(variable))
        self.adam.learning_rate = rate


def solve(trained: Trained, draw, s: Training, rate, goal, budget, seed):
    """Train on new sequences until they are solved, or the budget is spent.

    Args:
        trained: a net.
        draw: a call for a batch of new sequences, of a seed.
        s: the training.
        rate: of Adam.
        goal: the error below which the task is solved.
        budget: sequences.
        seed: of the first weights and of the sequences.

    Returns:
        The mean error of each `every` steps; each of its sequences was new
        to the net, so that this is an error on unseen data.
    """
    trained.begin(seed, rate)
    curve, told = [], []
    for t in range(budget // s.batch):
        told.append(trained.step(*draw((seed, t))))
        if len(told) == s.every:
            curve.append(float(np.mean(told)))
            told = []
            if curve[-1] < goal:
                break
    return curve


def summary(s: Training, curves: list, without: float, budget: int) -> dict:
    """What the runs of a net at one length come to.

    Args:
        s: the training.
        curves: one of `solve` for each seed.
        without: the error without a memory.
        budget: sequences.

    Returns:
        How many seeds solved the task; how many of the others are slow: they
        end below `unheard` of the error without a memory; and how many are
        unheard within this budget. The sequences that were needed, the
        median of all seeds, the lowest and the highest, where a seed that
        did not solve it counts as the budget: a median of the budget says
        "so many or more". The share of the error without a memory that is
        left at the end, 1 at most: the mean of all seeds, and the lowest and
        the highest of those that did not solve it.
    """
    left = [min(curve[-1] / without, 1.0) for curve in curves]
    solved = [share < s.solved for share in left]
    heard = [share < s.unheard for share in left]
    needed = [
        len(curve) * s.every * s.batch if done else budget
        for curve, done in zip(curves, solved, strict=True)
    ]
    unsolved = [share for share in left if share >= s.solved]
    return {
        "seeds": len(curves),
        "solved": sum(solved),
        "slow": sum(heard) - sum(solved),
        "unheard": len(curves) - sum(heard),
        "budget": budget,
        "sequences": float(np.median(needed)),
        "sequences_lowest": min(needed),
        "sequences_highest": max(needed),
        "left": float(np.mean(left)),
        "left_lowest": min(unsolved or left),
        "left_highest": max(unsolved or left),
    }


def best(s: Training, trials: dict, without: float) -> dict:
    """The `summary` of the best rate, and how many there were.

    The best is the one at which most seeds solve the task; of two alike, the
    one that needs the fewest sequences. If no seed solves it, it is the one
    that had the most sequences; then the one with the least error left.

    Args:
        s: the training.
        trials: by rate, the budget and a curve for each seed.
        without: the error without a memory.
    """
    found = [
        summary(s, curves, without, budget) | {"rate": rate}
        for rate, (budget, curves) in trials.items()
    ]

    def rank(v):
        used = v["sequences"] if v["solved"] else -v["budget"]
        return -v["solved"], used, v["left"]

    return min(found, key=rank) | {"rates": len(found)}


COUNTS = "seeds", "solved", "slow", "unheard", "budget", "rates"
COUNTS += "sequences", "sequences_lowest", "sequences_highest"
LEFT = "left", "left_lowest", "left_highest"


def planned(plan: tuple) -> dict:
    """By kind, length and rate: a budget and seeds. What comes later counts.

    Args:
        plan: rows of kinds, lengths, rates, sequences at most, and seeds.
    """
    return {
        (kind, length, rate): (budget, seeds)
        for kinds, lengths, rates, budget, seeds in plan
        for kind, length, rate in product(kinds, lengths, rates)
    }


def compared(name: str, s, task) -> dict:
    """Every net at every length; a run that is finished is kept.

    Args:
        name: of the record.
        s: settings with a `training`, a `task` and a `plan`: see `planned`.
        task: the module of the experiment. It has `trained`, from settings,
            kind and length to a `Trained`; `drawn`, from these and a seed to
            a batch; and `without`, the error without a memory.

    Returns:
        The `values` and `curves` of a record, and what was `capped`.
    """
    trained = cache(partial(task.trained, s))  # compiled once
    trials, runs = {}, planned(s.plan)

    def of_a_seed(kind, length, rate, budget, seed):
        goal = s.training.solved * task.without(s, length)
        draw = partial(task.drawn, s, length)
        net = trained(kind, length)
        return solve(net, draw, s.training, rate, goal, budget, seed)

    todo = [
        (*run, budget, seed)
        for run, (budget, seeds) in runs.items()
        for seed in range(seeds)
    ]
    for run in tqdm(todo, unit="run"):
        kind, length, rate, budget, _ = run
        curve = records.kept(
            name,
            (s.training, s.task, *run),
            Path(task.__file__),
            partial(of_a_seed, *run),
        )
        rates = trials.setdefault((kind, length), {})
        rates.setdefault(rate, (budget, []))[1].append(curve)
    values, curves = {}, {}
    for (kind, length), rates in trials.items():
        at, without = f"of_{length}", task.without(s, length)
        said = best(s.training, rates, without)
        values.setdefault(kind, {})[at] = said
        curves.setdefault(kind, {})[at] = {
            f"rate_{rate:g}": each for rate, (_, each) in rates.items()
        }
    capped = (
        "A seed that has not solved the task after `budget` sequences is "
        "stopped and counts as `budget`. Other lengths, rates and budgets "
        "than those of the plan were not run, for the time that they take."
    )
    return {
        "values": values,
        "curves": curves,
        "capped": capped,
        "seeds": list(range(max(seeds for _, seeds in runs.values()))),
    }


def units_of(values: dict, error: str) -> dict:
    """The unit of each value: a count, a ratio, or that of an error."""
    known = dict.fromkeys(COUNTS, "count") | {"rate": "1"}
    known |= dict.fromkeys(LEFT, "ratio")
    names = [name for name, _ in records.leaves(values)]
    return {name: known.get(name.split(".")[-1], error) for name in names}
