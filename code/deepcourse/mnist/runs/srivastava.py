"""The deep net of Srivastava et al. 2014, with dropout and with max-norm.

`python -m deepcourse.mnist.runs.srivastava [--quick]`
"""

from dataclasses import asdict, replace
from pathlib import Path

import tensorflow as tf

from deepcourse import records
from deepcourse.mnist.runs import plan
from deepcourse.mnist.runs.headline import NET

DEEP = replace(
    NET,
    sizes=(784, 1024, 1024, 1024, 10),
    batch_size=256,
    epochs=60,
    validation=0,
)
FULL = plan.Plan(
    nets={
        "plain": DEEP,
        "max_norm": replace(DEEP, max_norm=2.0, rate=0.002, epochs=120),
    },
    seeds=(0, 1, 2),
)


def measure(settings: plan.Plan, runs: Path) -> dict:
    """Train both from each seed."""
    source, nets, found, _ = plan.follow(settings)
    plan.write_curves(runs / "mnist/srivastava.csv", found)
    seeds = runs / "mnist/srivastava_seeds.csv"
    plan.write_seeds(seeds, "srivastava", found)
    plain, limited = (plan.summary(found[n]) for n in ("plain", "max_norm"))
    steps = len(source.images) // nets["plain"].batch_size
    return {
        "values": {
            "test_error": plain["test_error"],
            "test_error_sd": plain["test_error_sd"],
            "test_error_max_norm": limited["test_error"],
            "test_error_max_norm_sd": limited["test_error_sd"],
            "parameters": plain["parameters"],
            "updates": steps * plain["epochs"],
            "updates_max_norm": steps * limited["epochs"],
        },
        "settings": {name: asdict(net) for name, net in nets.items()},
        **plan.about(settings, source, found),
    }


if __name__ == "__main__":
    plan.one_thread()
    # One thread, so that two such runs fit on two cores.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    records.run("mnist/srivastava", measure, FULL, plan.small(FULL))
