"""The net of the figure that trains: its descent, its points, its narrower copies."""

import numpy as np
import pytest
from deepcourse import records
from deepcourse.training.begin import begin
from deepcourse.training.boundary import learn, misread, moons, narrower
from deepcourse.training.deep import forward
from deepcourse.training.runs import boundary

X, LABELS = moons(20, 0.2, 0)


def loss(net, decay):
    z = forward(X, net, "tanh")[1][:, 0]
    return np.log(1 + np.exp(-LABELS * z)).mean() + decay / 2 * sum((w**2).sum() for w, _ in net)


@pytest.mark.parametrize("decay", [0.0, 0.3])
def test_the_first_step_goes_along_the_slope_of_loss_and_penalty(decay):
    net = begin([2, 3, 1], "glorot", 0)
    moved = narrower(net, 3)
    learn(X, LABELS, moved, 1e-3, 1, decay)
    for layer, changed in zip(net, moved, strict=True):
        for a, after in zip(layer, changed, strict=True):
            slopes = np.zeros_like(a)
            for at in np.ndindex(a.shape):
                before, a[at] = a[at], a[at] + 1e-6
                up = loss(net, decay)
                a[at] = before - 1e-6
                slopes[at] = (up - loss(net, decay)) / 2e-6
                a[at] = before
            np.testing.assert_allclose(a - after, 1e-3 * slopes, atol=1e-9)


def test_points_of_moons_are_learnt_and_decay_makes_weights_smaller():
    sizes = []
    for decay in (0.0, 0.1):
        net = begin([2, 8, 1], "glorot", 0)
        learn(X, LABELS, net, 0.3, 300, decay)
        sizes.append(sum((w**2).sum() for w, _ in net))
        assert misread(X, LABELS, net) < 0.25
    assert sizes[1] < sizes[0] / 2


def test_a_narrower_net_has_the_first_units_as_a_copy():
    net = begin([2, 8, 1], "glorot", 0)
    some = narrower(net, 3)
    np.testing.assert_array_equal(some[0][0], net[0][0][:, :3])
    some[0][0][:] = 0
    assert net[0][0].all()


def test_the_record_holds_what_its_nets_misread(tmp_path):
    records.make("training/boundary", boundary.measure, boundary.QUICK, tmp_path)
    found = records.read("training/boundary", tmp_path)
    points = np.array(found["points"])
    w1, w2 = (np.array(found["first"][name]) for name in ("w1", "w2"))
    net = narrower([(w1, np.zeros(4)), (w2[:, None], np.zeros(1))], 4)
    learn(points[:, :2], points[:, 2], net, 0.3, 20, 0.1)
    assert found["values"]["of_4"]["decay_1"]["own"] == misread(points[:, :2], points[:, 2], net)


def test_what_can_t_be_is_refused_by_name():
    with pytest.raises(ValueError, match="width: got 4, expected at most 3"):
        narrower(begin([2, 3, 1], "glorot", 0), 4)
    with pytest.raises(ValueError, match="many: got"):
        moons(0, 0.1, 0)
