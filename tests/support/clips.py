"""Small clips for the tests: a bright square that moves over a grey pattern, and a tone."""

from fractions import Fraction

import numpy as np

SIZE = (48, 64)
RATE = Fraction(10)


def frames(count, size=SIZE, step=2, seed=0):
    """Frames `[height, width, 3]`, uint8: the square moves `step` pixels to the right in each."""
    height, width = size
    random = np.random.default_rng(seed)
    coarse = random.uniform(40, 160, [height // 8 + 1, width // 8 + 1, 3])
    ground = np.kron(coarse, np.ones([8, 8, 1]))[:height, :width].astype(np.uint8)
    square = np.kron(random.uniform(120, 255, [4, 4, 3]), np.ones([4, 4, 1])).astype(np.uint8)
    moving = []
    for number in range(count):
        frame = ground.copy()
        left = 4 + step * number
        frame[16:32, left : left + 16] = square[:, : width - left]
        moving.append(frame)
    return moving


def write(
    path,
    pictures,
    *,
    rate=RATE,
    ticks=None,
    sound=False,
    tone_seconds=None,
    codec="libx264",
    options=None,
    aspect=None,
    colors=None,
    cover=None,
    container=None,
):
    """Writes a clip.

    `ticks` are times in 1/1000 second, for a rate that varies; `aspect` is a pixel's, `colors` are
    matrix, primaries and transfer, a `cover` is a picture that stands first in the file, and
    `container` are options of FFmpeg's for the file.
    """
    import av

    with av.open(str(path), "w", options=container or {}) as container:
        covers = add_cover(container, cover) if cover is not None else []
        stream = container.add_stream(codec, rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        formats = {"libx264": "yuv444p", "libx264rgb": "rgb24"}
        stream.pix_fmt = formats.get(codec, "yuv420p")
        stream.options = {"crf": "4", **(options or {})}
        tone = container.add_stream("aac", rate=8000, layout="mono") if sound else None
        context = stream.codec_context
        if ticks:
            context.time_base = Fraction(1, 1000)
        if aspect:
            stream.sample_aspect_ratio = aspect
        if colors:
            context.colorspace, context.color_primaries, context.color_trc = colors
        for packet in covers:
            container.mux(packet)
        for number, pixels in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, 1 / rate
            if ticks:
                frame.pts, frame.time_base = ticks[number], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if tone:
            write_tone(container, tone, tone_seconds or len(pictures) / rate)


def add_cover(container, pixels):
    """Adds a stream for an attached picture, and returns its packets."""
    import av

    stream = container.add_stream("mjpeg", rate=1)
    stream.height, stream.width = pixels.shape[:2]
    stream.pix_fmt = "yuvj420p"
    stream.disposition = av.stream.Disposition.attached_pic
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    return [*stream.encode(frame), *stream.encode(None)]


def write_tone(container, stream, seconds):
    """A sine of 440 Hz."""
    import av

    count = int(8000 * seconds)
    wave = np.sin(np.arange(count) * 2 * np.pi * 440 / 8000).astype(np.float32)[np.newaxis]
    for start in range(0, count, 1024):
        samples = av.AudioFrame.from_ndarray(wave[:, start : start + 1024], "fltp", "mono")
        samples.sample_rate, samples.pts = 8000, start
        container.mux(stream.encode(samples))
    container.mux(stream.encode(None))


def turn(path, matrix=(0, 1, -1, 0)):
    """Gives an MP4's picture a display matrix a, b, c, d: by default a quarter clockwise.

    A stored pixel at (x, y) is shown at (a x + c y, b x + d y).
    """
    contents = bytearray(path.read_bytes())
    at = contents.index(b"tkhd") + 4 + 4 + 5 * 4 + 8 + 4 * 2
    a, b, c, d = (round(each * (1 << 16)).to_bytes(4, "big", signed=True) for each in matrix)
    zero, last = bytes(4), (1 << 30).to_bytes(4, "big")
    contents[at : at + 36] = b"".join([a, b, zero, c, d, zero, zero, zero, last])
    path.write_bytes(contents)
