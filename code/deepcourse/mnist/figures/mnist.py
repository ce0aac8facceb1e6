"""The figures of lesson 2: `python -m deepcourse.mnist.figures.mnist`.

Drawn from the records alone, in seconds. Pictures of digits and weights need
the finished runs as well: see `pictures`.
"""

from deepcourse import drawing as draw
from deepcourse.mnist.figures.losses import losses
from deepcourse.mnist.figures.moved import moved
from deepcourse.mnist.figures.net import net
from deepcourse.mnist.figures.page_net import page_net
from deepcourse.mnist.figures.regions import regions
from deepcourse.mnist.figures.thinned import thinned

FIGURES = draw.Figures(
    "mnist",
    measured={
        "net": net,
        "losses": losses,
        "moved": moved,
        "regions": regions,
        "draw": page_net,
        "thinned": thinned,
    },
)

if __name__ == "__main__":
    FIGURES.main()
