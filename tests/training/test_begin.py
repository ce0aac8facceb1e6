"""First weights have the spread that their rule, and the library's, says."""

import keras
import numpy as np
import pytest
from deepcourse.training.begin import RULES, begin


@pytest.mark.parametrize("rule", RULES)
def test_the_weights_spread_as_their_rule_says_and_differ_from_layer_to_layer(rule):
    (w, b), (other, _) = begin([300, 300, 300], rule, 0)
    assert w.std() == pytest.approx(RULES[rule](300, 300), rel=0.01)
    assert abs(w.mean()) < 0.01 * 300**-0.5 * 10
    assert not b.any()
    assert abs(np.corrcoef(w.ravel(), other.ravel())[0, 1]) < 0.02
    np.testing.assert_array_equal(begin([300, 300, 300], rule, 0)[0][0], w)
    assert (begin([300, 300, 300], rule, 1)[0][0] != w).any()


@pytest.mark.parametrize(("rule", "theirs"), [("glorot", "GlorotUniform"), ("he", "HeNormal")])
def test_two_rules_have_the_variance_of_keras(rule, theirs):
    w = np.array(getattr(keras.initializers, theirs)(seed=0)((400, 200)))
    assert RULES[rule](400, 200) == pytest.approx(w.std(), rel=0.01)


@pytest.mark.parametrize(("sizes", "rule"), [([3], "he"), ([3, 0], "he"), ([3, 2.5], "he"), ([3, 2], "best")])
def test_what_is_no_size_or_rule_is_refused(sizes, rule):
    with pytest.raises(ValueError, match=r"^(sizes|choice): got"):
        begin(sizes, rule, 0)
