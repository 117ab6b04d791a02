"""The stages of a transform net, and the way through them."""

import dataclasses
import itertools
from collections.abc import Callable, Iterator, Sequence

import keras

from tfstyle.networks import convolutions, norms


@dataclasses.dataclass(frozen=True)
class Stage:
    """What the net consists of: a convolution, what the style does to it, and an ending."""

    convolve: convolutions.ReflectConv2D
    modulate: norms.ConditionalAffine | None
    """Each channel's scale and shift, after a norm or without one; the last stage has none."""
    finish: keras.layers.Layer
    """Of each value by itself; a residual block's second one adds what the block was given."""

    @property
    def measures(self) -> bool:
        """Whether it has a norm, which measures the whole image."""
        return isinstance(self.modulate, norms.ConditionalInstanceNorm)


Blocks = Sequence[Sequence[Stage]]


def stages(blocks: Blocks) -> Iterator[Stage]:
    """Returns the stages of all blocks, in order."""
    return itertools.chain.from_iterable(blocks)


def walk(blocks: Blocks, flow, run: Callable):
    """Returns what `blocks` make of `flow`, which may be anything that `run` understands.

    Args:
        blocks: those with more than one stage are residual.
        flow: what the first stage is given.
        run: from a stage, its input and, where there is one, the input of its residual block.
    """
    for block in blocks:
        *first, last = block
        beside = [flow] if first else []
        for stage in first:
            flow = run(stage, flow)
        flow = run(last, flow, *beside)
    return flow
