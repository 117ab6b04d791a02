"""Small pictures of what a trained network can paint."""

from pathlib import Path

from tfstyle import image
from tfstyle.methods import feed_forward
from tfstyle.networks import pretrained

SIZE = 192
"""Their longest side in pixels."""


def paint(folder: Path) -> list[tuple[str, str]]:
    """Paints the package's photograph in every trained style, and returns files and styles."""
    config = feed_forward.Config(size=SIZE)
    stylizer = feed_forward.load(str(config.model), config.precision)
    photograph = image.read(pretrained.PHOTOGRAPH)
    made = []
    for style in stylizer.styles:
        path = folder / f"{style}.jpg"
        image.write(path, feed_forward.stylize(photograph, style, config, stylizer=stylizer).image)
        made.append((str(path), style))
    return made
