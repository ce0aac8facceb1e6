"""One rule for first weights is the default of PyTorch."""

import pytest
from deepcourse.training.begin import RULES

torch = pytest.importorskip("torch")


def test_one_rule_has_the_spread_of_pytorchs_default():
    torch.manual_seed(0)
    w = torch.nn.Linear(400, 200).weight.detach().numpy()
    assert RULES["torch"](400, 200) == pytest.approx(w.std(), rel=0.01)
