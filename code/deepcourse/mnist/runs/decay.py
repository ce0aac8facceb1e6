"""AdamW in Adam's place, with dropout and without, on digits and on clothes.

`python -m deepcourse.mnist.runs.decay [--quick]`

Each net keeps the rate that it had with Adam (`ingredients.json` and
`fashion.json`); the decay is looked for on a grid, as rates are there.
"""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from deepcourse import records
from deepcourse.mnist.runs import ingredients, plan
from deepcourse.mnist.runs.training import Settings

GRID = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
WITH = ingredients.FULL.nets["full"]
WITHOUT = ingredients.FULL.nets["no_dropout"]


FULL = plan.Plans(
    sets={
        "fashion_mnist": plan.Plan(
            nets={
                "full": replace(WITH, rate=0.001),
                "no_dropout": replace(WITHOUT, rate=0.001),
            },
            data="fashion_mnist",
        ),
        "mnist": plan.Plan(
            nets={
                "full": replace(WITH, rate=0.001),
                "no_dropout": replace(WITHOUT, rate=0.003),
            },
        ),
    }
)
QUICK = plan.small_ones(FULL)


def measure(settings: plan.Plans, runs: Path) -> dict:
    """Choose a decay for each net, and train it from each seed.

    Returns:
        The record: by data set and net what `ingredients` says of AdamW's
        and of Adam's net, the decay that was chosen, and by how much AdamW's
        errs more and loses more than Adam's on the same pictures and seeds.
    """
    values, tried, rows, facts = {}, {}, {}, []
    for name, each in settings.sets.items():
        source, _, found, _ = plan.follow(each)
        facts.append(plan.about(each, source, found))
        values[name], tried[name] = {}, {}
        for net, runs_of_adam in found.items():
            start = replace(each.nets[net], optimizer="adamw", decay=0.1)
            said, rates, found_here = decayed(source, net, start, each)
            values[name] |= {
                f"{net}_adam": plan.summary(runs_of_adam),
                f"{net}_adamw": said
                | ingredients.against_full(source, found_here, runs_of_adam)
                | lost_more(found_here, runs_of_adam),
            }
            tried[name][net] = plan.choices(rates, "decay")
            rows[f"{name}_{net}_adam"] = runs_of_adam
            rows[f"{name}_{net}_adamw"] = found_here
        # and the net without dropout but with decay against the full one
        pair = (rows[f"{name}_no_dropout_adamw"], rows[f"{name}_full_adam"])
        values[name]["instead"] = ingredients.against_full(source, *pair)
        values[name]["instead"] |= lost_more(*pair)
    plan.write_seeds(runs / "mnist/decay_seeds.csv", "decay", rows)
    trained = [run for each in rows.values() for run in each]
    return {
        "values": values,
        "units": plan.UNITS
        | {"decay": "1", "loss_more": "nat", "loss_more_se": "nat"},
        "settings": asdict(settings),
        "tried": tried,
        "data": [each["data"] for each in facts],
        "seeds": facts[0]["seeds"],
        "seconds": sum(row[3] for run in trained for row in run["history"]),
    }


def decayed(source, net: str, start: Settings, each: plan.Plan):
    """The net by AdamW at its best decay: its summary, what was tried, runs."""
    name = f"{each.data} {net}"
    rates = plan.tried(source, name, start, each.choosing, "decay", GRID)
    chosen = replace(start, decay=plan.best(rates))
    found = [
        plan.measure(source, chosen, s, f"{name}, seed {s}") for s in each.seeds
    ]
    return plan.summary(found) | {"decay": chosen.decay}, rates, found


def lost_more(found: list[dict], base: list[dict]) -> dict:
    """By how much the test loss is higher, its standard error over seeds."""
    pairs = zip(found, base, strict=True)
    more = [one["test_loss"] - other["test_loss"] for one, other in pairs]
    return {
        "loss_more": float(np.mean(more)),
        "loss_more_se": float(np.std(more, ddof=1) / len(more) ** 0.5),
    }


if __name__ == "__main__":
    plan.one_thread()
    records.run("mnist/decay", measure, FULL, QUICK)
