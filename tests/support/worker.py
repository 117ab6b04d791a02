"""A worker of a training, one of several or alone: python tests/support/worker.py PHOTOS FOLDER."""

import sys

import numpy as np
import samples

from tfstyle.training import loop
from tfstyle.training import stylizer as stylizer_training


def main(photos, folder):
    """Trains with a tiny encoder and writes the weights."""
    loop.vgg19.build = lambda *args, **kwargs: samples.build_tiny_encoder()
    loop.vgg19_weights.load = lambda name: None
    styles = {
        "smooth": samples.picture(32, 40, seed=3),
        "dark": 0.3 * samples.picture(40, 32, seed=4),
    }
    config = stylizer_training.Config(**samples.TINY_TRAINING, residual_blocks=1, steps=4)
    stylizer = stylizer_training.train(photos, styles, folder, config, quiet=True)
    np.save(f"{folder}.npy", np.concatenate([np.ravel(one) for one in stylizer.get_weights()]))


if __name__ == "__main__":
    main(*sys.argv[1:])
