"""A local server of exported networks, with the REST API of TF Serving: `run.serve`.

`config` and `folders` load neither TensorFlow nor what the extra `serve` brings.
"""

from tfstyle.server.config import Config as Config
from tfstyle.system import keras_backend

keras_backend.choose_tensorflow()
