"""Films a slow pan over Chelsea the cat: a clip to try `tfstyle video` on.

    python examples/pan.py

Writes examples/inputs/pan.mp4: 24 frames of 320 x 180 pixels at 12 frames a second. The photograph
is Stefan van der Walt's (CC0).
"""

import fractions
import pathlib

from tfstyle import image
from tfstyle.video_io import encoding as video_encoding
from tfstyle.video_io import reading, writing

INPUTS = pathlib.Path(__file__).parent / "inputs"
SIZE, RATE, FRAMES = (180, 320), fractions.Fraction(12), 24


def main() -> None:
    """Writes the clip."""
    photograph = image.read(INPUTS / "chelsea.jpg")
    wide = image.fit(photograph, SIZE[1] + 2 * FRAMES)[0]
    encoding = video_encoding.Encoding(SIZE, RATE, 1 / RATE, crf=23)
    film = writing.begin(INPUTS / "pan.mp4", run="pan")
    for number in range(FRAMES):
        top, left = 20 + number // 2, 2 * number
        view = wide[top : top + SIZE[0], left : left + SIZE[1]]
        film.write(image.to_bytes(view), number, encoding)
    film.close_part([])
    film.finish(reading.Clip("", SIZE, RATE, 1 / RATE), encoding)


if __name__ == "__main__":
    main()
