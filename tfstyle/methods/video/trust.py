"""How far an optical flow is to be trusted, pixel by pixel.

Reference: Ruder et al. (2016), "Artistic style transfer for videos", section 4.2.
"""

import numpy as np

from tfstyle.methods.video.flow import carry, load_opencv

ALIKE, UNLIKE = 9.0, 32.0
"""Levels of 256: the difference up to which pixels show the same thing, and from which another."""


def of_flow(flow: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Returns how far each pixel's flow is to be trusted, `[height, width, 1]`, from 0 to 1.

    0 where the way there and back does not lead home (what is seen in one frame only),
    |b + f|^2 > 0.01 (|b|^2 + |f|^2) + 0.5 with b the way back from where f leads; where the motion
    itself has an edge, |grad u|^2 + |grad v|^2 > 0.01 |f|^2 + 0.002; and where f leads out of the
    other frame. Softened at its edges.
    Reference: Ruder et al. (2016), section 4.2, after Sundaram et al. (2010).

    Args:
        flow: `[height, width, 2]`, from this frame to the other.
        back: the same shape, from the other frame to this one.
    """
    # b at the place where f leads.
    returning = carry(back, flow)
    squares = _squared_length(flow)
    astray = _squared_length(returning + flow)
    leads_home = astray <= 0.01 * (_squared_length(returning) + squares) + 0.5
    is_smooth = _squared_slope(flow) <= 0.01 * squares + 0.002
    inside = _inside(flow)
    # Differs from Ruder et al.'s code: a Gaussian of 0.8 pixels there; 3 x 3 means deviate as much.
    mask = (leads_home & is_smooth & inside).astype(np.float32)
    softened = load_opencv().blur(mask, (3, 3), borderType=load_opencv().BORDER_REPLICATE)
    # Softening must not bring back what lies outside of the other frame.
    return (softened * inside)[..., np.newaxis]


def likeness(frame: np.ndarray, other: np.ndarray, flow: np.ndarray) -> np.ndarray:
    """Returns how alike each pixel and what its flow leads to look, `[height, width, 1]`.

    1 where their brightness, means of 3 x 3 pixels, differs by no more than noise does, and from
    there down to 0.

    Args:
        frame: `[height, width, 3]`, uint8.
        other: the same shape.
        flow: from the frame to the other.
    """
    cv2 = load_opencv()
    greys = [cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float32) for each in (frame, other)]
    difference = np.abs(cv2.blur(greys[0] - carry(greys[1], flow), (3, 3)))
    return np.clip((UNLIKE - difference) / (UNLIKE - ALIKE), 0, 1)[..., np.newaxis]


def shrink(trusted: np.ndarray, pixels: int) -> np.ndarray:
    """Returns a mask `[height, width, 1]`, each value the least of that many to either side."""
    # Erosion takes the least within the kernel.
    kernel = np.ones([2 * pixels + 1] * 2, np.uint8)
    return load_opencv().erode(trusted, kernel)[..., np.newaxis]


def _squared_length(vectors: np.ndarray) -> np.ndarray:
    return np.square(vectors[..., 0]) + np.square(vectors[..., 1])


def _squared_slope(flow: np.ndarray) -> np.ndarray:
    """Returns |grad u|^2 + |grad v|^2 by the steps to the next pixel, 0 at the last ones."""
    slope = np.zeros(flow.shape[:2], np.float32)
    slope[:, :-1] += _squared_length(flow[:, 1:] - flow[:, :-1])
    slope[:-1] += _squared_length(flow[1:] - flow[:-1])
    return slope


def _inside(flow: np.ndarray) -> np.ndarray:
    """Returns whether each pixel's flow stays within the picture, `[height, width]`."""
    height, width = flow.shape[:2]
    x = np.arange(width) + flow[..., 0]
    y = np.arange(height)[:, np.newaxis] + flow[..., 1]
    return (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
