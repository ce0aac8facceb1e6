"""The two functions of a layer's module, for tests that ask the same of several layers."""

NAMES = {"matmul": "dense", "conv2d": "conv", "conv2d_loops": "conv_loops", "conv2d_transposed": "conv_transposed"}
NAMES["batchnorm_staged"] = "staged"


def forward_of(module):
    """The forward function of a layer."""
    return getattr(module, f"{_name(module)}_forward")


def backward_of(module):
    """The backward function of a layer."""
    return getattr(module, f"{_name(module)}_backward")


def _name(module):
    name = module.__name__.rpartition(".")[2]
    return NAMES.get(name, name)
