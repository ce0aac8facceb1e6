"""The lines of Keras that the part on assumptions begins with.

`python -m deepcourse.convolution.runs.family_library [--quick]`
"""

from pathlib import Path

from deepcourse import datasets, records
from deepcourse.convolution.runs.library import Settings, of_nets

NETS = "dense", "shared"


def lines():
    """Train a dense net and a shared one of its size, as on the page."""
    # --8<-- [start:lines]
    import keras
    import numpy as np
    from keras.layers import Conv2D, Dense, Flatten, Reshape

    keras.utils.set_random_seed(0)
    (x, labels), (test, truth) = keras.datasets.mnist.load_data()
    rng = np.random.default_rng(0)

    def shifted(x):
        x = np.pad(x / 255, [(0, 0), (2, 2), (2, 2)])
        by = rng.integers(-6, 7, (len(x), 2))
        return np.array([np.roll(*a, (0, 1)) for a in zip(x, by)])

    x, labels = shifted(x[:20000]), labels[:20000]
    test = shifted(test)
    dense = [Flatten(), Dense(35, "relu")]
    shared = [Conv2D(35, 5, strides=3, activation="relu")]
    loss = "sparse_categorical_crossentropy"
    for hidden in dense, shared:
        last = Flatten(), Dense(10, "softmax")
        net = keras.Sequential([Reshape((32, 32, 1)), *hidden, *last])
        net.compile("adam", loss, metrics=["accuracy"])
        net.fit(x, labels, batch_size=128, epochs=5, verbose=0)
        share = net.evaluate(test, truth, verbose=0)[1]
        print(f"{net.count_params()} {share:.3f}")
    # --8<-- [end:lines]


def measure(settings: Settings, runs: Path) -> dict:
    """Run the lines, and keep what they print."""
    return of_nets(lines, getattr(datasets, settings.data)(), NETS)


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("convolution/family_library", measure, Settings(), small)
