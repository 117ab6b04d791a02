"""PyTorch's side of the benchmarks: the transform net and VGG19, written anew.

The architectures are those of `tfstyle.networks.stylizers.transform_net` and
`tfstyle.networks.vgg19`, the weights copied over. Images are `[batch, 3, height, width]`, in
[0, 1]. Nothing here imports TensorFlow.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from tfstyle.networks import vgg19_layers, vgg19_weights

IMAGENET_MEAN = (123.68, 116.779, 103.939)
"""Red, green, blue, in grey levels."""

LAYOUTS = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}


def from_keras(kernel: np.ndarray) -> torch.Tensor:
    """Returns a kernel `[rows, columns, inputs, outputs]` as PyTorch has it."""
    return torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())


def from_images(images: np.ndarray) -> torch.Tensor:
    """Returns `[batch, height, width, 3]` as PyTorch has it, channels last in memory."""
    return torch.from_numpy(images).permute(0, 3, 1, 2)


def mirror(flow: torch.Tensor, border: int) -> torch.Tensor:
    """Returns the input with so many mirrored pixels more on each side."""
    return functional.pad(flow, (border,) * 4, mode="reflect")


class TransformNet(nn.Module):
    """The stylizer's net in its first style."""

    def __init__(self, arrays: Sequence[np.ndarray], inner_norms: bool = True):
        """Takes the net's weights, in order: kernel, scale, shift, ..., kernel and bias."""
        super().__init__()
        self.inner = _stage if inner_norms else _scaled
        *stages, self.last = map(nn.ParameterList, _stages(arrays))
        self.stages = nn.ModuleList(stages)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Returns the images painted, not clipped, float32; sides are divisible by four."""
        first, half, quarter, *residual, up, full = self.stages
        flow = functional.relu(_stage(images - 0.5, first))
        flow = functional.relu(_stage(flow, half, stride=2))
        flow = functional.relu(_stage(flow, quarter, stride=2))
        for inner, outer in zip(residual[::2], residual[1::2], strict=True):
            flow = flow + self.inner(functional.relu(self.inner(flow, inner)), outer)
        for stage in (up, full):
            large = functional.interpolate(flow, scale_factor=2, mode="nearest")
            flow = functional.relu(self.inner(large, stage))
        kernel, bias = self.last
        flow = functional.conv2d(mirror(flow, kernel.shape[-1] // 2), kernel, bias)
        return flow.float() * 0.1 + 0.5


def _stages(arrays: Sequence[np.ndarray]) -> list[list[torch.Tensor]]:
    """Returns kernel, scale and shift of each stage, and at last kernel and bias."""
    stages = []
    for array in arrays:
        if array.ndim == 4:
            stages.append([from_keras(array)])
        else:
            stages[-1].append(torch.from_numpy(array[0] if array.ndim == 2 else array))
    return stages


def _stage(flow: torch.Tensor, stage: Sequence[torch.Tensor], stride: int = 1) -> torch.Tensor:
    """Returns the convolution with mirrored borders, normalised."""
    kernel, scale, shift = stage
    flow = functional.conv2d(mirror(flow, kernel.shape[-1] // 2), kernel, stride=stride)
    if torch.is_grad_enabled():
        return functional.instance_norm(flow, weight=scale, bias=shift)
    # Groups of one channel are the same; without a gradient it is the faster.
    return functional.group_norm(flow, len(scale), scale, shift)


def _scaled(flow: torch.Tensor, stage: Sequence[torch.Tensor]) -> torch.Tensor:
    """Returns the convolution with mirrored borders, scaled and shifted by itself."""
    kernel, scale, shift = stage
    kernel = kernel * scale[:, None, None, None]
    return functional.conv2d(mirror(flow, kernel.shape[-1] // 2), kernel, shift)


class Vgg19(nn.Module):
    """VGG19 down to the deepest of the named layers, with average pooling."""

    def __init__(
        self, convolutions: vgg19_weights.Convolutions, layers: Sequence[str], padding: str
    ):
        """Takes `weights.load().convolutions`, Keras's names, and "reflect" or "zero"."""
        super().__init__()
        self.layers, self.padding = tuple(layers), padding
        self.names = vgg19_layers.LAYERS[: 1 + max(map(vgg19_layers.LAYERS.index, layers))]
        pairs = list(convolutions)[: len(self.names)]
        pairs[0] = pairs[0][0][:, :, ::-1] * 255, pairs[0][1]  # It was trained on BGR, 0 to 255.
        tensors = [(from_keras(kernel), torch.from_numpy(bias)) for kernel, bias in pairs]
        self.pairs = nn.ModuleList(map(nn.ParameterList, tensors)).requires_grad_(False)
        self.register_buffer("mean", torch.tensor(IMAGENET_MEAN).view(1, 3, 1, 1) / 255)

    def forward(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        """Returns the features by layer name."""
        flow, features = (images - self.mean).to(self.pairs[0][0].dtype), {}
        for name, (kernel, bias) in zip(self.names, self.pairs, strict=True):
            if name.endswith("conv1") and name != self.names[0]:
                flow = functional.avg_pool2d(flow, 2)
            border = mirror(flow, 1) if self.padding == "reflect" else flow
            beyond = 0 if self.padding == "reflect" else 1
            flow = functional.relu(functional.conv2d(border, kernel, bias, padding=beyond))
            features[name] = flow
        return {name: features[name] for name in self.layers}
