"""The figures of the third part say what the records hold."""

from deepcourse import records
from deepcourse.drawing import STYLE
from deepcourse.graphs.figures import optimum
from matplotlib import rc_context


def test_the_diet_is_drawn_with_every_weight_and_its_steps(tmp_path):
    weights = {f"weight_{w}": {"error": 0.2 / w, "error_theory": 0.2 / w, "steps": 700 * w} for w in (1, 10)}
    weights |= {f"raised_{w}": {"error": 0.2 / w, "steps": 700 + 2 * w} for w in (1, 10)}
    units = {name: "1" for name, _ in records.leaves(weights)}
    rest = {"command": "x", "settings": {}, "seeds": [], "data": {"name": "made up"}}
    records.write("graphs/diet", {**rest, "values": weights, "units": units}, tmp_path)
    with rc_context(STYLE):
        said = optimum.diet(tmp_path).text
    assert "at a weight of 10 an error of 0.0200 after 7,000 steps" in said
    assert said.endswith("the steps in all are 702 by 1; 720 by 10.")


def test_each_way_to_the_median_says_when_it_is_there(tmp_path):
    rows = [(way, i, base**i) for way, base in (("weiszfeld", 0.1), ("descent_50", 0.01)) for i in range(12)]
    records.write_table(tmp_path / "graphs/median.csv", ("way", "step", "distance"), rows)
    with rc_context(STYLE):
        said = optimum.median_steps(tmp_path).text
    assert "50 % is within 10⁻⁸ after 5 steps" in said
    assert "Weiszfeld is within 10⁻⁸ after 9 steps" in said
