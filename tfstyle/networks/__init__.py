"""The networks: VGG19 as feature extractor, the transform net, the inverse net, and their files."""

from tfstyle.system import keras_backend

keras_backend.choose_tensorflow()
