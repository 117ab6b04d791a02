"""The fields for photographs and paintings, and for trained styles."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

MOST = 3
"""How many paintings may be taken."""


def upload(label: str, name: str, alt: str, *, can_download: bool = False) -> gr.Image:
    """Returns a field for one picture.

    Args:
        label: what stands above it.
        name: its element's, in the page.
        alt: what screen readers say of the picture.
        can_download: whether the picture is given away as well.
    """
    return gr.Image(
        type="filepath",
        sources=["upload", "clipboard"],
        label=label,
        height=240,
        elem_id=name,
        alt_text=alt,
        buttons=["download", "fullscreen"] if can_download else ["fullscreen"],
        placeholder="Drop a picture here, or click",
    )


def photo(shipped: Path) -> gr.Image:
    """Returns the field for the photograph.

    Args:
        shipped: the package's own; the example of a checkout is the same cat.
    """
    field = upload("Your photograph", "photo", "The photograph to paint")
    _offer(_examples("chelsea.jpg") or [shipped], field)
    return field


def paintings() -> dict[str, Any]:
    """Returns the fields for paintings and their shares, by the names of `Choices`."""
    first = upload("A painting", "painting", "The painting whose style is taken")
    _offer(_examples("painted_style.jpg"), first)
    found, shares = [first], []
    with gr.Accordion("Blend it with other paintings", open=False, elem_id="more"):
        shares.append(_share("Share of the first"))
        for number in range(2, MOST + 1):
            found.append(upload(f"Painting {number}", f"painting{number}", f"Painting {number}"))
            shares.append(_share(f"Share of painting {number}"))
    return {"paintings": found, "shares": shares}


def trained(thumbnails: Sequence[tuple[str, str]]) -> tuple[gr.Gallery, dict[str, Any]]:
    """Returns the gallery of trained styles, and the fields by the names of `Choices`.

    Args:
        thumbnails: files and styles.
    """
    gr.Markdown("Trained styles: pick one", elem_classes="quiet")
    gallery = gr.Gallery(
        list(thumbnails),
        label="Trained styles",
        show_label=False,
        columns=4,
        height="auto",
        allow_preview=False,
        object_fit="cover",
        elem_id="trained",
        buttons=[],
        interactive=False,
    )
    return gallery, _styles([style for _, style in thumbnails])


def _styles(styles: Sequence[str]) -> dict[str, Any]:
    with gr.Row():
        style = gr.Dropdown(
            list(styles), value=styles[0], label="Style", elem_id="style", interactive=True
        )
        other = gr.Dropdown(
            [("none", ""), *((name, name) for name in styles)],
            value="",
            label="Blended with",
            elem_id="other",
            interactive=True,
        )
    share = _share("Share of the other", visible=False)
    other.change(
        lambda name: gr.update(visible=bool(name)),
        other,
        share,
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    return {
        "trained": style,
        "other": other,
        "other_share": share,
        "trained_strength": _strength(),
    }


def _strength() -> gr.Slider:
    return gr.Slider(
        0,
        1,
        value=1.0,
        step=0.05,
        label="Strength",
        info="From the photograph (0) to the whole style (1).",
        elem_id="trained_strength",
    )


def _share(label: str, visible: bool = True) -> gr.Slider:
    return gr.Slider(0, 1, value=0.5, step=0.05, label=label, visible=visible)


def _offer(paths: Sequence[Path], field: gr.Image) -> None:
    if paths:
        shown = [[str(path)] for path in paths]
        gr.Examples(shown, field, label="or take this one", api_visibility="private")


def _examples(*names: str) -> list[Path]:
    """Returns pictures of `examples/inputs`, which a checkout has and an installation has not."""
    folder = Path(__file__).parents[3] / "examples" / "inputs"
    return [folder / name for name in names if (folder / name).exists()]
