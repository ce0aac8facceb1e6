import numpy as np
from deepcourse.SLUG.solutions import POST


def test_the_gradient_of_a_third_of_a_cube_is_the_difference_quotient():
    x, h = np.linspace(-2, 2, 9), 1e-5
    quotient = ((x + h) ** 3 - (x - h) ** 3) / (6 * h)
    np.testing.assert_allclose(POST.cube_backward(np.ones(9), x), quotient, atol=1e-8)
