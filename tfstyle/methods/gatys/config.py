"""The settings of the optimisation (Gatys et al. 2015)."""

import dataclasses
import os
from typing import Any

from tfstyle import settings
from tfstyle.losses import loss_weights
from tfstyle.methods import shared_settings, style_scaling
from tfstyle.methods.gatys.quality import COURSES, Course
from tfstyle.networks import vgg19_layers
from tfstyle.optimization import options, pyramid
from tfstyle.settings import setting

STARTS = ("noise", "content", "style", "swap")
"""The words for where the optimisation begins."""

APPLY = "apply:"
"""What comes before the name of a trained style to begin from."""


SINCE_0_1_0 = ("style_size", "strokes", "histogram_weight", "histogram_layers", "tileable", "tile")
"""Settings that version 0.1.0 did not know: records and checkpoints leave out their defaults."""

SMALLEST_TILE = 64
"""Pixels; around it the network sees a halo that is wider than that."""

WHOLE = ("histogram_weight", "tileable")
"""Settings with which the network has to see the whole picture at once."""


def is_painted(start: str | os.PathLike[str]) -> bool:
    """Returns whether the optimisation begins from what another method paints."""
    return os.fspath(start) == "swap" or os.fspath(start).startswith(APPLY)


@dataclasses.dataclass(frozen=True)
class Config:
    """Every setting of the method; the only home of its defaults."""

    size: int | None = shared_settings.size()
    quality: str = setting(
        "default",
        "How thoroughly: fast begins from what style swap paints and takes few steps, best takes "
        "more steps than the default, of a longer history. It decides start, steps, coarse_steps "
        "and history where they are none.",
        choices=tuple(COURSES),
    )
    content_weight: float = setting(
        1.0,
        "Weight of the content loss.",
        minimum=0,
        maximum=1e9,
    )
    style_weight: float = setting(
        4.0,
        "Weight of the style loss: more style, less photograph.",
        minimum=0,
        maximum=1e12,
    )
    total_variation_weight: float = setting(
        1e-5,
        "Weight of the total variation: smoother, less speckle; above 1e-4 it paints a mesh.",
        minimum=0,
        maximum=1e9,
    )
    # Differs from the papers, which clip at the end: L-BFGS knows no bounds.
    range_weight: float = setting(
        1e-3,
        "Weight of the penalty on values beyond black and white; 0 leaves it out, as the "
        "reference system does.",
        minimum=0,
        maximum=1e9,
    )
    # The reference system's; Gatys et al. (2015) compare conv4_2 alone.
    content_layers: tuple[str, ...] | str = setting(
        ("block3_conv2", "block4_conv2"),
        "Layers whose features the content loss compares; also as relu4_2.",
    )
    content_layer_weights: tuple[float, ...] | None = setting(
        None,
        "One weight per content layer; none gives each 1.",
        minimum=0,
        maximum=1e9,
    )
    # Those of Gatys et al. (2015), and the reference system's.
    style_layers: tuple[str, ...] | str = setting(
        ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv1", "block5_conv1"),
        "Layers whose Gram matrices the style loss compares; also as relu4_1.",
    )
    style_layer_weights: tuple[float, ...] | None = setting(
        None,
        "One weight per style layer; none gives each 1.",
        minimum=0,
        maximum=1e9,
    )
    # Differs from both: with VGG19, block4_conv1 would outweigh block1_conv1 and block5_conv1 some
    # twenty thousand times.
    layer_balance: str = setting(
        "relative",
        "relative divides each layer's loss by its target's own size, so that layers count alike; "
        "plain leaves the reference system's formula as it stands (then try style_weight=100).",
        choices=("relative", "plain"),
    )
    histogram_weight: float = setting(
        0.0,
        "Weight of the histogram loss, against washed-out results (Risser et al. 2017); try 1 to "
        "10; 0 leaves it out.",
        minimum=0,
        maximum=1e9,
    )
    # Those of Risser et al. (2017).
    histogram_layers: tuple[str, ...] | str = setting(
        ("block1_conv1", "block4_conv1"),
        "Layers whose features the histogram loss compares; also as relu4_1.",
        only_with="histogram_weight",
    )
    # The plain style term falls with 1 / (H W) and the total variation grows with H W: weights
    # tuned at 512 pixels would fail at 2048.
    weights_at_size: int | None = setting(
        512,
        "Side of the square picture that the weights are stated for; at other sizes the "
        "terms are scaled to keep their balance; none switches that off.",
        unit="pixels",
        minimum=1,
        maximum=pyramid.GREATEST,
    )
    style_blend: tuple[float, ...] | None = shared_settings.style_blend("none shares evenly")
    style_scale: float = style_scaling.scale()
    style_size: int | None = style_scaling.size()
    strokes: str = style_scaling.strokes()
    preserve_color: str = shared_settings.preserve_color()
    content_regions: str | os.PathLike | None = shared_settings.content_regions()
    style_regions: str | os.PathLike | None = shared_settings.style_regions()
    region_guides: str = shared_settings.region_guides()
    # From the content about half the evaluations reach the same loss; noise is what the paper has.
    start: str | os.PathLike | None = setting(
        None,
        "First image: noise (Gaussian, as Gatys et al. 2015), content, style, swap (what that "
        "command paints), apply:NAME (what a trained style paints), or the path of a picture; none "
        "is noise, and swap for quality=fast.",
    )
    # Steps are cheap on small pictures: from noise to the same loss at 512 x 384 pixels took 131 s
    # from coarse to fine, and 174 s on one level (docs/performance.md).
    levels: str | int = setting(
        "auto",
        "Coarse to fine: auto halves down to 128 pixels, or has the full size alone where the "
        "start is painted already; a number n halves n - 1 times, or rising longest sides such as "
        "128,256,512.",
    )
    steps: int | None = setting(
        None,
        "Optimiser's steps at the full size; none is 100, 25 for quality=fast and 300 for best.",
        minimum=0,
        maximum=100_000,
    )
    coarse_steps: int | None = setting(
        None,
        "Optimiser's steps at each smaller size; none is 100, and 200 for quality=best.",
        minimum=0,
        maximum=100_000,
    )
    optimizer: str = setting("lbfgs", "How the loss is minimised.", choices=options.OPTIMIZERS)
    # TFP's search goes on past a unit step that would do, and takes 2.8 evaluations a step; with
    # the unit step first, 400 steps took 426.
    line_search: str = setting(
        "unit_step",
        "L-BFGS's: unit_step tries the whole step first, hager_zhang is TFP's own.",
        choices=options.LINE_SEARCHES,
        only_with="optimizer=lbfgs",
    )
    history: int | None = setting(
        None,
        "Correction pairs that L-BFGS keeps; none is 10, and 30 for quality=best.",
        minimum=1,
        maximum=1000,
        only_with="optimizer=lbfgs",
    )
    learning_rate: float = shared_settings.learning_rate_of_pixels()
    vgg_weights: str | os.PathLike = shared_settings.vgg_weights()
    # Differs from the reference system, which has VGG19 as it was trained: maxima are painted as
    # speckle, zeros beyond the border as a frame. Gatys et al. (2015) prefer the average too.
    pooling: str = shared_settings.pooling("average")
    padding: str = shared_settings.padding()
    tileable: bool = setting(
        False,
        "Whether the picture's borders meet, so that it tiles: a texture, with content_weight=0. "
        "Sides become multiples of the deepest layer's stride, 16 pixels.",
    )
    tile: str | int | None = setting(
        "auto",
        "Longest side of the tiles in which the network sees a picture that is too large for the "
        "memory: from 64 pixels, none for the whole at once; auto is none while memory suffices.",
    )
    precision: str = shared_settings.precision(
        "VGG19's arithmetic; losses and image are float32 always."
    )
    seed: int = setting(0, "Seed of the noise.", minimum=0, maximum=2**32 - 1)

    def __post_init__(self):
        """Raises ValueError when a field lies outside its range."""
        settings.check(self)
        style_scaling.check(self)
        shared_settings.check_maps(self)
        self.check_regions(self.content_regions is not None)
        # It refuses layers that there are not: now, and not when the pictures have been read.
        self.weights()
        self._check_tile()

    def tile_side(self) -> int | None:
        """Returns the tiles' longest side in pixels; None for none, and for auto.

        Raises:
            ValueError: it is neither a word nor a number in the range.
        """
        if self.tile is None or self.tile == "auto":
            return None
        text = str(self.tile)
        if not text.isdecimal() or not SMALLEST_TILE <= int(text) <= pyramid.GREATEST:
            raise ValueError(
                f"tile must be auto, none, or from {SMALLEST_TILE} to {pyramid.GREATEST} pixels. "
                f"Received: tile={self.tile}"
            )
        return int(text)

    def must_be_whole(self) -> bool:
        """Returns whether no picture can be painted in tiles."""
        return any(getattr(self, name) for name in WHOLE)

    def _check_tile(self) -> None:
        if self.tile_side() is None:
            return
        for name in WHOLE:
            if getattr(self, name):
                raise ValueError(
                    f"tile must be auto or none beside {name}, for which the network sees the "
                    f"whole picture at once. Received: tile={self.tile}, "
                    f"{name}={getattr(self, name)}"
                )

    def check_regions(self, has_regions: bool) -> None:
        """Raises ValueError where something asked for does not go by regions."""
        if has_regions and self.histogram_weight:
            raise ValueError(
                "histogram_weight must be 0 where there are regions, which have no histograms of "
                f"their own. Received: histogram_weight={self.histogram_weight}"
            )

    def course(self) -> Course:
        """Returns what is given of start, steps and history, and the quality's where it is none."""
        chosen = dataclasses.asdict(COURSES[self.quality])
        given = {name: getattr(self, name) for name in chosen}
        return Course(
            **{name: chosen[name] if value is None else value for name, value in given.items()}
        )

    def levels_asked(self) -> str:
        """Returns the setting of the levels, and 1 for `auto` where the start is painted already.

        That has the full size's details, which coarser levels would lose.
        """
        painted = self.levels == "auto" and is_painted(self.course().start)
        return "1" if painted else str(self.levels)

    def unused(self) -> dict[str, str]:
        """Returns the settings that do nothing beside the others, and with what they would."""
        small = self.size is not None and self.size < 2 * pyramid.SMALLEST_AUTOMATIC
        levels = self.levels_asked()
        is_one = levels == "1" or (levels == "auto" and small)
        return {"coarse_steps": "several --levels"} if is_one else {}

    def described(self) -> dict[str, Any]:
        """Returns the settings by name, with what the quality decides in its place.

        Given settings and a quality's are the same run then, and version 0.1.0's, which knew
        neither a quality nor what is in `SINCE_0_1_0`, are what they were.
        """
        described = dataclasses.asdict(self) | dataclasses.asdict(self.course())
        del described["quality"]
        described["tile"] = self.tile_side() or self.tile
        described = shared_settings.without_unused_regions(described)
        for field in dataclasses.fields(self):
            if field.name in SINCE_0_1_0 and described[field.name] == field.default:
                del described[field.name]
        return described

    def weights(self) -> loss_weights.Weights:
        """Returns the weights of the terms and, by Keras's names, of the layers."""
        return loss_weights.Weights(
            content=self.content_weight,
            style=self.style_weight,
            total_variation=self.total_variation_weight,
            out_of_range=self.range_weight,
            content_layers=vgg19_layers.parse_layers(
                "content_layers", self.content_layers, self.content_layer_weights
            ),
            style_layers=vgg19_layers.parse_layers(
                "style_layers", self.style_layers, self.style_layer_weights
            ),
            tileable=self.tileable,
            histogram=self.histogram_weight,
            histogram_layers=vgg19_layers.parse_layers(
                "histogram_layers", self.histogram_layers, None
            ),
            at_size=self.weights_at_size,
            relative=self.layer_balance == "relative",
        )
