"""The left side of the page: what a visitor chooses, in the order of `choices.Choices`."""

import dataclasses
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from tfstyle.methods import gatys, style_swap
from tfstyle.web import choices
from tfstyle.web.config import Config
from tfstyle.web.page import brush, pictures

METHODS = [
    ("Any painting (seconds)", choices.SWAP),
    ("Trained styles (a moment)", choices.APPLY),
    ("Optimise (minutes, the best picture)", choices.GATYS),
]

CLIPS = ("A clip (trained styles)", choices.CLIP)

QUALITIES = [("A draft", "fast"), ("Good", "default"), ("The best, slowly", "best")]


@dataclasses.dataclass(frozen=True)
class Fields:
    """The components that are read, and the groups that belong to some methods alone."""

    values: dict[str, Any]
    """By the names of `Choices`; paintings and shares are lists."""
    groups: dict[str, Any]
    trained: gr.Gallery
    brush: brush.Brush

    def inputs(self) -> list[Any]:
        """Returns the components that `collect` takes the values of, in its order."""
        flat = [each if isinstance(each, list) else [each] for each in self.values.values()]
        return [component for components in flat for component in components]

    def uploads(self) -> list[tuple[str, Any]]:
        """Returns the fields for pictures, with what the shell calls what they hold."""
        v = self.values
        maps = [(name, v[name]) for name in ("content_regions", "style_regions")]
        return [("content", v["photo"]), *(("style", each) for each in v["paintings"]), *maps]

    def collect(self, received: Sequence[Any]) -> choices.Choices:
        """Returns what the components of `inputs` were found at."""
        rest = list(received)
        found: dict[str, Any] = {}
        for name, component in self.values.items():
            if isinstance(component, list):
                found[name] = tuple(rest.pop(0) for _ in component)
            else:
                found[name] = rest.pop(0)
        return choices.Choices(**found)


def build(config: Config, thumbnails: list[tuple[str, str]], folder: Path) -> Fields:
    """Returns the fields, laid out where this is called.

    Args:
        config: the page's settings.
        thumbnails: files and names of the trained styles.
        folder: where the shipped photograph lies.
    """
    values: dict[str, Any] = {}
    groups: dict[str, Any] = {}
    methods = [*METHODS, CLIPS] if can_paint_clips() else METHODS
    values["method"] = gr.Radio(methods, value=choices.SWAP, label="How", elem_id="method")
    with gr.Column() as groups["photo"]:
        values["photo"] = pictures.photo(folder / "photograph.jpg")
    with gr.Column(visible=False) as groups["clip"]:
        values["clip"] = _clip(config.max_clip)
    with gr.Column() as groups["paintings"]:
        values |= pictures.paintings()
    with gr.Column(visible=False) as groups["trained"]:
        gallery, styles = pictures.trained(thumbnails)
        values |= styles
    values["size"] = _size(config.max_size)
    values |= _strengths(groups)
    with gr.Column() as groups["regions"]:
        painter, maps = brush.build()
    values |= maps
    return Fields(values, groups, gallery, painter)


def can_paint_clips() -> bool:
    """Returns whether the extra `video` is there."""
    return all(importlib.util.find_spec(module) for module in ("av", "cv2"))


def _clip(seconds: float) -> gr.Video:
    label = f"Your clip; painted are at most {seconds:g} s"
    return gr.Video(label=label, sources=["upload"], height=240, elem_id="clip")


def _size(largest: int) -> gr.Slider:
    return gr.Slider(
        128,
        largest,
        value=min(512, largest),
        step=16,
        label="Size",
        info="Longest side of the result in pixels; twice the size takes four times as long.",
        elem_id="size",
    )


def _strengths(groups: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    with gr.Group() as groups["swap"]:
        values["strength"] = gr.Slider(
            0,
            1,
            value=0.5,
            step=0.05,
            label="Strength",
            info="From the photograph (0) to whole pieces of the painting (1).",
        )
    with gr.Group(visible=False) as groups["gatys"]:
        values["weight"] = gr.Slider(
            0.5,
            20,
            value=gatys.Config.style_weight,
            step=0.5,
            label="Strength",
            info="More of the painting, less of the photograph.",
        )
        values["quality"] = gr.Radio(QUALITIES, value="fast", label="How thoroughly")
    with gr.Group() as groups["both"]:
        values["stroke"] = gr.Slider(
            0.25,
            3,
            value=style_swap.Config.style_scale,
            step=0.05,
            label="Stroke size",
            info="Larger strokes above 1.",
        )
        values["keep_colors"] = gr.Checkbox(label="Keep my photograph's colours")
    return values
