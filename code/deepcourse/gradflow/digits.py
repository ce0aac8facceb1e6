"""The digits as the nets of this series read them: numbers, in batches."""

import numpy as np

from deepcourse.gradflow import expect


def pictures(images, dtype=np.float64):
    """Grey values 0 .. 255 as numbers 0 .. 1.

    Args:
        images: (N, I, J) uint8.
        dtype: of the numbers.

    Returns:
        (N, I, J, 1) with one channel.

    Raises:
        ValueError: The images aren't real numbers.
    """
    images = expect.array("images", images) / 255
    return images.astype(dtype)[..., None]


def batches(
    x, labels, size, epochs, rng, change=lambda x, rng: x
):
    """Batches of a set in a new order each epoch, without the odd end.

    Args:
        x: (N, I, J, 1) pictures.
        labels: (N,) their classes.
        size: of a batch.
        epochs: how often each picture comes, about.
        rng: a numpy.random.Generator, which moves on.
        change: what is done to the pictures of a batch, such as `wobble`.

    Yields:
        Pairs of pictures and labels.

    Raises:
        ValueError: There are no `size` pictures with labels, or rng is no
            generator; or epochs is no whole number.
    """
    x = expect.array("x", x)
    labels = expect.whole_array("labels", labels, x.shape[:1])
    if labels.shape != x.shape[:1]:
        expect.refuse(
            "labels", f"shape {labels.shape}", x.shape[:1]
        )
    fits = "a whole number from 1 to the number of pictures"
    size = expect.number(
        "size", size, lambda s: s in range(1, len(x) + 1), fits
    )
    epochs = expect.number(
        "epochs",
        epochs,
        lambda e: e >= 0 and e % 1 == 0,
        "0, 1, 2, ...",
    )
    expect.generator("rng", rng)
    for _ in range(int(epochs)):
        order = rng.permutation(len(x))
        for start in range(0, len(x) - size + 1, size):
            rows = order[start : start + size]
            yield change(x[rows], rng), labels[rows]


def wobble(x, rng, turn=0.2, stretch=0.1, shift=0.7):
    """Turn, stretch and shift each picture a little, at random.

    Args:
        x: (B, I, J, 1) pictures.
        rng: a numpy.random.Generator, which moves on.
        turn: at most so far, in radians.
        stretch: each axis by a factor of exp(-stretch) to exp(stretch).
        shift: at most so many pixels along each axis.

    Returns:
        (B, I, J, 1) pictures, dark where they were moved from.

    Raises:
        ValueError: x isn't of pictures, rng is no generator, or one of the
            others is below 0.
    """
    (x,) = expect.arrays(x=(x, "B, I, J, 1"))
    expect.generator("rng", rng)
    turn, stretch, shift = (
        expect.number(
            name, value, lambda v: 0 <= v < np.inf, "at least 0"
        )
        for name, value in {
            "turn": turn,
            "stretch": stretch,
            "shift": shift,
        }.items()
    )
    b, i, j, _ = x.shape
    angle = rng.uniform(-turn, turn, b)  # (B,)
    turned = np.array(
        [
            [np.cos(angle), -np.sin(angle)],
            [np.sin(angle), np.cos(angle)],
        ]
    )
    scale = np.exp(rng.uniform(-stretch, stretch, (2, 1, b)))
    moved = rng.uniform(-shift, shift, (2, b))
    middle = np.array([(i - 1) / 2, (j - 1) / 2])
    grid = np.moveaxis(np.indices((i, j)), 0, -1)  # (I, J, 2)
    place = np.einsum(
        "yxb,pqx->bpqy", turned * scale, grid - middle
    )  # (B, I, J, 2)
    return sample(x, place + middle + moved.T[:, None, None])


def sample(x, place):
    """The pictures at places between their pixels, linearly.

    Args:
        x: (B, I, J, 1) pictures.
        place: (B, I, J, 2) row and column, fractions included.

    Returns:
        (B, I, J, 1) the values there; 0 outside.

    Raises:
        ValueError: A shape is wrong, or a place isn't finite.

    Examples:
        >>> x = np.array([0.0, 8.0]).reshape(1, 1, 2, 1)
        >>> sample(x, np.array([[[[0.0, 0.25], [0.0, 1.5]]]])).ravel()
        array([2., 4.])
    """
    x = expect.array("x", x)
    place = expect.array("place", place, (*x.shape[:3], 2))
    if not np.isfinite(place).all():
        expect.refuse("place", "what isn't finite", "finite")
    b, i, j, _ = x.shape
    wide = np.pad(x[..., 0], ((0, 0), (1, 2), (1, 2)))
    place = np.clip(place, -1, (i, j)) + 1
    corner = np.floor(place).astype(int)
    part, rows = place - corner, np.arange(b)[:, None, None]
    y = np.zeros(x.shape[:3], x.dtype)  # (B, I, J)
    for down, right in np.ndindex(2, 2):
        apart = np.abs((1 - down, 1 - right) - part)
        near = apart.prod(axis=-1)  # (B, I, J)
        p, q = corner[..., 0] + down, corner[..., 1] + right
        y += near * wide[rows, p, q]
    return y[..., None]
