"""What the part on assumptions says in words holds in its records."""

import base64

import numpy as np
import pytest
from deepcourse import records
from deepcourse.convolution.runs import looks


def values(name):
    return records.read(f"convolution/{name}")["values"]


def test_at_three_pixels_the_map_is_right_and_the_shared_net_reads_fewer_than_at_two():
    found = values("pushes")
    off = {n: found["shared"]["off"][f"by_{n}"]["off"] for n in range(7)}
    assert off[0] == off[3] == off[6] == 0
    assert min(off[n] for n in (1, 2, 4, 5)) > 0.7
    read = {net: [found[net]["read"][f"by_{n}"]["read"] for n in range(7)] for net in ("local", "shared", "largest")}
    assert read["shared"][3] < read["shared"][2] - 0.2
    assert read["largest"][3] > max(read["largest"][1:3])
    assert read["largest"][3] == pytest.approx(read["largest"][0], abs=0.01)
    dense = found["dense"]["read"]["by_3"]["read"]
    assert read["local"][3] - dense > read["shared"][3] - read["local"][3] > 0


def test_training_moves_a_local_kernel_in_the_middle_and_hardly_one_in_a_corner():
    carried = values("pushes")["local"]["carried"]
    assert carried["corner"]["carried_highest"] < 0.05
    assert carried["middle"]["carried_lowest"] > 0.5


def test_what_lasts_is_the_lead_over_the_dense_net_and_not_that_of_ten_channels():
    longer, before = values("family_longer"), values("family")
    for name in ("mnist", "fashion_mnist"):
        assert longer["shared"][name]["shifted_accuracy_ahead_of_dense_lowest"] > 4
    few = "shared_multiply_adds"
    assert before[few]["mnist"]["shifted_accuracy_ahead_of_local_lowest"] > 0
    found = longer[few]["mnist"]
    assert found["shifted_accuracy_ahead_of_local_lowest"] < 0 < found["shifted_accuracy_ahead_of_local_highest"]
    for found in (before, longer):
        assert found[few]["fashion_mnist"]["shifted_accuracy_ahead_of_local_highest"] < 0


def test_shifted_pictures_in_training_cost_centred_ones():
    shared = values("family")["shared"]["mnist"]
    longer = values("family_longer")["shared"]["mnist"]
    assert shared["accuracy"] - 0.05 > shared["back_accuracy_highest"]
    assert shared["accuracy"] - 0.02 > longer["back_accuracy_highest"]


def test_in_the_exercise_a_single_kernel_is_behind():
    found = values("periods")["times_4"]
    for period in (2, 5, 10):
        ahead, error = (found[f"period_{period}"][name] for name in ("ahead", "ahead_error"))
        assert ahead > 3 * error


def test_the_nets_that_are_looked_at_have_the_rate_that_was_chosen():
    assert looks.Settings().rate == values("family")["shared"]["mnist"]["centred_rate"]


def test_the_squares_that_cost_the_7_most_are_those_that_the_fold_names():
    record = records.read("convolution/looks")
    first, misread = record["pictures"]
    assert (first["read"], misread["label"], misread["read"]) == (7, 5, 3)
    side = record["side"] - record["settings"]["side"] + 1

    def dearest(cover):
        leads = np.frombuffer(base64.b64decode(first[cover]["lead"]), "<i2").reshape(side, side)
        return tuple(map(int, np.unravel_index(leads.argmin(), leads.shape))), first["lead"] - leads / 100

    grey, costs = dearest("grey")
    assert grey == (11, 14)  # below the bar, and left of the stem
    assert min(costs[6, 6], costs[14, 14], costs[20, 14]) > 0.85 * costs[grey]  # the bar's left end; the stem
    assert dearest("black")[0] == (6, 8)  # on the left half of the bar
    found = record["values"]
    assert found["first"]["turned"] == found["first"]["turned_black"] == 0
    assert found["empty"]["costly"] > 0.3
    assert found["black"]["alike"] < found["other_seed"]["alike"] < found["noise"]["alike"]
