"""What the figures of the graph builder say."""

import drawings
from deepcourse import records
from deepcourse.graphs.figures import builder
from deepcourse.graphs.runs import derivatives


def test_the_square_is_read_by_two_and_its_gradient_is_33():
    assert "multiply_2 from multiply_1 and a; add_3 from multiply_2 and multiply_1" in builder.twice().text
    assert builder.twice().text.endswith("Their values: a 3, multiply_1 9, multiply_2 27, add_3 36.")
    assert builder.back().text.endswith(" 33.")


def test_the_growth_is_that_of_the_record(tmp_path):
    records.make("graphs/derivatives", derivatives.measure, derivatives.Settings(orders=2), tmp_path)
    assert builder.FIGURES.draw(tmp_path) == []
    said = drawings.words(tmp_path / "graphs/growth.svg")["desc"]
    assert said.endswith("By order: 0: 2, 2 and 2; 1: 9, 7 and 6; 2: 25, 14 and 9.")
