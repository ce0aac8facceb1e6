"""What the bend buys, with no dropout in any net, on digits and on clothes.

`python -m deepcourse.mnist.runs.bend [--quick]`
"""

from dataclasses import asdict, replace
from pathlib import Path

from deepcourse import records
from deepcourse.mnist.runs import ingredients, plan

RELU = ingredients.FULL.nets["no_dropout"]
NETS = {
    "softmax": ingredients.FULL.nets["softmax"],
    "identity": replace(RELU, activation="identity", rate=1e-4),
    "sigmoid": replace(RELU, activation="sigmoid"),
    "relu": RELU,
}
FULL = plan.Plans(
    sets={
        name: plan.Plan(nets=NETS, search=True, data=name)
        for name in ("mnist", "fashion_mnist")
    }
)
QUICK = plan.small_ones(FULL)


def measure(settings: plan.Plans, runs: Path) -> dict:
    """Train each net from each seed, at its own best rate.

    Returns:
        The record: by data set and net what `ingredients` says, and by how
        much the net errs more than the one with ReLU on the same pictures
        and seeds.
    """
    values, chosen, tried, rows, facts = {}, {}, {}, {}, []
    for name, each in settings.sets.items():
        source, nets, found, rates = plan.follow(each)
        facts.append(plan.about(each, source, found))
        chosen[name] = {net: asdict(said) for net, said in nets.items()}
        tried[name] = {net: plan.choices(said) for net, said in rates.items()}
        values[name] = {net: plan.summary(said) for net, said in found.items()}
        for net, said in found.items():
            rows[f"{name}_{net}"] = said
            if net != "relu":
                more = ingredients.against_full(source, said, found["relu"])
                values[name][net] |= more
    plan.write_seeds(runs / "mnist/bend_seeds.csv", "bend", rows)
    return {
        "values": values,
        "units": plan.UNITS,
        "settings": chosen,
        "tried": tried,
        "data": [each["data"] for each in facts],
        "seeds": facts[0]["seeds"],
        "seconds": sum(each["seconds"] for each in facts),
    }


if __name__ == "__main__":
    plan.one_thread()
    records.run("mnist/bend", measure, FULL, QUICK)
