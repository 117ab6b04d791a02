"""Where each pixel of a frame was in another: optical flow, and warping by it.

A flow from one frame to another is `[height, width, 2]`, float32, in pixels: u to the right, v
down. What lies at (x, y) in the one lies at (x + u, y + v) in the other.
"""

import types

import numpy as np
import tensorflow as tf

from tfstyle.system import extras

SMALLEST = 32
"""Least side in pixels that frames are grown to: below 16 OpenCV 5.0 reads beyond their memory."""

PRESETS = {"fast": 1, "medium": 2}
"""OpenCV's numbers for how thoroughly is searched: medium ends half as far from the truth, and
takes three to five times as long."""

FLO_MAGIC = np.array(202021.25, "<f4").tobytes()


def estimate(frame: np.ndarray, other: np.ndarray, preset: str = "medium") -> np.ndarray:
    """Returns the flow from a frame to another, `[height, width, 2]`, in pixels.

    By the dense inverse search of Kroeger et al. (2016), "Fast optical flow using dense inverse
    search", in OpenCV.

    Args:
        frame: `[height, width, 3]`, uint8.
        other: the same shape.
        preset: how thoroughly is searched, of `PRESETS`.

    Raises:
        ValueError: OpenCV is not installed.
    """
    cv2 = load_opencv()
    search = cv2.DISOpticalFlow_create(PRESETS[preset])
    height, width = frame.shape[:2]
    greys = [_grown(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY)) for each in (frame, other)]
    # What was grown is cut off.
    return search.calc(*greys, None)[:height, :width]


def load_opencv() -> types.ModuleType:
    """Returns OpenCV; raises ValueError, naming the extra, when it is not installed."""
    return extras.load("cv2", "video", "optical flow")


def _grown(grey: np.ndarray) -> np.ndarray:
    """Returns the picture with its last rows and columns repeated where it is too small."""
    height, width = grey.shape
    return np.pad(
        grey, [(0, max(0, SMALLEST - height)), (0, max(0, SMALLEST - width))], mode="edge"
    )


def read_flo(path) -> np.ndarray:
    """Returns the flow in a Middlebury .flo file, `[height, width, 2]`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it holds no flow, or not the whole of one.
    """
    with open(path, "rb") as file:
        content = file.read()
    width, height = np.frombuffer(content[4:12].ljust(8, b"\0"), "<i4").tolist()
    if content[:4] != FLO_MAGIC or len(content) != 12 + 8 * width * height:
        raise ValueError(
            f"a flow must be a whole .flo file, as Middlebury's. Received: path={path}"
        )
    return np.frombuffer(content, "<f4", offset=12).reshape(height, width, 2).copy()


@tf.function(
    input_signature=[
        tf.TensorSpec([None, None, None], tf.float32),
        tf.TensorSpec([None, None, 2], tf.float32),
    ]
)
def warp(values: tf.Tensor, flow: tf.Tensor) -> tf.Tensor:
    """Returns what the flow leads to: out(x, y) = values(x + u, y + v), between pixels bilinear.

    Beyond the borders the nearest pixel counts.

    Args:
        values: `[height, width, channels]`, float32.
        flow: `[height, width, 2]`, from the result's frame to that of the values.

    Returns:
        The values' shape.
    """
    height, width, channels = tf.unstack(tf.shape(values))
    left, right, to_right = _between(tf.range(width)[tf.newaxis], flow[..., 0], width)
    top, bottom, down = _between(tf.range(height)[:, tf.newaxis], flow[..., 1], height)
    # [positions, channels]
    rows = tf.reshape(values, [height * width, channels])
    above = _mix(rows, top * width + left, top * width + right, to_right)
    below = _mix(rows, bottom * width + left, bottom * width + right, to_right)
    return tf.ensure_shape(above + down * (below - above), values.shape)


def _between(start: tf.Tensor, step: tf.Tensor, side: tf.Tensor):
    """Returns the whole positions before and after start + step, and the share of the second."""
    last = side - 1
    position = tf.clip_by_value(tf.cast(start, tf.float32) + step, 0.0, tf.cast(last, tf.float32))
    # A cast rounds towards zero, which for positions that are not negative is down.
    first = tf.cast(position, tf.int32)
    share = position - tf.cast(first, tf.float32)
    return first, tf.minimum(first + 1, last), share[..., tf.newaxis]


def _mix(rows: tf.Tensor, first: tf.Tensor, second: tf.Tensor, share: tf.Tensor) -> tf.Tensor:
    start = tf.gather(rows, first)
    return start + share * (tf.gather(rows, second) - start)


def carry(values: np.ndarray, flow: np.ndarray, sharply: bool = False) -> np.ndarray:
    """Returns what the flow leads to, as `warp` does, by OpenCV: far sooner, without a gradient.

    Args:
        values: `[height, width, channels]`, float32.
        flow: `[height, width, 2]`.
        sharply: by Lanczos's filter of 8 x 8 pixels instead of bilinearly, so that what is carried
            again and again stays crisp, at five times the cost; it may overshoot.
    """
    cv2 = load_opencv()
    height, width = flow.shape[:2]
    columns, rows = np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32)
    across, down = columns + flow[..., 0], rows[:, np.newaxis] + flow[..., 1]
    kind = cv2.INTER_LANCZOS4 if sharply else cv2.INTER_LINEAR
    carried = cv2.remap(values, across, down, kind, borderMode=cv2.BORDER_REPLICATE)
    return carried.reshape(values.shape)
