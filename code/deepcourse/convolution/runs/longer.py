"""Do grids go when nets learn longer, and are they there on black?

`python -m deepcourse.convolution.runs.longer [--quick]` writes
runs/convolution/longer.json: the nets of `checkerboard` with transposed
convolutions, of one seed, looked at as often as `looked` says. What is even is
grey, which no training picture is in the large, or black, as most are around.
A run that is finished is kept.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from deepcourse import datasets, records
from deepcourse.convolution.runs import checkerboard

WAYS = ("three", "four")
NETS = checkerboard.Settings()
UNITS = dict.fromkeys(("error", "grey", "black"), "1")


@dataclass(frozen=True)
class Settings:
    """How long, at which rate, and from which seed."""

    looked: tuple = (0, 1, 2, 4, 8, 16)  # after so many epochs; then it ends
    rate: float = 0.01  # of Adam, as `checkerboard` chose it for both
    seed: int = 0
    nets: checkerboard.Settings = NETS


QUICK = Settings(looked=(0, 1), nets=checkerboard.QUICK)


def looked_at(s: checkerboard.Settings, model, test: np.ndarray) -> dict:
    """The error of a net, and its grids on greys and on black."""
    shades = [checkerboard.grid(model, grey) for grey in s.greys]
    made = model.predict(checkerboard.small(test), 500, 0)
    return {
        "error": checkerboard.error(made - test),
        "grey": float(np.mean([*map(checkerboard.strength, shades)])),
        "black": checkerboard.strength(checkerboard.grid(model, 0.0)),
    }


def of_a_run(s: Settings, source, way: str) -> dict:
    """What a net is after each number of epochs."""
    import keras

    keras.utils.set_random_seed(s.seed)
    model = checkerboard.net(s.nets, way)
    model.compile(keras.optimizers.Adam(s.rate), "mse", jit_compile=False)
    x, _, test = checkerboard.parts(s.nets, source)
    draw = np.random.default_rng((s.seed, 1))  # as in `checkerboard`
    found, done = {}, 0
    for epochs in s.looked:
        for _ in range(epochs - done):
            wide = x[draw.permutation(len(x))]
            seen = checkerboard.small(wide)
            model.fit(seen, wide, s.nets.batch, shuffle=False, verbose=0)
        done = epochs
        found[f"after_{epochs}"] = looked_at(s.nets, model, test)
    return found


def measure(s: Settings, _: Path) -> dict:
    """Both ways, one after the other."""
    source = getattr(datasets, s.nets.data)()
    values = {
        way: records.kept(
            "convolution/longer",
            (s, way, source.sha256),
            Path(__file__),
            lambda way=way: of_a_run(s, source, way),
        )
        for way in tqdm(WAYS, unit="run")
    }
    return {
        "values": values,
        "units": UNITS,
        "seeds": [s.seed],
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run("convolution/longer", measure, Settings(), QUICK)
