"""What a visitor has chosen on the page, and what it means in a method's settings."""

import dataclasses
import os
from pathlib import Path
from typing import Any

from tfstyle import settings
from tfstyle.methods import feed_forward, gatys, style_swap
from tfstyle.web import uploads
from tfstyle.web.uploads import Upload
from tfstyle.web.visits import Visit
from tfstyle.web.wishes import ClipWish, Wish

SWAP, APPLY, GATYS, CLIP = "swap", "apply", "gatys", "clip"

GROUPS = {
    "photo": (SWAP, APPLY, GATYS),
    "clip": (CLIP,),
    "paintings": (SWAP, GATYS),
    "trained": (APPLY, CLIP),
    "swap": (SWAP,),
    "gatys": (GATYS,),
    "both": (SWAP, GATYS),
    "regions": (SWAP, GATYS),
}
"""Which methods have the fields of each group."""


@dataclasses.dataclass(frozen=True)
class Choices:
    """The page's fields, in the order of its layout."""

    method: str
    photo: Upload | None
    paintings: tuple[Upload | None, ...]
    """The painting, and those to blend with it."""
    shares: tuple[float, ...]
    """Of each of them."""
    trained: str
    other: str | None
    """A trained style to blend with."""
    other_share: float
    trained_strength: float
    size: int
    strength: float
    weight: float
    quality: str
    stroke: float
    keep_colors: bool
    clip: Upload | None = None
    content_regions: Upload | None = None
    """The photograph's map of regions."""
    style_regions: Upload | None = None
    """The painting's."""


def wish(
    choices: Choices, visit: Visit, max_size: int, max_seconds: float = 10.0
) -> Wish | ClipWish:
    """Returns what is to be painted, its files copied into a folder of their own.

    Args:
        choices: what the fields say.
        visit: whose wish it is.
        max_size: the longest side that may be asked for, in pixels.
        max_seconds: how much of a clip is painted.

    Raises:
        ValueError: something is missing or too large; the sentence says what.
    """
    _check(choices)
    folder = visit.begin()
    made = (
        _clip(choices, folder, max_seconds) if choices.method == CLIP else _picture(choices, folder)
    )
    size = made.config.size
    # The slider ends there; who asks without a slider is told.
    if size is None or size > max_size:
        raise ValueError(
            f"size must be at most {max_size} pixels on this page. Received: size={size}"
        )
    return made


def _clip(choices: Choices, folder: Path, max_seconds: float) -> ClipWish:
    clip = _copy(choices.clip, folder)
    output = _output(folder, os.path.splitext(clip)[0] + "_painted.mp4")
    config = _config_of_trained(choices)
    return ClipWish(folder, clip, _trained(choices), output, config, max_seconds)


def _picture(choices: Choices, folder: Path) -> Wish:
    content = _copy(choices.photo, folder)
    style: Any = [_copy(each, folder) for each in choices.paintings if each]
    config = _config(choices, folder)
    if choices.method == APPLY:
        style = _trained(choices)
    stem = os.path.splitext(content)[0]
    return Wish(folder, content, style, _output(folder, f"{stem}_{choices.method}.png"), config)


def _check(choices: Choices) -> None:
    settings.check_choice("method", choices.method, (SWAP, APPLY, GATYS, CLIP))
    if choices.method == CLIP:
        if choices.clip is None:
            raise ValueError("a clip is missing: drop one on the first field.")
        return
    if choices.photo is None:
        raise ValueError("a photograph is missing: drop one on the first field.")
    if choices.method != APPLY and not any(choices.paintings):
        raise ValueError("a painting is missing: drop one on its field, or pick one below it.")


def _copy(upload: Upload | None, folder: Path) -> str:
    """Copies what was uploaded; "" where nothing was."""
    return uploads.copy_into(folder, upload) if upload else ""


def _output(folder: Path, name: str) -> str:
    return uploads.free_name(folder, name)


def _trained(choices: Choices) -> str | dict[str, float]:
    share = round(choices.other_share, 3)
    if not choices.other or choices.other == choices.trained or not share:
        return choices.trained
    return {choices.trained: round(1 - share, 3), choices.other: share}


def _config(choices: Choices, folder: Path) -> Any:
    """Returns the settings of the method that was chosen."""
    if choices.method == APPLY:
        return _config_of_trained(choices)
    shared: dict[str, Any] = {
        "size": choices.size,
        "style_scale": choices.stroke,
        "preserve_color": "luminance" if choices.keep_colors else "none",
        "style_blend": _blend(choices),
        **_regions(choices, folder),
    }
    if choices.method == SWAP:
        return style_swap.Config(strength=choices.strength, **shared)
    return gatys.Config(style_weight=choices.weight, quality=choices.quality, **shared)


def _config_of_trained(choices: Choices) -> feed_forward.Config:
    return feed_forward.Config(size=choices.size, strength=choices.trained_strength)


def _blend(choices: Choices) -> tuple[float, ...] | None:
    """Returns the shares of the paintings that are there; None where there is one alone."""
    both = zip(choices.paintings, choices.shares, strict=True)
    shares = tuple(share for painting, share in both if painting)
    # With a map of its regions alone, each painting has a region of its own.
    own = choices.content_regions and not choices.style_regions
    return shares if len(shares) > 1 and not own else None


def _regions(choices: Choices, folder: Path) -> dict[str, str]:
    maps = {"content_regions": choices.content_regions, "style_regions": choices.style_regions}
    return {name: _copy(upload, folder) for name, upload in maps.items() if upload}
