"""`tfstyle styles`: what a stylizer can paint, as a list and as a sheet."""

import dataclasses
import json
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfstyle import image, settings
from tfstyle.cli import process
from tfstyle.image import contact_sheet
from tfstyle.jobs import inputs, outputs

COLUMNS = 4
"""Pictures in a row of the sheet."""


@dataclasses.dataclass(frozen=True)
class Files:
    """The flags that `styles` has beside those of its `Config`."""

    sheet: str | None = settings.setting(
        None, "A picture to write: one photograph in every style; none only lists."
    )
    content: str | None = settings.setting(
        None, "The photograph of the sheet; none takes the package's own, a cat."
    )
    json: bool = settings.setting(False, "Print the list as a line of JSON.")


def run(command: str, module: types.ModuleType, files: Files, config: Any) -> int:
    """Lists the styles, draws the sheet when asked to, and returns the exit status."""
    # Loads TensorFlow, which the flags and their help do without.
    from tfstyle.networks import pretrained

    stylizer = module.load(config.model, config.precision)
    works = pretrained.works(config.model)
    lines = [*describe(stylizer.styles, works), *_others(config.model, pretrained.names())]
    if files.json:
        lines = [json.dumps(facts(config.model, stylizer.styles, works, files.sheet))]
    if files.sheet is None:
        process.say(*lines)
        return process.DONE
    # What cannot be written is refused before the photograph is painted in every style.
    inputs.check_writable(files.sheet, "sheet")
    photograph = files.content or pretrained.PHOTOGRAPH
    outputs.check_no_input([files.sheet], [photograph, pretrained.find(config.model)], "sheet")
    with inputs.naming("content"):
        content = image.read(photograph)
    stylizer.at_strength(None, config.strength)
    process.say(*lines)
    image.write(files.sheet, _draw(content, stylizer, module, config))
    if not files.json:
        process.say(f"{files.sheet}  drawn")
    return process.DONE


def unused(files: Files, config: Any) -> dict[str, str]:
    """Returns the flags that do nothing beside the others, each with what it is for."""
    only_drawn = ("content", "size", "precision", "strength")
    return {} if files.sheet else dict.fromkeys(only_drawn, "--sheet")


def describe(styles: tuple[str, ...], works: dict[str, str]) -> list[str]:
    """Returns a line for each style: its name and, where it is known, the work it is from."""
    width = max(map(len, styles))
    return [f"{style:{width}}  {works.get(style, '')}".rstrip() for style in styles]


def _others(model: Any, shipped: Sequence[str]) -> list[str]:
    """Returns a line that names the other shipped models beside a shipped one."""
    others = [name for name in shipped if name != model]
    return [f"Other models, by --model: {', '.join(others)}"] if model in shipped else []


def facts(
    model: Any, styles: tuple[str, ...], works: dict[str, str], sheet: str | None
) -> dict[str, Any]:
    """Returns the same for a script; a style without a known work has none."""
    named = [
        {"name": style} | ({"work": works[style]} if style in works else {}) for style in styles
    ]
    return {"model": str(model), "styles": named} | ({"sheet": sheet} if sheet else {})


def _draw(content: np.ndarray, stylizer: Any, module: types.ModuleType, config: Any) -> np.ndarray:
    def paint(style: str) -> np.ndarray:
        return module.stylize(content, style, config, stylizer=stylizer).image

    return contact_sheet.draw({style: paint(style) for style in stylizer.styles}, COLUMNS)
