"""gradflow's layers in TensorFlow: what its hand-written gradients equal."""
