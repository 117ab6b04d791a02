"""A worker of a training, one of several or alone: python tests/worker.py PHOTOS FOLDER."""

import sys

import conftest
import numpy as np

from tfstyle import fitting, train


def main(photos, folder):
    """Trains with a tiny encoder and writes the weights."""
    fitting.encoder.build = lambda *args, **kwargs: conftest.build_tiny_encoder()
    fitting.weights.load = lambda name: None
    styles = {
        "smooth": conftest.picture(32, 40, seed=3),
        "dark": 0.3 * conftest.picture(40, 32, seed=4),
    }
    config = train.Config(**conftest.TINY_TRAINING, residual_blocks=1, steps=4)
    stylizer = train.train(photos, styles, folder, config, quiet=True)
    np.save(f"{folder}.npy", np.concatenate([np.ravel(one) for one in stylizer.get_weights()]))


if __name__ == "__main__":
    main(*sys.argv[1:])
