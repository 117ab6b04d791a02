"""Digests of what every method paints: the same before and after a change that alters no picture.

    python tests/support/pictures/picture_digests.py --write=before.json
    python tests/support/pictures/picture_digests.py --compare=before.json

Pictures are the same bit for bit on one machine only, so that the file is not kept.
"""

import argparse
import hashlib
import json
import pathlib
import sys
import tempfile

import numpy as np

from tfstyle import analogies, feed_forward, gatys, image, quilting, style_swap, video

ROOT = pathlib.Path(__file__).parents[3]
CONTENT = ROOT / "examples" / "inputs" / "chelsea.jpg"
STYLE = ROOT / "examples" / "inputs" / "painted_style.jpg"

SMALL = {"size": 96}
BRIEF = {"steps": 6, "coarse_steps": 4, "levels": 2, **SMALL}

GATYS = {
    "gatys": {},
    "gatys_float32": {"precision": "float32"},
    "gatys_plain": {"layer_balance": "plain", "style_weight": 100.0, "pooling": "max"},
    "gatys_zero": {"padding": "zero", "start": "content"},
    "gatys_hager_zhang": {"line_search": "hager_zhang"},
    "gatys_adam": {"optimizer": "adam"},
    "gatys_luminance": {"preserve_color": "luminance"},
    "gatys_covariance": {"preserve_color": "covariance"},
    "gatys_histogram": {"preserve_color": "histogram"},
}
# Chen and Schmidt (2016), as version 0.1.0 had it.
PLAIN = {"whiten": False, "levels": 1, "color_share": 0.0}
SWAP = {
    "swap": PLAIN,
    "swap_float32": {"precision": "float32", **PLAIN},
    "swap_half": {"strength": 0.5, "patch_size": 5, "num_swaps": 2, **PLAIN},
    "swap_optimize": {"decode": "optimize", "steps": 5, **PLAIN},
    "swap_optimize_inverse": {"decode": "optimize", "start": "inverse", "steps": 5, **PLAIN},
    "swap_whitened": {},
    "swap_whitened_levels": {"levels": 3, "first_size": 32, "precision": "float32"},
}
ANALOGIES = {
    "analogy": {},
    "analogy_filtered": {"color": "filtered", "kappa": 5.0},
    "analogy_rgb": {"features": "rgb", "color": "filtered"},
}
QUILTING = {
    "quilt": {"passes": 2},
    "quilt_raw": {"passes": 1, "match_range": "none", "preserve_color": "luminance"},
}


def digest(pixels: np.ndarray) -> str:
    """Returns what tells an array from any other."""
    pixels = np.ascontiguousarray(pixels)
    return hashlib.sha256(f"{pixels.dtype}{pixels.shape}".encode() + pixels.tobytes()).hexdigest()


def pictures():
    """Yields every method's picture by name."""
    content, style = image.read(CONTENT), image.read(STYLE)
    for name, changes in GATYS.items():
        yield name, gatys.stylize(content, style, gatys.Config(**{**BRIEF, **changes})).image
    two = gatys.Config(**BRIEF, style_blend=(0.7, 0.3))
    yield "gatys_two", gatys.stylize(content, [style, content], two).image
    for name, changes in SWAP.items():
        config = style_swap.Config(**{**SMALL, **changes})
        yield name, style_swap.stylize(content, style, config).image
    for name, changes in ANALOGIES.items():
        config = analogies.Config(**{"size": 64, **changes})
        yield name, analogies.stylize(content, style, config).image
    for name, changes in QUILTING.items():
        config = quilting.Config(**{"size": 96, "block_size": 24, **changes})
        yield name, quilting.stylize(content, style, config).image
    texture = quilting.Config(size=80, block_size=20, tileable=True)
    yield "quilt_texture", quilting.synthesize(style, texture).image
    for model, precision in (("masters", "float32"), ("masters", "auto"), ("slim", "float32")):
        config = feed_forward.Config(model=model, precision=precision, size=128)
        shares = {"great_wave": 0.6, "the_scream": 0.4} if model == "masters" else None
        yield f"apply_{model}_{precision}", feed_forward.stylize(content, shares, config).image


def clips():
    """Yields every method's last pastiche of a short clip by name."""
    style = image.read(STYLE)
    cat = np.uint8(255 * image.read(CONTENT)[0])
    frames = [cat[:120, left : left + 160] for left in (0, 2, 4)]
    methods = {
        "video_apply": ("great_wave", feed_forward.Config()),
        "video_swap": (style, style_swap.Config(size=96, **PLAIN)),
        "video_gatys": (style, video.GatysConfig(size=96, steps=4, coarse_steps=2, frame_steps=3)),
    }
    for name, (styles, method) in methods.items():
        *_, last = video.stylize(frames, styles, video.Config(reach=(1, 2)), method)
        yield name, last


def trainings():
    """Yields the weights of short trainings by name."""
    from tfstyle.cli import app

    with tempfile.TemporaryDirectory() as folder:
        photos = pathlib.Path(folder) / "photos"
        photos.mkdir()
        for turn in range(4):
            image.write(photos / f"{turn}.png", np.rot90(image.read(CONTENT)[0], turn)[np.newaxis])
        plain = ["--image_weight=0", "--grain_weight=0", "--whiten=false"]
        for command, own in {"train": [], "train_inverse": plain}.items():
            model = pathlib.Path(folder) / command
            words = [f"--photos={photos}", f"--styles={STYLE}", f"--model={model}"]
            sizes = ["--steps=3", "--crop=64", "--photo_size=80", "--style_size=80", "--batch=1"]
            assert app.main([command, *words, *sizes, *own, "--width=8", "--quiet"]) == 0
            yield command, weights_in(model)


def weights_in(folder: pathlib.Path) -> np.ndarray:
    """Returns all weights of a trained network."""
    import keras

    (path,) = (path for path in folder.glob("*.keras") if path.stem in ("stylizer", "inverse"))
    return np.concatenate([np.ravel(each) for each in keras.models.load_model(path).get_weights()])


def main() -> int:
    """Writes the digests, or compares them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("--compare", type=pathlib.Path)
    arguments = parser.parse_args()
    found = {}
    for source in (pictures, clips, trainings):
        for name, pixels in source():
            found[name] = digest(pixels)
            print(name, found[name][:16], flush=True)
    if arguments.write:
        arguments.write.write_text(json.dumps(found, indent=1), encoding="utf-8")
    if arguments.compare:
        before = json.loads(arguments.compare.read_text(encoding="utf-8"))
        changed = [name for name in before if found.get(name) != before[name]]
        print(f"{len(before) - len(changed)} of {len(before)} the same; changed: {changed}")
        return bool(changed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
