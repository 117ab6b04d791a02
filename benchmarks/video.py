"""What stabilising a clip gains and costs, method by method.

    python benchmarks/video.py --video=FOLDER --style=great_wave.jpg --methods=apply,swap,gatys

FOLDER holds clips (*.mp4) and scenes of MPI-Sintel (frame_0001.png to frame_0003.png,
flow_0002_to_0003.flo, occlusions_0002.png and invalid_0002.png). Each is painted twice, every frame
by itself and stabilised. The columns:

    error     the mean squared difference between a pastiche and its neighbour warped to it, hidden
              pixels left out, times 1000: by the true flow on Sintel, else by the estimated one;
              and the stabilised as a share of the other
    seconds   a frame, from its pixels to its pastiche's; and the ratio
    style     VGG19's style loss of the pastiches; the ratio tells gain from blur

At last `tfstyle video` in a process of its own on the first clip, frames a second from file to
file at 640 pixels, with the slimmest stylizer that the package ships.
"""

import argparse
import dataclasses
import functools
import itertools
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np


@dataclasses.dataclass(frozen=True)
class Run:
    """What one painting of a clip came to."""

    error: float
    seconds: float
    style: float


@dataclasses.dataclass(frozen=True)
class Material:
    """A clip, and how two of its neighbours are compared."""

    name: str
    frames: list[np.ndarray]
    true: tuple[np.ndarray, np.ndarray] | None = None
    """Of Sintel: the flow from the second frame to the third, and 1 where it counts."""


def read_material(folder: pathlib.Path, longest: int, most: int) -> list[Material]:
    """Returns the clips and Sintel's scenes, fitted to that longest side."""
    from tfstyle.video_io import reading

    found = []
    for path in sorted(folder.glob("*.mp4")):
        with reading.open_clip(path, longest=longest) as clip:
            frames = [frame.pixels for frame in itertools.islice(clip, most)]
            found.append(Material(path.stem, frames))
    return found + [read_scene(path, longest) for path in sorted(folder.glob("sintel_*"))]


def read_scene(folder: pathlib.Path, longest: int = 1024) -> Material:
    """Returns a scene of MPI-Sintel, with its flow and masks brought to that size."""
    from tfstyle import image
    from tfstyle.methods.video import flow

    pictures = [image.fit(image.read(folder / f"frame_000{n}.png"), longest) for n in (1, 2, 3)]
    frames = [image.to_bytes(picture[0]) for picture in pictures]
    true = flow.read_flo(folder / "flow_0002_to_0003.flo")
    hidden = sum(image.read(folder / f"{name}_0002.png") for name in ("occlusions", "invalid"))
    size = frames[0].shape[:2]
    seen = image.resize(np.float32(hidden == 0), size)[0, :, :, :1] > 0.99
    scale = size[1] / true.shape[1]
    shrunk = flow.load_opencv().resize(true, size[::-1]) * np.float32(scale)
    return Material(folder.name, frames, (shrunk, np.float32(seen)))


def temporal_error(material: Material, pastiches: list[np.ndarray]) -> float:
    """Returns the mean squared difference of neighbours, one warped to the other, in [0, 1]^2."""
    if material.true is not None:
        return squared_difference(*pastiches[1:3], *material.true)
    from tfstyle.methods.video import flow, trust

    errors = []
    for index in range(1, len(pastiches)):
        frame, earlier = material.frames[index], material.frames[index - 1]
        back, forth = flow.estimate(frame, earlier), flow.estimate(earlier, frame)
        seen = trust.of_flow(back, forth)
        errors.append(squared_difference(pastiches[index], pastiches[index - 1], back, seen))
    return float(np.mean(errors))


def squared_difference(pastiche, other, flow_to_other, seen) -> float:
    """Returns it between a pastiche and another warped to it, where both show the same thing."""
    from tfstyle import image
    from tfstyle.methods.video import flow

    warped = flow.warp(image.from_bytes(other), flow_to_other).numpy()
    squares = np.square(warped - image.from_bytes(pastiche)).mean(axis=-1, keepdims=True)
    return float((seen * squares).sum() / seen.sum())


def end_point_error(material: Material) -> float:
    """Returns how far the estimated flow ends from the true one, in pixels, the mean."""
    from tfstyle.methods.video import flow

    true, seen = material.true
    missed = np.linalg.norm(flow.estimate(*material.frames[1:3]) - true, axis=-1, keepdims=True)
    return float((seen * missed).sum() / seen.sum())


