"""The fields for regions: a brush, and maps that are uploaded."""

import dataclasses
from typing import Any

import gradio as gr

from tfstyle import image
from tfstyle.web import brushing
from tfstyle.web.page import pictures

SIZE = 800
"""Longest side in pixels of what is painted on; maps are brought to the photograph's size."""

WORDS = (
    "Each colour is a region. With a map of the painting, regions of one colour belong together; "
    "without one, each region gets a painting of its own, in the order in which one reads."
)


@dataclasses.dataclass(frozen=True)
class Brush:
    """The components of the brush."""

    begin: gr.Button
    editor: gr.ImageEditor
    end: gr.Button


def build() -> tuple[Brush, dict[str, Any]]:
    """Returns the brush, and the fields of the maps by the names of their settings."""
    with gr.Accordion("Paint by regions", open=False, elem_id="regions"):
        gr.Markdown(WORDS, elem_classes="quiet")
        begin = gr.Button("Lay my photograph under the brush", elem_id="brush_begin")
        editor = gr.ImageEditor(
            type="numpy",
            label="Paint its regions",
            sources=[],
            transforms=[],
            layers=False,
            brush=gr.Brush(default_size=60, colors=[*brushing.COLORS], color_mode="fixed"),
            canvas_size=(SIZE, SIZE),
            height=460,
            elem_id="brush",
        )
        end = gr.Button("Take what I painted as the map", elem_id="brush_end")
        photo = pictures.upload(
            "The photograph's map", "photo_map", "Regions of the photograph", can_download=True
        )
        painting = pictures.upload("The painting's map", "painting_map", "Regions of the painting")
    return Brush(begin, editor, end), {"content_regions": photo, "style_regions": painting}


def underlay(path: str) -> Any:
    """Returns what the editor shows of a photograph: no larger than it has to be."""
    pixels = image.read(path)
    pixels = image.fit(pixels, min(SIZE, max(pixels.shape[1:3])))
    return {"background": image.to_bytes(pixels[0]), "layers": [], "composite": None}
