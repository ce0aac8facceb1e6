"""What the lesson begins with as PyTorch has it, and what that prints.

`python -m deepcourse.mnist.runs.pytorch [--quick]`, where PyTorch is: in the
environment of `nox -s bench`. The net, the data, the batches and the epochs
are those of the nine lines of Keras; the first weights and Adam's epsilon are
PyTorch's own.
"""

import contextlib
import io
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from deepcourse import datasets, records


def lines(x, y, x_test, y_test):
    """Train and test the net, as it stands on the page."""
    # --8<-- [start:lines]
    import torch
    from torch import nn

    four = x, y, x_test, y_test
    pictures, labels, new, truth = map(torch.tensor, four)
    hidden = nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.5)
    net = nn.Sequential(nn.Flatten(), *hidden, nn.Linear(512, 10))
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters())
    for epoch in range(1, 6):
        net.train()
        losses = []
        for rows in torch.randperm(len(labels)).split(128):
            loss = loss_fn(net(pictures[rows] / 255), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        print(f"epoch {epoch}: loss {sum(losses) / len(losses):.4f}")
    net.eval()
    with torch.no_grad():
        right = net(new / 255).argmax(dim=1) == truth
    print(f"test accuracy: {right.float().mean():.4f}")
    # --8<-- [end:lines]
    return right.numpy()


@dataclass(frozen=True)
class Settings:
    """Which data set the arrays are of."""

    data: str = "mnist"


def measure(settings: Settings, _: Path) -> dict:
    """Run the lines, and keep what they print."""
    source = getattr(datasets, settings.data)()
    train = framed(source.images), source.labels
    test = framed(source.test_images), source.test_labels
    said = io.StringIO()
    start = time.perf_counter()
    with contextlib.redirect_stdout(said):
        right = lines(*train, *test)
    seconds = time.perf_counter() - start
    return {
        "values": {
            "test_accuracy": float(np.mean(right)),
            "test_error": float(np.mean(~right)),
            "run_seconds": seconds,
        },
        "units": {
            "test_accuracy": "fraction",
            "test_error": "fraction",
            "run_seconds": "s",
        },
        "settings": asdict(settings) | {"torch": version("torch")},
        "seeds": [],
        "data": source.facts(),
        "printed": said.getvalue().splitlines(),
    }


def framed(pictures: np.ndarray) -> np.ndarray:
    """The same pictures in the middle of 28×28 pixels, black around them."""
    edge = (28 - pictures.shape[1]) // 2
    return np.pad(pictures, ((0, 0), (edge, edge), (edge, edge)))


if __name__ == "__main__":
    small = Settings(data="digits")
    records.run("mnist/pytorch", measure, Settings(), small)
