"""The drawings of a head have the numbers that the page works through."""

from deepcourse.recurrent.figures import heads


def test_the_four_stages_are_those_of_the_page():
    text = heads.where().text
    for numbers in (
        "old weights (of the step before) 1.000, 0.000, 0.000",
        "content (key (0, 3), strength 5) 0.005, 0.808, 0.187",
        "gate (0.25 new, 0.75 old) 0.751, 0.202, 0.047",
        "shift (taps 0, 0, 1: down) 0.047, 0.751, 0.202",
        "sharpen (power 3) 0.000, 0.981, 0.019",
    ):
        assert numbers in text


def test_a_weighted_write_wipes_and_then_adds():
    text = heads.write().text
    assert "erased (1, 0), (0, 1), (1, 2); and added (1, 0), (3.5, 1.5), (4.5, 2.5)" in text


def test_a_step_shows_every_part_of_the_machine():
    words = {text.get_text() for ax in heads.step().art.axes for text in ax.texts}
    assert {"controller", "address", "read", "write", "erase, add", "answer"} <= words
