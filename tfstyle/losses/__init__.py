"""The losses: pure functions of tensors, and the weighted objective made of them."""

from tfstyle.system import keras_backend

keras_backend.choose_tensorflow()
