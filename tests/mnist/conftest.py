"""Graphs run as they are written: the small ones of the tests take longer to optimize than to run."""

import tensorflow as tf

tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
