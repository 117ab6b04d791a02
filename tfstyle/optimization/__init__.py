"""The optimisation of an image: L-BFGS, Adam, coarse to fine, and what goes on after a stop."""

from tfstyle.system import keras_backend

keras_backend.choose_tensorflow()
