"""The processor: what it multiplies fast, and how TensorFlow is to use it."""

import functools
import os
import pathlib
import sys

CPUINFO = pathlib.Path("/proc/cpuinfo")

ONEDNN = "TF_ENABLE_ONEDNN_OPTS"
"""The environment variable that switches TensorFlow's oneDNN on, "1" or "true", or off."""


INSTRUCTIONS = (
    *("sse4_2", "avx", "avx2", "fma", "avx_vnni"),
    *("avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "amx_bf16", "amx_int8"),
    *("asimd", "asimdhp", "asimddp", "sve", "bf16", "i8mm"),
)
"""What TensorFlow multiplies with: Intel's and AMD's, then ARM's, by Linux's names."""


def instruction_sets() -> list[str]:
    """Returns what of `INSTRUCTIONS` the processor has; nothing where Linux does not tell."""
    return [name for name in INSTRUCTIONS if name in _flags()]


def multiplies_bfloat16() -> bool:
    """Returns whether it has instructions for bfloat16; without them it is emulated, and slow."""
    return not {"avx512_bf16", "amx_bf16"}.isdisjoint(_flags())


def switch_on_onednn() -> None:
    """Lets TensorFlow compute by oneDNN, unless the environment says which way it is to go.

    TensorFlow does so by itself on processors with VNNI or AMX. With AVX2 alone its own kernels
    leave a third of the time to the system, which clears memory that was just given back, and
    take more of it. Must be called before TensorFlow is loaded; later it does nothing.
    """
    if _has_avx2_alone() and "tensorflow" not in sys.modules:
        os.environ.setdefault(ONEDNN, "1")


def convolves_pairs_faster() -> bool:
    """Returns whether a convolution of two images takes less time than that of one twice as high.

    So it is with oneDNN, as in TensorFlow 2.21, on processors without AVX-512: for a single image
    it falls back on a kernel that takes up to five times as long.
    """
    # As TensorFlow decides where the environment says nothing.
    by_itself = "1" if "avx_vnni" in _flags() else "0"
    return _has_avx2_alone() and os.environ.get(ONEDNN, by_itself).lower() in ("1", "true")


def _has_avx2_alone() -> bool:
    return "avx2" in _flags() and "avx512f" not in _flags()


@functools.cache
def _flags() -> frozenset[str]:
    """Returns the words that Linux has for what it can do; none elsewhere."""
    return frozenset(CPUINFO.read_text().split()) if CPUINFO.exists() else frozenset()
