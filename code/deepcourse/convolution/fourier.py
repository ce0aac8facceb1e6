"""The convolution as a product of frequencies.

`deepcourse.gradflow.conv2d_loops` has it by index and `conv2d` as one matrix
product; all three compute the same.
"""

import numpy as np

from deepcourse.convolution import expect


# --8<-- [start:fourier]
def conv_fourier(x, k):
    """A convolution of stride 1, no zeros around.

    Args:
        x: (B, I, J, C) images.
        k: (U, V, C, K) the kernel.

    Returns:
        (B, P, Q, K) the sums.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    x, k = expect.arrays(x=(x, "B, I, J, C"), k=(k, "U, V, C, K"))
    expect.windows("k", x.shape, k.shape[:2], 1, "valid", 1)
    i, j = x.shape[1:3]
    p, q = i - k.shape[0] + 1, j - k.shape[1] + 1
    of_x = np.fft.rfft2(x, axes=(1, 2))
    of_k = np.fft.rfft2(k, (i, j), axes=(0, 1))
    of_y = np.einsum("nijc,ijck->nijk", of_x, of_k.conj())
    y = np.fft.irfft2(of_y, (i, j), axes=(1, 2))[:, :p, :q]
    return y.astype(x.dtype)  # (B, P, Q, K)


# --8<-- [end:fourier]
