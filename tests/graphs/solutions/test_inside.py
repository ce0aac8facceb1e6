"""What the exercises on the inside of TensorFlow claim."""

import numpy as np
import pytest
import tensorflow as tf
from deepcourse.graphs.retracing import padded
from deepcourse.graphs.solutions import inside as solutions


def test_an_epoch_with_a_smaller_batch_and_three_rates_makes_six_graphs():
    sizes, rates = [32] * 31 + [8], [0.1, 0.05, 0.025]
    tensors = [tf.constant(rate) for rate in rates]
    counts = [solutions.graphs_traced(*each) for each in ((sizes, rates), (sizes, tensors), (sizes[:-1], tensors))]
    assert counts == [6, 2, 1]


def test_the_planted_rate_never_halves_and_the_mended_one_does_in_one_graph():
    assert solutions.steps_of(solutions.Halving, (9, 10, 30)) == pytest.approx([0.8, 0.8, 0.8], rel=1e-5)
    assert solutions.steps_of(solutions.Mended, (9, 10, 30)) == pytest.approx([0.8, 0.4, 0.1], rel=1e-5)


def test_filled_up_there_are_few_lengths():
    rows = [np.ones(n) for n in (1, 2, 3, 4, 5, 6, 7, 8)]
    assert solutions.of_lengths(rows) == 8
    assert solutions.of_lengths(rows, padded) == 4
    assert solutions.of_lengths(rows, reduce_retracing=True) == 2
