"""How far apart the layers' losses are by nature: why `layer_balance` is relative by default.

    python benchmarks/layer_balance.py --contents=FOLDER --styles=FOLDER

Prints, for each pooling and layer, the geometric mean of the style loss between photographs
and paintings, and the mean square of the photographs' features, at 512 pixels.
"""

import argparse
import pathlib

import numpy as np
import tensorflow as tf

from tfstyle import image
from tfstyle.losses import functional
from tfstyle.networks import vgg19, vgg19_layers, vgg19_weights

SIZE = 512


def read_folder(folder: str) -> list[np.ndarray]:
    """Returns every picture in the folder, its longest side 512 pixels."""
    return [image.fit(image.read(path), SIZE) for path in sorted(pathlib.Path(folder).iterdir())]


def summarize(features, contents, styles, layer: str) -> tuple[float, float]:
    """Returns the typical style loss and the mean squared feature of a layer."""
    of_contents = [features(tf.constant(content))[layer] for content in contents]
    grams = [functional.gram_matrix(features(tf.constant(style))[layer]) for style in styles]
    style = [functional.style_loss(content, gram) for content in of_contents for gram in grams]
    content = [functional.content_loss(content, tf.zeros([])) for content in of_contents]
    return float(np.exp(np.mean(np.log(style)))), float(np.mean(content))


def main() -> None:
    """Prints one table a pooling."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--contents", required=True)
    parser.add_argument("--styles", required=True)
    arguments = parser.parse_args()
    contents, styles = read_folder(arguments.contents), read_folder(arguments.styles)
    vgg = vgg19_weights.load("auto")
    for pooling in vgg19_layers.POOLINGS:
        print(pooling)
        for layer in vgg19_layers.LAYERS:
            features = vgg19.build([layer], vgg, pooling=pooling, precision="auto")
            graph = tf.function(features, reduce_retracing=True)
            style, content = summarize(graph, contents, styles, layer)
            print(f"    {layer}: style {style:.2g}, content {content:.2g}", flush=True)


if __name__ == "__main__":
    main()
