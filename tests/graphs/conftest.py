"""TensorFlow optimizes the graphs that are looked into, whatever the tests of another lesson have chosen."""

import pytest


@pytest.fixture
def optimized():
    """Grappler is on."""
    import tensorflow as tf

    chosen = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
    yield
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False} | chosen)
