"""What a push by some pixels does to the map of a layer, and to what is read.

`python -m deepcourse.convolution.runs.pushes [--quick]` writes
runs/convolution/pushes.json. Nets of `family`, at the rates that it chose,
learn on centred digits and read test digits that are pushed along one axis.
Beside them stands the shared net with another end: the largest value of each
map, and ten scores of these. Its rate is searched as in `family`. Last, how
far training carries a local layer's kernels at the corners and in the middle.
A run that is finished is kept.
"""

from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.convolution.runs import family, one_layer
from deepcourse.convolution.runs.one_layer import TASKS, Net
from deepcourse.convolution.share import backward, cut, forward
from deepcourse.gradflow.adam import update
from deepcourse.gradflow.loss import softmax_cross_entropy

NETS = "dense", "local", "shared"
AXES = (1, 0), (-1, 0), (0, 1), (0, -1)  # down, up, right, left


@dataclass(frozen=True)
class Settings:
    """What is trained, and how far test digits are pushed."""

    data: str = "mnist"  # the function of `datasets`
    net: Net = field(default_factory=Net)
    start: int = -4  # half powers of ten: a rate of 0.01
    pushed: int = 2_000  # the first test digits, each pushed by 0 to 6 pixels
    maps: int = 500  # the first test digits, whose maps are compared
    seeds: tuple = (0, 1, 2)


QUICK = Settings(
    data="digits",
    net=family.QUICK.net,
    pushed=100,
    maps=50,
    seeds=(0, 1),
)


def pushes(pixels: int) -> list[tuple[int, int]]:
    """The four pushes by so many pixels along one axis; one by none."""
    return [(pixels * i, pixels * j) for i, j in AXES[: 4 if pixels else 1]]


def maps_of(n: Net, net: dict, table, pictures, push) -> np.ndarray:
    """(P, P, B, K) feature maps of pushed pictures of 0 .. 255."""
    far = np.tile(push, (len(pictures), 1))
    seen = cut(one_layer.moved(pictures, n.margin, far), n.window, n.stride)
    hidden = np.maximum(forward(seen, net["w"], net["b"], table), 0)
    side = round(len(hidden) ** 0.5)
    return hidden.reshape(side, side, *hidden.shape[1:])


def overlap(size: int, by: int) -> tuple[slice, slice]:
    """Places of a map, and those of the map that is moved by so many."""
    here = slice(max(by, 0), size + min(by, 0))
    return here, slice(max(-by, 0), size + min(-by, 0))


def off(before: np.ndarray, after: np.ndarray) -> float:
    """How far one map is from the other, moved as suits best.

    Places are compared that both have: the length of the difference, over the
    length of the map. The best of all moves by up to three places counts.
    """
    size, found = len(before), []
    for i, j in product(range(-3, 4), repeat=2):
        (a, c), (b, d) = overlap(size, i), overlap(size, j)
        there = before[c, d]
        difference = np.linalg.norm(after[a, b] - there)
        found.append(difference / max(np.linalg.norm(there), 1e-9))
    return float(min(found))


def read(n: Net, window: int, scores, pictures, labels, far) -> float:
    """The share of pictures that are read, each pushed by its own `far`."""
    right = 0
    for at in range(0, len(labels), 500):
        few = slice(at, at + 500)
        x = one_layer.moved(pictures[few], n.margin, far[few])
        found = scores(cut(x, window, n.stride))
        right += int(np.sum(found.argmax(1) == labels[few]))
    return right / len(labels)


def by_push(s: Settings, window: int, scores, source) -> dict:
    """Shares of test pictures that are read, by the pixels of a push."""
    few = slice(0, s.pushed)
    test = source.test_images[few], source.test_labels[few]

    def pushed(push):
        far = np.tile(push, (len(test[0]), 1))
        return read(s.net, window, scores, *test, far)

    return {
        f"by_{pixels}": float(np.mean([*map(pushed, pushes(pixels))]))
        for pixels in range(s.net.shift + 1)
    }


def of_a_run(s: Settings, source, kind: str, rate: float, seed: int) -> dict:
    """What a net of the page reads by push, and of its layer."""
    n, side = s.net, source.images.shape[1]
    net, table = one_layer.fitted(n, source, kind, "centred", rate, seed)
    window = one_layer.laid(n, kind, side)[0]

    def scores(seen):
        return one_layer.scores(net, table, seen)[0]

    found = {"read": by_push(s, window, scores, source)}
    if kind == "shared":
        few = source.test_images[: s.maps]
        still = maps_of(n, net, table, few, (0, 0))

        def apart(push):
            return off(still, maps_of(n, net, table, few, push))

        found["off"] = {
            f"by_{pixels}": float(np.mean([*map(apart, pushes(pixels))]))
            for pixels in range(n.shift + 1)
        }
    if kind == "local":
        first = one_layer.started(n, kind, side, seed)[0]["w"]
        moved = np.linalg.norm(net["w"] - first, axis=1)  # (M, K)
        moved = (moved / np.linalg.norm(first, axis=1)).mean(1)
        places = round(len(moved) ** 0.5)
        moved, middle = moved.reshape(places, places), places // 2
        corners = moved[[0, 0, -1, -1], [0, -1, 0, -1]]
        core = moved[middle - 1 : middle + 1, middle - 1 : middle + 1]
        found["carried"] = {
            "corner": float(corners.mean()),
            "middle": float(core.mean()),
        }
    return found


