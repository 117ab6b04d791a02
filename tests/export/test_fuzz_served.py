"""300 requests to a served stylizer, good and bad ones mixed at random by a seed.

A good one is answered with the command line's picture, within one grey level; a bad one with a
sentence that names the cause; a damaged file with either; and none ends the server.
"""

import io
import re
import zlib

import model_server
import numpy as np
import odd_pictures
import pytest
from PIL import Image

from tfstyle import image
from tfstyle.export import savedmodel

REQUESTS = 300
SEED = 20
MAX_PIXELS = 2000
HANGS = 300
"""Seconds; a bound against hanging, not a measure."""

SENTENCE = (
    r"assertion failed: \[(images|style_weights|image_bytes(\[\d\])?) (must|is) [ -~]{10,300}\]"
)

FILES = [
    *odd_pictures.turned().values(),
    *odd_pictures.decoded_here().values(),
    *odd_pictures.of_srgb().values(),
]
REFUSED = [contents for contents, _ in odd_pictures.refused().values()]

GOOD, BAD, EITHER = "good", "bad", "either"


class Requests:
    """Makes requests at random: what is to come of each, the signature and its inputs."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def next(self):
        makers = [self.floats, self.bytes, self.files, self.damaged, self.refused, self.garbage]
        makers += [self.bad_floats, self.bad_shape, self.bad_weights, self.files, self.damaged]
        return self.pick(makers)()

    def pick(self, choices):
        return choices[self.random.integers(len(choices))]

    def weights(self, count):
        rows = self.pick([1, count])
        return (self.random.random([rows, 2]) * self.pick([1, 1e-6, 1e30]) + 1e-9).astype(
            np.float32
        )

    def shape(self):
        # Of a few pixels, the norms have little but rounding to divide.
        return [*self.random.integers([1, 8, 8], [3, 32, 32]), 3]

    def request(self, expected, images, weights=None):
        signature = {"f": "serving_default", "u": "uint8", "O": "image_bytes"}[images.dtype.kind]
        name = "image_bytes" if images.dtype.kind == "O" else "images"
        weights = (
            self.weights(images.shape[0] if images.ndim else 1) if weights is None else weights
        )
        return expected, (signature, {name: images, "style_weights": weights})

    def floats(self):
        return self.request(GOOD, self.random.random(self.shape(), np.float32))

    def bytes(self):
        return self.request(GOOD, self.random.integers(0, 256, self.shape(), np.uint8))

    def files(self):
        return self.request(GOOD, strings(*(self.pick(FILES) for _ in range(self.pick([1, 2, 3])))))

    def damaged(self):
        return self.request(EITHER, strings(self.damage(self.pick(FILES))))

    def refused(self):
        return self.request(BAD, strings(self.pick(FILES), self.pick(REFUSED)))

    def garbage(self):
        start = self.pick([b"", b"GIF89a", b"BM", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
        return self.request(BAD, strings(start + self.random.bytes(self.random.integers(200))))

    def damage(self, contents):
        """Returns the file with bytes changed, cut off, doubled or left out."""
        levels = bytearray(contents)
        place = self.random.integers(2, len(levels))
        some = slice(place, place + self.random.integers(1, 9))
        # Headers are where most goes wrong.
        places = self.random.integers(
            2, min(len(levels), self.pick([60, 10**9])), self.pick([1, 3])
        )
        match self.pick(["change", "change", "cut", "double", "leave out", "blank"]):
            case "change":
                levels[places[0]] = self.random.integers(256)
                levels[places[-1]] = self.pick([0, 1, 127, 128, 255])
            case "cut":
                del levels[place:]
            case "double":
                levels[some] = 2 * levels[some]
            case "leave out":
                del levels[some]
            case "blank":
                levels[some] = bytes(len(levels[some]))
        return bytes(levels)

    def bad_floats(self):
        images = self.random.random(self.shape(), np.float32)
        wrong = self.pick([np.nan, np.inf, -np.inf, 1.5, -0.2, 255.0, 3e38])
        images[tuple(self.random.integers(0, images.shape))] = wrong
        return self.request(BAD, images)

    def bad_shape(self):
        shapes = [[], [9], [9, 9], [9, 9, 3], [1, 9, 9, 1], [1, 9, 9, 4], [1, 3, 9, 9, 3]]
        shapes += [[1, 0, 9, 3], [0, 9, 9, 3], [1, 2001, 1, 3], [3, 30, 30, 3], [1, 3, 9, 9]]
        images = self.random.random(self.pick(shapes), np.float32)
        if images.ndim == 1:
            images = images.astype(object) if self.pick([True, False]) else images
        if images.dtype == object:
            # A table of files.
            images = strings(self.pick(FILES))[np.newaxis]
        return self.request(BAD, self.pick([images, to_bytes(images)]))

    def bad_weights(self):
        wrong = self.pick([np.nan, np.inf, -np.inf, -1.0, -1e-3])
        tables = [[[1, wrong]], [[wrong, 1]], [[0, 0]], [[1, 2, 3]], [[1]], [1, 1], 1, [[[1, 1]]]]
        tables += [[[1, 1]] * 5, [[3e38, 3e38]], np.zeros([0, 2])]
        weights = np.array(self.pick(tables), np.float32)
        images = self.pick([self.random.random([2, 9, 9, 3], np.float32), strings(*FILES[:2])])
        return self.request(BAD, images, weights)


def to_bytes(images):
    return images if images.dtype == object else (images * 255).astype(np.uint8)


def strings(*files):
    return np.array([*files, None], object)[:-1]


def read(contents):
    """What the command line reads of a file, or None."""
    try:
        return image.read(contents)
    except image.ImageError:
        return None


def with_sound_remarks(contents):
    """A PNG file whose remarks have the right checksums, which the graph does not look at.

    The command line leaves a remark of a wrong checksum out, and with it the orientation.
    """
    if not contents.startswith(b"\x89PNG\r\n\x1a\n"):
        return contents
    sound, place = contents[:8], 8
    while place + 12 <= len(contents):
        length = int.from_bytes(contents[place : place + 4])
        end = place + 8 + length
        chunk, checksum = contents[place + 4 : end], contents[end : end + 4]
        is_remark = len(checksum) == 4 and chunk[:1].islower()
        right = zlib.crc32(chunk).to_bytes(4) if is_remark else checksum
        sound, place = sound + contents[place : place + 4] + chunk + right, end + 4
    return sound + contents[place:]


@pytest.fixture(scope="module")
def folder(stylizer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "1"
    savedmodel.save(stylizer, folder, max_pixels=MAX_PIXELS)
    return folder


def expected_pastiches(stylizer, inputs, tmp_path):
    """What the command line makes of each image, in grey levels, or None where it reads none."""
    weights = inputs["style_weights"]
    images = inputs.get("images")
    if images is None:
        images = []
        for contents in inputs["image_bytes"]:
            (tmp_path / "picture").write_bytes(with_sound_remarks(contents))
            images.append(read(tmp_path / "picture"))
    else:
        images = image.from_bytes(images) if images.dtype == np.uint8 else images
        images = [one[np.newaxis] for one in images]
    shares = np.broadcast_to(weights / weights.sum(1, keepdims=True), [len(images), 2])
    return [
        None if one is None else 255 * stylizer(one, style=row).numpy()[0]
        for one, row in zip(images, shares, strict=True)
    ]


def in_levels(answer):
    """What was answered, each image in grey levels."""
    if "pastiche_bytes" in answer:
        return [np.asarray(Image.open(io.BytesIO(file))) for file in answer["pastiche_bytes"]]
    pastiches = answer["pastiches"]
    return list(pastiches if pastiches.dtype == np.uint8 else 255 * pastiches)


@pytest.mark.slow
def test_300_requests_are_answered_rightly_or_refused_by_a_sentence(stylizer, folder, tmp_path):
    make = Requests(SEED)
    expected, requests = zip(*(make.next() for _ in range(REQUESTS)), strict=True)
    answers = model_server.ask_all(folder, requests, HANGS)
    for number, (wanted, request, answer) in enumerate(
        zip(expected, requests, answers, strict=True)
    ):
        told = f"request {number} of seed {SEED}: {request}"
        if isinstance(answer, str):
            assert wanted != GOOD, f"{answer}\n{told}"
            assert re.search(SENTENCE, answer), f"{answer}\n{told}"
            continue
        assert wanted != BAD, told
        pastiches = expected_pastiches(stylizer, request[1], tmp_path)
        for painted, right in zip(in_levels(answer), pastiches, strict=True):
            # Of a file that the command line refuses, nothing is known.
            if right is not None:
                assert painted.shape == right.shape, told
                assert np.abs(painted.astype(np.float32) - right).max() <= 1, told
