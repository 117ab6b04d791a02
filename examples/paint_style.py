"""Paints a style picture: swirling strokes of thick paint, wholly made by this program.

Points are complex numbers, x + iy in pixels, so that to divide by a direction is to turn.
"""

import argparse

import numpy as np
from PIL import Image

SIDE = 1536
"""The canvas's side in pixels; the picture is half that, which smooths the bristles."""

COOL = "0a1030 121f5c 16409a 2f78b8 2f8f8a 9cc4c0 f0e8cc"
"""The sky's paints from dark to light: ink, ultramarine, cobalt, cerulean, viridian, cream."""

WARM = "2c0e1a 6e1618 b02c1a d8481e de8c20 f4c442 fceebe"
"""The fire's paints from dark to light: umber, madder, vermilion, ochre, yellow, cream."""

LAYERS = ((800, 84, 360), (2200, 46, 210), (3600, 27, 125), (1300, 14, 80))
"""Each pass of the brush, coarse to fine: strokes, width and length in pixels."""

SUNS = ((0.69 + 0.28j, 0.12), (0.22 + 0.62j, 0.09), (0.82 + 0.78j, 0.07), (0.24 + 0.18j, 0.06))
"""The whirls' centres and radii, as fractions of the side."""


def sample(field: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Returns the field's values at points, or at the border beside those that lie outside."""
    return field[tuple(np.clip((np.imag(at), np.real(at)), 0, SIDE - 1).astype(int))]


def compose(rng: np.random.Generator, plane: np.ndarray) -> tuple[np.ndarray, ...]:
    """Returns three fields: the strokes' unit direction, the light (0 to 1) and the warmth."""
    potential, warmth = 0 * plane.real, 0 * plane.real - 0.35
    for field, strength in [(potential, 0.38), (warmth, 0.2)] * 10:
        wave = rng.uniform(0.8, 2.6) * np.exp(1j * rng.uniform(0, 2 * np.pi))
        field += strength / abs(wave) * np.sin(6.3 * (plane / SIDE * wave + rng.random()).real)
    for centre, radius in SUNS:
        glow = np.exp(-(abs(plane / SIDE - centre) ** 2) / (2 * radius**2))
        potential, warmth = potential * (1 - 0.9 * glow) + 2.3 * glow, warmth + 1.5 * glow
    slope_y, slope_x = np.gradient(potential)
    flow = (slope_y - 1j * slope_x) / (np.hypot(slope_x, slope_y) + 1e-9)
    return flow, 0.44 + 0.2 * potential + 0.18 * np.sin(8 * potential), warmth


def trace(flow: np.ndarray, at: np.ndarray, step: float) -> np.ndarray:
    """Returns the paths that follow the flow from `at`, by 12 midpoint steps: (stroke, point)."""
    steps = (at := at + sample(flow, at + sample(flow, at) * step / 2) * step for _ in range(12))
    return np.stack([at, *steps], axis=1).astype(np.complex64)


def choose_paints(light: np.ndarray, warmth: np.ndarray) -> np.ndarray:
    """Returns the paint of each `light`, from the warm row where `warmth` is positive."""
    rows = np.array([list(bytes.fromhex(row)) for row in (COOL, WARM)]).reshape(2, 7, 3)
    return rows[np.int8(warmth > 0), np.clip(light * 7, 0, 6).astype(int)]


def drag(canvas, plane, path, width, paints, rng) -> None:
    """Drags a bristle brush along `path`, on a canvas whose channels are RGB and height.

    Args:
        canvas: (y, x, 4) floats, painted in place.
        plane: (y, x), every pixel's own place.
        path: (point,) that the brush's middle passes through.
        width: the brush's width in pixels.
        paints: (2, 3) colours, half mixed on the brush.
        rng: what makes every brush load different.
    """
    ends = [(part.min() - width, part.max() + width) for part in (path.imag, path.real)]
    box = tuple(slice(*pair) for pair in np.clip(ends, 0, SIDE).astype(int))
    nearest = abs(plane[box][..., None] - path).argmin(axis=-1)
    tangent = np.gradient(path)[nearest]
    offset = (plane[box] - path[nearest]) / tangent
    along, across = (nearest + offset.real) / len(path), offset.imag * abs(tangent) * 2 / width
    hairs = np.linspace(-1, 1, 8 + int(width / 3))
    hair, mix, start, end = (np.interp(across, hairs, row) for row in rng.random((4, len(hairs))))
    cover = np.clip((1 - abs(across)) * width / 4, 0, 1) * np.clip(1.3 - hair * along, 0, 1)
    cover *= np.clip(12 * along - 2 * start, 0, 1) * np.clip(8 - 3 * end - 8 * along, 0, 1)
    height = (0.4 + 0.5 * hair + 0.7 * across**4) * (1.1 - 0.5 * along) * width**0.6
    load = np.dstack([paints[0] + (paints[1] - paints[0]) * (mix**2)[..., None], height])
    canvas[box] += cover[..., None] * (load - canvas[box])


def varnish(canvas: np.ndarray) -> Image.Image:
    """Returns the canvas lit from the upper left, so that the paint's ridges show."""
    relief = np.clip(sum(np.gradient(canvas[..., 3])) * 0.3, -1, 1)[..., None]
    lit = canvas[..., :3] * (1 + 0.4 * relief) + 50 * np.clip(relief - 0.2, 0, 1)
    return Image.fromarray(np.clip(lit, 0, 255).astype(np.uint8)).reduce(2)


def paint(output: str, seed: int) -> None:
    """Writes the finished picture."""
    rng, axis = np.random.default_rng(seed), np.arange(SIDE, dtype=np.float32)
    flow, light, warmth = compose(rng, plane := axis + 1j * axis[:, None])
    canvas = np.dstack([choose_paints(light, warmth), 0 * light]).astype(np.float32)
    for count, width, length in LAYERS:
        for path in trace(flow, SIDE * rng.uniform(-0.05, 1.05, (count, 2)) @ (1, 1j), length / 12):
            lights = sample(light, path[6]) + rng.normal(0, 0.13, 2)
            paints = choose_paints(lights, sample(warmth, path[6]) + rng.normal(0, 0.22))
            drag(canvas, plane, path, width * rng.uniform(0.7, 1.2), paints, rng)
    varnish(canvas).save(output, quality=92)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", required=True, help="the picture's file, PNG or JPEG")
    parser.add_argument("--seed", type=int, default=1889, help="another seed, another picture")
    paint(**vars(parser.parse_args()))
