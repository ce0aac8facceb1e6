"""What can be seen of a trained net: kernels, feature maps, occlusion maps.

`python -m deepcourse.convolution.runs.looks [--quick]` writes
runs/convolution/looks.json, from the shared nets of `family`, trained anew on
centred digits at the rate that it chose. Two pictures are looked at: the first
test digit, and the first that the net reads wrongly. How far occlusion maps
agree is measured on many, and with other covers than the two that are shown:
noise, and a piece of the next digit.
"""

import base64
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from deepcourse import datasets, records
from deepcourse.convolution.occlusion import lead, occluded
from deepcourse.convolution.runs import one_layer
from deepcourse.convolution.runs.one_layer import Net
from deepcourse.convolution.share import cut

KIND = "shared"


@dataclass(frozen=True)
class Settings:
    """The net, the square, and how many maps are compared."""

    data: str = "mnist"  # the function of `datasets`
    net: Net = field(default_factory=Net)
    rate: float = 0.01  # of Adam, as `family` chose it
    seeds: tuple = (0, 1, 2)  # the first net is the one that is shown
    side: int = 7  # of the square, in pixels
    greys: tuple = (0.5, 0.0)  # of the square; the first is shown
    pictures: int = 100  # the first test digits, on which maps are compared


QUICK = Settings(
    data="digits",
    net=Net(shift=2, stride=2, units=12, few=4, pictures=1000, validation=200),
    seeds=(0, 1),
    side=3,
    pictures=5,
)


def packed(values: np.ndarray, kind: str) -> str:
    """Numbers as text, for the page: bytes, or 16-bit numbers."""
    return base64.b64encode(np.ascontiguousarray(values, kind)).decode()


def reader(s: Settings, net: dict, table):
    """The scores of pictures (B, I, J) of 0 .. 1."""

    def read(x):
        x = np.asarray(x, np.float32)[..., None]
        seen = cut(x, s.net.window, s.net.stride)
        return one_layer.scores(net, table, seen)[0]

    return read


def map_of(s: Settings, read, picture, label: int, grey):
    """How far the class is ahead, for each place of the square."""
    covered = occluded(picture, s.side, grey)
    found = read(covered.reshape(-1, *picture.shape))
    return lead(found, label).reshape(covered.shape[:2]), found.argmax(1)


