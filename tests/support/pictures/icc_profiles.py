"""ICC profiles by hand. Reference: ICC.1:2022."""

import struct

import numpy as np


def profile(colorants, curve, description="by hand", space=b"RGB "):
    """Returns an ICC profile of three colours, or of grey, and their curve."""
    tags = {
        b"desc": _mluc(description),
        b"cprt": _mluc("none"),
        b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249),
    }
    if space == b"GRAY":
        tags[b"kTRC"] = curve
    else:
        for name, colour in zip("rgb", colorants, strict=True):
            tags[f"{name}XYZ".encode()] = b"XYZ \0\0\0\0" + fixed(*colour)
            tags[f"{name}TRC".encode()] = curve
    offset, table, data = 132 + 12 * len(tags), b"", b""
    for name, body in tags.items():
        table += name + struct.pack(">II", offset + len(data), len(body))
        data += body + bytes(-len(body) % 4)
    length = offset + len(data)
    header = struct.pack(">I4sI4s4s4s", length, bytes(4), 0x04300000, b"mntr", space, b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + fixed(0.9642, 1, 0.8249)
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def fixed(*values):
    """Returns numbers of 16 bits before and 16 after the point."""
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def _mluc(text):
    return (
        b"mluc\0\0\0\0"
        + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 2 * len(text), 28)
        + text.encode("utf-16-be")
    )


def parametric(*values):
    """Returns a curve of type 3."""
    return b"para\0\0\0\0\0\3\0\0" + fixed(*values)


def sampled(function, count=1024):
    """Returns a curve as a table."""
    levels = np.round(function(np.linspace(0, 1, count)) * 65535).astype(">u2")
    return b"curv\0\0\0\0" + struct.pack(">I", count) + levels.tobytes()


def srgb_curve(x):
    """Returns sRGB's linear values."""
    return np.where(x > 0.04045, ((x + 0.055) / 1.055) ** 2.4, x / 12.92)


SRGB_CURVE = parametric(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
GAMMA = b"curv\0\0\0\0\0\0\0\1" + bytes([2, 0x33])
SRGB = (0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)
P3 = (0.5151, 0.2412, -0.0011), (0.2919, 0.6922, 0.0419), (0.1572, 0.0666, 0.7841)
ADOBE = (0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446)

P3_PROFILE = profile(P3, SRGB_CURVE, "Display P3")
