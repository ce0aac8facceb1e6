"""Two more nets beside `parts`: an average at the end, and one wide layer.

`python -m deepcourse.convolution.runs.other_parts [--quick]` writes
runs/convolution/other_parts.json. One net has an average in place of the
maximum, the other one convolution alone with zeros around; settings and
seeds are those of `parts`. A run that is finished is kept.
"""

from itertools import product
from pathlib import Path

from deepcourse import datasets, records
from deepcourse.convolution.runs import parts

NETS = ("average", "one_same")


def measure(s: parts.Settings, _: Path) -> dict:
    """Both nets from all seeds, in turns."""
    source = getattr(datasets, s.data)()
    runs = {net: [] for net in NETS}
    for seed, net in product(s.seeds, NETS):
        key = (s, net, seed, source.sha256)
        runs[net].append(
            records.kept(
                "convolution/other_parts",
                key,
                Path(__file__),
                lambda net=net, seed=seed: parts.of_a_run(s, source, net, seed),
            )
        )
    values = {net: parts.summary(found) for net, found in runs.items()}
    for each in values.values():
        del each["fit_seconds"]  # nothing is timed here
    return {
        "values": values,
        "units": parts.UNITS,
        "seeds": s.seeds,
        "data": source.facts(),
    }


if __name__ == "__main__":
    records.run(
        "convolution/other_parts", measure, parts.Settings(), parts.QUICK
    )
