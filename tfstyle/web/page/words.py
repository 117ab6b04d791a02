"""What the page says while it works, as HTML: sentences, a bar, and the picture so far."""

import base64
import html
import io

import numpy as np
from PIL import Image

from tfstyle.image import to_bytes
from tfstyle.web.watching import Moment


def line(sentence: str) -> str:
    """Returns a sentence, which screen readers say when it changes."""
    return f'<p class="line" role="status">{html.escape(sentence)}</p>'


def refusal(sentence: str) -> str:
    """Returns why nothing was painted."""
    return f'<p class="line refused" role="alert">{html.escape(sentence)}</p>'


def moment(now: Moment) -> str:
    """Returns where a painting is, with the picture so far."""
    left = "" if now.left is None else f", about {seconds(now.left)} left"
    percent = round(100 * now.share)
    return (
        f'<p class="line">{html.escape(now.sentence + left)}</p>'
        f'<div class="bar" role="progressbar" aria-valuenow="{percent}" aria-valuemin="0" '
        f'aria-valuemax="100" aria-label="Progress"><div style="width: {percent}%"></div></div>'
        + ("" if now.picture is None else _preview(now.picture, percent))
    )


def _preview(pixels: np.ndarray, percent: int) -> str:
    return f'<img src="{as_uri(pixels)}" alt="The picture so far, {percent} percent done">'


def seconds(number: float) -> str:
    """Returns a time as one says it: "8 s", "2 min", "1 h 5 min"."""
    if number < 90:
        return f"{max(1, round(number))} s"
    minutes = round(number / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def as_uri(pixels: np.ndarray) -> str:
    """Returns an image, `[1, height, width, 3]` in [0, 1], as an address: no file is left of it."""
    file = io.BytesIO()
    Image.fromarray(to_bytes(pixels[0])).save(file, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode("ascii")
