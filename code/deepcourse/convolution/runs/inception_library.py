"""The lines of Keras that the part on inception begins with.

`python -m deepcourse.convolution.runs.inception_library [--quick]`
"""

from pathlib import Path

from deepcourse import datasets, records
from deepcourse.convolution.runs.library import Settings, of_nets

NETS = "wide", "narrow"


def lines():
    """Train a net without and with a layer of 1×1, as on the page."""
    # --8<-- [start:lines]
    import keras
    from keras.layers import Conv2D, Dense, GlobalMaxPool2D

    (x, y), (test, labels) = keras.datasets.mnist.load_data()
    x, test = x[..., None] / 255, test[..., None] / 255
    for narrow in [], [Conv2D(8, 1, activation="relu")]:
        first = Conv2D(32, 5, strides=2, activation="relu")
        second = Conv2D(64, 5, strides=2, activation="relu")
        convs = first, *narrow, second, GlobalMaxPool2D()
        net = keras.Sequential([*convs, Dense(10, "softmax")])
        loss = "sparse_categorical_crossentropy"
        net.compile("adam", loss, metrics=["accuracy"])
        _ = net.fit(x, y, batch_size=128, epochs=2, verbose=0)
        read = net.evaluate(test, labels, verbose=0)[1]
        print(f"{net.count_params()} {read:.3f}")
    # --8<-- [end:lines]


def measure(settings: Settings, runs: Path) -> dict:
    """Run the lines, and keep what they print."""
    return of_nets(lines, getattr(datasets, settings.data)(), NETS)


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("convolution/inception_library", measure, Settings(), small)
