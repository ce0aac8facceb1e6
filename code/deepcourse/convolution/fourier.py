"""The convolution as a product of frequencies.

`deepcourse.gradflow.conv2d_loops` has it by index and `conv2d` as one matrix
product; all three compute the same.
"""

import numpy as np

from deepcourse.convolution import expect


# --8<-- [start:fourier]
def conv_fourier(x, kernel):
    """A convolution of stride 1, no zeros around.

    Args:
        x: (B, I, J, C) images.
        kernel: (U, V, C, K) the kernel.

    Returns:
        (B, P, Q, K) the sums.

    Raises:
        ValueError: The argument, what came, and what was expected.
    """
    x, kernel = expect.arrays(
        x=(x, "B, I, J, C"), kernel=(kernel, "U, V, C, K")
    )
    size, window = x.shape[1:3], kernel.shape[:2]
    expect.windows("kernel", x.shape, window, 1, "valid", 1)
    p, q = (side - taps + 1 for side, taps in zip(size, window))
    of_x = np.fft.rfft2(x, axes=(1, 2))
    of_kernel = np.fft.rfft2(kernel, size, axes=(0, 1)).conj()
    of_y = np.einsum("nijc,ijck->nijk", of_x, of_kernel)
    y = np.fft.irfft2(of_y, size, axes=(1, 2))
    y = y[:, :p, :q]
    return y.astype(x.dtype)  # (B, P, Q, K)


# --8<-- [end:fourier]