def alike(one: np.ndarray, other: np.ndarray) -> float:
    """The correlation of two maps."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def compared(s: Settings, readers: list, fresh, pictures, labels) -> dict:
    """How alike the maps of the same pictures are, in several ways."""
    names = "other_seed", "untrained", "black", "noise", "piece"
    found = {name: [] for name in names}
    noise = np.random.default_rng(0).uniform(size=(s.side, s.side))
    at = (pictures.shape[1] - s.side) // 2
    middle = slice(at, at + s.side)
    following = np.roll(pictures, -1, axis=0)[:, middle, middle]
    for picture, label, piece in zip(pictures, labels, following, strict=True):
        shown, _ = map_of(s, readers[0], picture, label, s.greys[0])
        others = {
            "other_seed": (readers[1], s.greys[0]),
            "black": (readers[0], s.greys[1]),
            "untrained": (fresh, s.greys[0]),
            "noise": (readers[0], noise),
            "piece": (readers[0], piece),
        }
        for name, (read, grey) in others.items():
            other, _ = map_of(s, read, picture, label, grey)
            found[name].append(alike(shown, other))
    return {
        name: {
            "alike": float(np.mean(each)),
            "alike_tenth": float(np.quantile(each, 0.1)),
            "alike_nine_tenths": float(np.quantile(each, 0.9)),
        }
        for name, each in found.items()
    }


def on_empty(s: Settings, picture, costs: np.ndarray) -> dict:
    """What the square costs where it covers no ink at all."""
    size = (s.side, s.side)
    windows = np.lib.stride_tricks.sliding_window_view(picture, size)
    found = costs[windows.max((2, 3)) == 0]
    return {
        "squares": found.size,
        "costly": float(np.mean(found > 1)) if found.size else 0.0,
        "most": float(found.max(initial=0)),
    }


def looked(s: Settings, read, pictures, labels, index: int) -> dict:
    """A picture, its scores, and its occlusion maps, for the page."""
    picture, label = (
        pictures[index],
        int(read(pictures[index : index + 1])[0].argmax()),
    )
    scores = read(picture[None])[0]
    kept = {
        "test_image": index,
        "label": int(labels[index]),
        "read": label,
        "lead": float(lead(scores, label)),
        "pixels": packed(np.round(picture * 255), "u1"),
    }
    for name, grey in zip(("grey", "black"), s.greys, strict=True):
        leads, classes = map_of(s, read, picture, label, grey)
        kept[name] = {
            "lead": packed(np.round(leads * 100), "<i2"),
            "read": packed(classes, "u1"),
        }
    return kept


def measure(s: Settings, _: Path) -> dict:
    """Train the nets, and look."""
    source = getattr(datasets, s.data)()
    side = source.images.shape[1]
    trained = [
        one_layer.fitted(s.net, source, KIND, "centred", s.rate, seed)
        for seed in s.seeds
    ]
    net, table = trained[0]
    readers = [reader(s, *each) for each in trained]
    fresh = reader(s, *one_layer.started(s.net, KIND, side, s.seeds[-1] + 1))
    still = np.zeros((len(source.test_images), 2), int)
    pictures = one_layer.moved(source.test_images, s.net.margin, still)[..., 0]
    parts = np.array_split(pictures, 20)
    said = np.concatenate([readers[0](x).argmax(1) for x in parts])
    wrong = int(np.argmax(said != source.test_labels))
    shown = [
        looked(s, readers[0], pictures, source.test_labels, n)
        for n in (0, wrong)
    ]
    seen = cut(pictures[:1, :, :, None], s.net.window, s.net.stride)
    _, hidden = one_layer.scores(net, table, seen)
    first = one_layer.started(s.net, KIND, side, s.seeds[0])[0]["w"]
    # how far training has carried a kernel, in its first lengths
    changed = np.linalg.norm(net["w"] - first, axis=1)
    changed /= np.linalg.norm(first, axis=1)
    few = slice(0, s.pictures)
    values = {
        "accuracy": float(np.mean(said == source.test_labels)),
        "first": {"lead": shown[0]["lead"]},
        "misread": {"lead": shown[1]["lead"]},
        "kernels": {
            "channels": net["w"].shape[2],
            "changed": float(changed.mean()),
            "silent": int(np.sum(~(hidden > 0).any((0, 1)))),
        },
        **compared(s, readers, fresh, pictures[few], said[few]),
    }
    for name, each in zip(("first", "misread"), shown, strict=True):
        leads, under = (
            np.frombuffer(base64.b64decode(each[cover]["lead"]), "<i2")
            for cover in ("grey", "black")
        )
        said_under = np.frombuffer(base64.b64decode(each["grey"]["read"]), "u1")
        values[name] |= {
            "alike": alike(leads, under),
            "lowest": float(leads.min() / 100),
            "highest": float(leads.max() / 100),
            "turned": float(np.mean(leads < 0)),
            "turned_black": float(np.mean(under < 0)),
            "righted": float(np.mean(said_under == each["label"])),
            "black_most": float(each["lead"] - under.min() / 100),
        }
    leads, _ = map_of(s, readers[0], pictures[0], shown[0]["read"], s.greys[0])
    values["empty"] = on_empty(s, pictures[0], shown[0]["lead"] - leads)
    kernels = net["w"][0].T.reshape(-1, s.net.window, s.net.window)
    places = round(len(hidden) ** 0.5)
    return {
        "values": values,
        "units": {
            "accuracy": "fraction",
            **dict.fromkeys(("turned", "turned_black", "righted"), "fraction"),
            "channels": "count",
            "silent": "count",
            "changed": "ratio",
            "costly": "fraction",
            "squares": "count",
            **dict.fromkeys(
                ("lead", "lowest", "highest", "most", "black_most"), "nat"
            ),
            **dict.fromkeys(("alike", "alike_tenth", "alike_nine_tenths"), "1"),
        },
        "seeds": s.seeds,
        "data": source.facts(),
        "side": pictures.shape[1],
        "pictures": shown,
        "kernels": np.round(kernels, 3).tolist(),
        "maps": np.round(
            hidden[:, 0].T.reshape(-1, places, places).astype(float), 3
        ).tolist(),
    }


if __name__ == "__main__":
    records.run("convolution/looks", measure, Settings(), QUICK)
