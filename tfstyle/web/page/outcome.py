"""The right side of the page: what is said, the result, and what this visit has painted."""

import dataclasses
from typing import Any

import gradio as gr


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The components that show what has become of a wish."""

    paint: gr.Button
    stop: gr.Button
    status: gr.HTML
    result: gr.Column
    """All that there is only once something is painted."""
    slider: gr.ImageSlider
    clip: gr.Video
    download: gr.DownloadButton
    command: gr.Textbox
    history: gr.Gallery

    def shown(self) -> list[Any]:
        """Returns the components of a result."""
        return [self.result, self.slider, self.clip, self.download, self.command, self.history]


def build() -> Outcome:
    """Returns the components, laid out where this is called."""
    with gr.Row():
        paint = gr.Button("Paint", variant="primary", size="lg", elem_id="paint")
        stop = gr.Button("Stop, and keep the picture", interactive=False, size="lg", elem_id="stop")
    status = gr.HTML(elem_id="status", padding=False)
    with gr.Column(visible=False, elem_id="result") as result:
        slider = gr.ImageSlider(
            label="Before and after: drag the line",
            interactive=False,
            max_height=620,
            buttons=["fullscreen"],
            elem_id="slider",
        )
        clip = gr.Video(
            label="The painted clip", interactive=False, visible=False, elem_id="painted_clip"
        )
        download = gr.DownloadButton("Download", elem_id="download", size="lg")
        command = gr.Textbox(
            label="The same picture in the shell: copy as command",
            lines=2,
            interactive=False,
            buttons=["copy"],
            elem_id="command",
        )
        gr.Markdown("Painted in this visit: pick one to see it again", elem_classes="quiet")
        history = gr.Gallery(
            label="Painted in this visit",
            show_label=False,
            columns=5,
            fit_columns=False,
            height="auto",
            allow_preview=False,
            object_fit="cover",
            elem_id="history",
            buttons=[],
        )
    return Outcome(paint, stop, status, result, slider, clip, download, command, history)
