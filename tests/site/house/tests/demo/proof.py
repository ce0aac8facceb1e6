import numpy as np
import pytest
from deepcourse.demo.relu import relu


@pytest.mark.equation("demo/relu")
def test_a_bend_is_the_larger_of_both(proof):
    x = np.linspace(-1, 1, 5)
    proof.tex(y=relu(x), x=x)
