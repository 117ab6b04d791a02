"""Draws the maps of regions beside the example pictures: the cat, the suns, and what is around."""

import argparse
import pathlib

from PIL import Image, ImageDraw

FIRE, SKY = "#ff0000", "#0000ff"

CAT = (
    (0, 130), (36, 95), (33, 28), (52, 0), (400, 0), (376, 56), (352, 70), (364, 122),
    (362, 169), (324, 221), (366, 254), (376, 300), (0, 300),
)  # fmt: skip
"""The cat's outline in pixels of chelsea.jpg, 451 x 300."""

SUNS = ((186, 136, 80), (528, 208, 140), (170, 464, 115), (635, 600, 130))
"""Centres and radii of the suns in pixels of painted_style.jpg, 768 x 768."""


def draw_cat() -> Image.Image:
    """Returns chelsea.jpg's map."""
    drawn = Image.new("RGB", (451, 300), SKY)
    ImageDraw.Draw(drawn).polygon(CAT, fill=FIRE)
    return drawn


def draw_suns() -> Image.Image:
    """Returns painted_style.jpg's map."""
    drawn = Image.new("RGB", (768, 768), SKY)
    for x, y, radius in SUNS:
        ImageDraw.Draw(drawn).circle((x, y), radius, fill=FIRE)
    return drawn


def main() -> None:
    """Writes both maps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path("examples/inputs"))
    folder = parser.parse_args().output
    draw_cat().save(folder / "chelsea_map.png", optimize=True)
    draw_suns().save(folder / "painted_style_map.png", optimize=True)


if __name__ == "__main__":
    main()
