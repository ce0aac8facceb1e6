"""The figures of lesson 2: `python -m deepcourse.mnist.figures.mnist`.

Drawn from the records alone, in seconds. Pictures of digits and weights need
the finished runs as well: see `pictures`.
"""

from deepcourse import drawing as draw
from deepcourse.mnist.figures.answers import calibration, confusion
from deepcourse.mnist.figures.curves import curves
from deepcourse.mnist.figures.errors import ingredients, srivastava
from deepcourse.mnist.figures.moved import moved
from deepcourse.mnist.figures.net import net, net_plain
from deepcourse.mnist.figures.page_net import page_net

FIGURES = draw.Figures(
    "mnist",
    measured={
        "net": net,
        "net_plain": net_plain,
        "confusion": confusion,
        "calibration": calibration,
        "ingredients": ingredients,
        "curves": curves,
        "moved": moved,
        "srivastava": srivastava,
        "draw": page_net,
    },
)

if __name__ == "__main__":
    FIGURES.main()