@functools.cache
def style_loss(style: str):
    """Returns what gives a pastiche's style loss."""
    from tfstyle import image
    from tfstyle.losses import perceptual
    from tfstyle.methods import gatys

    config = gatys.Config(size=512)
    loss, _ = perceptual.build(config)
    picture = image.fit(image.read(style), 512)

    def style_loss(pastiche: np.ndarray) -> float:
        values = image.from_bytes(pastiche[np.newaxis])
        return float(loss.terms(values, loss.targets(values, [picture], [1.0]))["style"])

    return style_loss


def paint(material: Material, style: str, name: str, stabilized: bool, steps: int) -> Run:
    """Paints a clip; the first frame is painted once before, so that nothing is built meanwhile."""
    clip, method, styles = settings(name, style, stabilized, steps)
    from tfstyle.methods import video

    list(video.stylize(material.frames[:2], styles, clip, method))
    painter, pastiches = video.painter(styles, clip, method), []
    pastiches.append(painter.paint(material.frames[0]))
    began = time.perf_counter()
    pastiches += [painter.paint(frame) for frame in material.frames[1:]]
    seconds = (time.perf_counter() - began) / (len(pastiches) - 1)
    losses = [style_loss(style)(pastiche) for pastiche in pastiches[:: max(1, len(pastiches) // 4)]]
    return Run(1000 * temporal_error(material, pastiches), seconds, float(np.mean(losses)))


def settings(name: str, style: str, stabilized: bool, steps: int):
    """Returns the clip's settings, the method's, and the style as the method takes it."""
    from tfstyle import image
    from tfstyle.methods import feed_forward, style_swap, video

    clip = video.Config() if stabilized else video.Config(stabilize=0)
    if name == "apply":
        return clip, feed_forward.Config(precision="auto"), pathlib.Path(style).stem
    if name == "swap":
        return clip, style_swap.Config(size=None), [image.read(style)]
    method = video.GatysConfig(size=None, steps=steps, coarse_steps=steps, frame_steps=steps)
    # Each frame by itself: every one is the first of a scene.
    return (clip if stabilized else video.Config(cut=1.0)), method, [image.read(style)]


def print_gain(materials: list[Material], style: str, methods: list[str], steps: int) -> None:
    """Prints a row for each method and clip."""
    print(f"{'method':7} {'clip':16} {'error':>15} {'share':>6} {'seconds':>15} {'ratio':>6} style")
    for name, material in itertools.product(methods, materials):
        plain, steady = (paint(material, style, name, each, steps) for each in (False, True))
        print(
            f"{name:7} {material.name:16} {plain.error:7.3f} {steady.error:7.3f} "
            f"{steady.error / plain.error:6.2f} {plain.seconds:7.3f} {steady.seconds:7.3f} "
            f"{steady.seconds / plain.seconds:6.2f} {steady.style / plain.style:5.2f}",
            flush=True,
        )


def print_flow(materials: list[Material]) -> None:
    """Prints how good the estimated flow is where the true one is known."""
    for material in materials:
        if material.true is not None:
            height, width = material.frames[0].shape[:2]
            print(
                f"flow on {material.name} ({width}x{height}): end-point error "
                f"{end_point_error(material):.2f} pixels"
            )


def print_real_time(clip: pathlib.Path, model: str, style: str) -> None:
    """Prints what `tfstyle video` says at its end, without stabilising and with it."""
    flags = [f"--input={clip}", f"--model={model}", f"--style={style}", "--size=640"]
    for more in (["--stabilize=0"], []):
        with tempfile.TemporaryDirectory() as folder:
            words = ["video", *flags, *more, f"--output={folder}/a.mp4"]
            command = [sys.executable, "-m", "tfstyle", *words]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        print(f"{clip.name} {' '.join(more)}: {done.stdout.split('  ', 1)[1].strip()}")


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--video", required=True, type=pathlib.Path)
    parser.add_argument("--style", required=True, help="of a picture named as the stylizer's style")
    parser.add_argument("--methods", default="apply,swap,gatys")
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--steps", type=int, default=25, help="of gatys, at each of its levels")
    parser.add_argument("--model", default="slim", help="for the last line")
    arguments = parser.parse_args()
    materials = read_material(arguments.video, arguments.size, arguments.frames)
    print_flow(materials)
    methods = list(filter(None, arguments.methods.split(",")))
    print_gain(materials, arguments.style, methods, arguments.steps)
    for clip in sorted(arguments.video.glob("*.mp4"))[:1]:
        print_real_time(clip, arguments.model, pathlib.Path(arguments.style).stem)


if __name__ == "__main__":
    main()
