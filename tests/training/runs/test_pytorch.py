"""What lesson 3 says of PyTorch: a default of first weights, and how it clips."""

import pytest
from deepcourse.training.begin import RULES

torch = pytest.importorskip("torch")


def test_one_rule_has_the_spread_of_pytorchs_default():
    torch.manual_seed(0)
    w = torch.nn.Linear(400, 200).weight.detach().numpy()
    assert RULES["torch"](400, 200) == pytest.approx(w.std(), rel=0.01)


def test_pytorch_clips_all_together_and_in_place():
    pair = [[3.0], [4.0]]
    both = [torch.nn.Parameter(torch.zeros(1)) for _ in pair]
    for w, g in zip(both, pair, strict=True):
        w.grad = torch.tensor(g)
    kept = [w.grad for w in both]
    assert float(torch.nn.utils.clip_grad_norm_(both, 1.0)) == pytest.approx(5)
    assert [float(g) for g in kept] == pytest.approx([0.6, 0.8], rel=1e-5)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("SGD", {"lr": 0.001, "momentum": 0}),
        ("Adagrad", {"lr": 0.01, "initial_accumulator_value": 0, "eps": 1e-10}),
        ("RMSprop", {"lr": 0.01, "alpha": 0.99, "eps": 1e-8}),
        ("Adadelta", {"lr": 1.0, "rho": 0.9, "eps": 1e-6}),
        ("Adam", {"lr": 0.001, "betas": (0.9, 0.999), "eps": 1e-8}),
        ("AdamW", {"lr": 0.001, "weight_decay": 0.01}),
        ("Muon", {"lr": 0.001, "momentum": 0.95, "weight_decay": 0.1}),
    ],
)
def test_pytorchs_defaults_are_those_of_the_table(kind, settings):
    made = getattr(torch.optim, kind)([torch.nn.Parameter(torch.zeros(2, 2))])
    assert {name: made.defaults[name] for name in settings} == settings
