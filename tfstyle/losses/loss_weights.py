"""How much each term of the objective and each layer counts."""

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Weights:
    """How much each term and each layer counts, for a picture of `at_size` squared pixels."""

    content: float
    style: float
    total_variation: float
    out_of_range: float
    """The weight of values beyond black and white; that term is called `range`."""
    content_layers: Mapping[str, float]
    """The layers' own weights by Keras's name; empty leaves the term out."""
    style_layers: Mapping[str, float]
    """The style layers' own weights, likewise."""
    at_size: int | None = 512
    """None switches the size-invariance off: the reference system's plain formula."""
    relative: bool = False
    """Whether each layer's loss is divided by that of an image without any features, so that
    layers count alike whatever the network's weights; else the plain formula."""
    temporal: float = 0.0
    """Above 0 for a frame that is held to earlier pastiches; see `objective.Held`."""
    tileable: bool = False
    """Whether the image's borders meet, as those of a tile."""
    histogram: float = 0.0
    """0 leaves the term out, and its layers."""
    histogram_layers: Mapping[str, float] = dataclasses.field(default_factory=dict)
    """Where features are to have the styles' histograms, likewise."""

    def __post_init__(self) -> None:
        """Raises ValueError when nothing counts, so that any image would do."""
        terms = (
            self.content * max(self.content_layers.values(), default=0.0),
            self.style * max(self.style_layers.values(), default=0.0),
            self.total_variation,
            self.out_of_range,
            self.temporal,
            self.histogram * max(self.histogram_layers.values(), default=0.0),
        )
        if not any(terms):
            raise ValueError("weights must not all be 0; raise that of a term. Received: all 0")

    @property
    def layers(self) -> tuple[str, ...]:
        """Every layer that a term looks at, sorted."""
        histogram_layers = self.histogram_layers if self.histogram else {}
        return tuple(sorted({*self.content_layers, *self.style_layers, *histogram_layers}))


def feature_weights(layer: str, total_variation: float, out_of_range: float) -> Weights:
    """Returns the weights where an image is to have given features at one layer."""
    # Differs from Chen and Schmidt (2016), eq. 3: the squared distance of the features is relative
    # to the squared norm of those wanted, and values beyond black and white are penalised.
    return Weights(
        content=1.0,
        style=0.0,
        total_variation=total_variation,
        out_of_range=out_of_range,
        content_layers={layer: 1.0},
        style_layers={},
        relative=True,
    )