def ended(net: dict, table, seen) -> tuple:
    """Scores of the largest value of each map, and where that stands."""
    hidden = np.maximum(forward(seen, net["w"], net["b"], table), 0)
    top = hidden.max(0)
    return top @ net["out"] + net["c"], hidden, top


def slopes(net: dict, table, seen, labels) -> dict:
    """The gradients of the loss of a batch, with that end."""
    found, hidden, top = ended(net, table, seen)
    _, dy = softmax_cross_entropy(found, labels)
    dhidden = np.zeros_like(hidden)
    n, k = np.indices(top.shape)
    dtop = (dy @ net["out"].T) * (top > 0)
    dhidden[hidden.argmax(0), n, k] = dtop  # the first, where several are
    dw, db = backward(dhidden, seen, table)
    return {"w": dw, "b": db, "out": top.T @ dy, "c": dy.sum(0)}


def fitted(n: Net, source, rate: float, seed: int) -> tuple:
    """The shared net with that end, trained as `one_layer.fitted` does."""
    net, table = one_layer.started(n, "shared", source.images.shape[1], seed)
    k = net["w"].shape[2]
    draw = np.random.default_rng((seed, 7)).standard_normal
    net["out"] = (draw((k, 10)) * (1 / k) ** 0.5).astype(np.float32)
    means = {name: np.zeros((2, *w.shape), "f4") for name, w in net.items()}
    draw, step = np.random.default_rng((seed, 1)), 0
    for _ in range(n.epochs):
        order = draw.permutation(n.pictures)
        still = one_layer.shifts(draw, n.pictures, 0)
        for at in range(0, n.pictures, n.batch):
            few, to = order[at : at + n.batch], still[at : at + n.batch]
            x = one_layer.moved(source.images[few], n.margin, to)
            seen = cut(x, n.window, n.stride)
            step += 1
            for name, g in slopes(net, table, seen, source.labels[few]).items():
                update(net[name], *means[name], g, rate, step)
    return net, table


def of_an_end(s: Settings, source, rate: float, seed: int) -> dict:
    """What the net with that end reads."""
    n = s.net
    net, table = fitted(n, source, rate, seed)

    def scores(seen):
        return ended(net, table, seen)[0]

    def share(pictures, labels, where, purpose):
        draw = np.random.default_rng((0, purpose))  # as in `one_layer`
        reach = n.shift if where == "shifted" else 0
        far = one_layer.shifts(draw, len(labels), reach)
        return read(n, n.window, scores, pictures, labels, far)

    held = (x[-n.validation :] for x in (source.images, source.labels))
    test = source.test_images, source.test_labels
    return {
        "validation": share(*held, "centred", 2),
        "weights": sum(w.size for w in net.values()),
        "read": by_push(s, n.window, scores, source),
        **{where: share(*test, where, 3 + i) for i, where in enumerate(TASKS)},
    }


def spreads(runs: list[dict], part: str) -> dict:
    """Means and ranges of a part of all runs, name by name."""
    return {
        name: family.spread(part, [r[part][name] for r in runs])
        for name in runs[0][part]
    }


def measure(s: Settings, runs: Path) -> dict:
    """The nets of the page, then the one with another end."""
    before = records.read("convolution/family", runs)["values"]
    source = getattr(datasets, s.data)()
    bar = tqdm(unit="run")

    def kept(run, *what):
        bar.update()
        bar.set_postfix_str(f"{what}")
        return records.kept(
            "convolution/pushes",
            (s, run.__name__, what, source.sha256),
            Path(__file__),
            lambda: run(s, source, *what),
        )

    values = {}
    for kind in NETS:
        rate = before[kind][s.data]["centred_rate"]
        found = [kept(of_a_run, kind, rate, seed) for seed in s.seeds]
        values[kind] = {
            part: spreads(found, part)
            for part in ("read", "off", "carried")
            if part in found[0]
        }

    def run(half, seed):
        return kept(of_an_end, family.rate_of(half), seed)

    best, tried = family.search(run, s.start, s.seeds)
    values["largest"] = {
        "centred_rate": family.rate_of(best),
        "weights": tried[best][0]["weights"],
        "read": spreads(tried[best], "read"),
    }
    for name, test in (("accuracy", "centred"), ("pushed_accuracy", "shifted")):
        shares = [each[test] for each in tried[best]]
        values["largest"] |= family.spread(name, shares)
    last = {n.rsplit(".", 1)[-1] for n, _ in records.leaves(values)}
    kinds = {"off": "ratio", "carried": "ratio", "weights": "count"}
    units = {n: kinds.get(n.split("_")[0], "fraction") for n in last}
    return {
        "values": values,
        "units": units | {"centred_rate": "1"},
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("convolution/pushes", measure, Settings(), QUICK)
