"""Subtitles, titles, chapters and names of a clip in its pastiche."""

from fractions import Fraction

import clips
import pytest

from tfstyle.video_io.beside import lost
from tfstyle.video_io.encoding import Encoding
from tfstyle.video_io.reading import open_clip
from tfstyle.video_io.writing import begin

av = pytest.importorskip("av")

TITLES = {"title": "A Day Out", "artist": "M\u00fcller", "comment": "by the sea", "date": "2020"}
CHAPTERS = [("Dawn", 0.0, 0.5), ("Noon", 0.5, 1.0)]
CUES = [(0.1, 0.3, b"Hello"), (0.2, 0.3, b"(waves)"), (0.6, 0.9, b"there")]
"""Each from and until when it is shown, in seconds; two overlap."""

MILLISECOND = Fraction(1, 1000)


def write(path, *, subtitles="subrip", titles=TITLES, chapters=CHAPTERS, languages=("ger", "eng")):
    """Ten frames in a second, with tracks of sound in languages, and subtitles in Spanish."""
    with av.open(str(path), "w") as container:
        container.metadata.update(titles)
        container.set_chapters([chapter(*each) for each in chapters])
        picture = container.add_stream("libx264", rate=10)
        picture.height, picture.width = clips.SIZE
        picture.metadata["language"] = "fre"
        sounds = [container.add_stream("aac", rate=8000, layout="mono") for _ in languages]
        for stream, language in zip(sounds, languages, strict=True):
            stream.metadata.update({"language": language, "title": f"in {language}"})
        if len(sounds) > 1:
            sounds[1].disposition = av.stream.Disposition.comment
        text = add_subtitles(container, subtitles) if subtitles else None
        for number, pixels in enumerate(clips.frames(10)):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        for stream in sounds:
            clips.write_tone(container, stream, 1)
        for cue in CUES if text else []:
            container.mux(cue_packet(text, *cue))
    return path


def chapter(title, begin, end):
    times = {"start": round(begin * 1000), "end": round(end * 1000), "time_base": MILLISECOND}
    return {"id": round(begin * 10) + 1, **times, "metadata": {"title": title}}


def add_subtitles(container, codec):
    stream = container.add_mux_stream(codec, rate=1000)
    stream.time_base = MILLISECOND
    stream.metadata["language"] = "spa"
    return stream


def cue_packet(stream, begin, end, text):
    is_mp4 = stream.container.format.name in ("mp4", "mov")
    packet = av.Packet(len(text).to_bytes(2, "big") + text if is_mp4 else text)
    packet.pts = packet.dts = round(begin * 1000)
    packet.duration = round((end - begin) * 1000)
    packet.time_base, packet.stream = MILLISECOND, stream
    return packet


def copy(source, output, **options):
    film = begin(output, "run")
    with open_clip(source, **options) as clip:
        lost.warn_of_lost(clip, output)
        coding = Encoding.of(clip, 18)
        for frame in clip:
            film.write(frame.pixels, frame.tick, coding)
        film.close_part([frame.pixels])
        film.finish(clip, coding)
    return output


def read_cues(path):
    with av.open(str(path)) as container:
        return [
            (
                round(float(packet.pts * packet.time_base), 2),
                round(float((packet.pts + packet.duration) * packet.time_base), 2),
                bytes(packet).lstrip(b"\0\x05\x07"),
            )
            for packet in container.demux(subtitles=0)
            if packet.size > 2
        ]


def read_chapters(path):
    with av.open(str(path)) as container:
        return [
            (
                each["metadata"]["title"],
                round(float(each["start"] * each["time_base"]), 2),
                round(float(each["end"] * each["time_base"]), 2),
            )
            for each in container.chapters()
        ]


def read_titles(path):
    with av.open(str(path)) as container:
        return {key.lower(): value for key, value in container.metadata.items()}


def names(path, kind):
    with av.open(str(path)) as container:
        return [
            (each.language, each.metadata.get("title") or each.metadata.get("name"))
            for each in getattr(container.streams, kind)
        ]


@pytest.mark.parametrize(
    ("given", "written"), [(".mkv", ".mkv"), (".mp4", ".mp4"), (".mov", ".mov"), (".mp4", ".mov")]
)
def test_all_of_it_is_copied_without_a_word(tmp_path, recwarn, given, written):
    source = write(tmp_path / f"a{given}", subtitles="subrip" if given == ".mkv" else "mov_text")
    output = copy(source, tmp_path / f"b{written}")
    assert read_cues(output) == read_cues(source)
    assert read_cues(source)
    assert read_chapters(output) == CHAPTERS
    assert TITLES.items() <= read_titles(output).items()
    assert names(output, "audio") == [("ger", "in ger"), ("eng", "in eng")]
    assert names(output, "subtitles")[0][0] == "spa"
    assert not recwarn


@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_the_pictures_language_is_kept(tmp_path, suffix):
    source = write(tmp_path / "a.mkv", subtitles=None)
    assert names(copy(source, tmp_path / f"b{suffix}"), "video")[0][0] == "fre"


def test_what_a_track_is_for_is_kept(tmp_path):
    output = copy(write(tmp_path / "a.mkv"), tmp_path / "b.mkv")
    with av.open(str(output)) as container:
        dispositions = [each.disposition for each in container.streams.audio]
    assert dispositions[1] & av.stream.Disposition.comment


def test_webm_keeps_titles_and_chapters_and_its_own_subtitles(tmp_path):
    source = write(tmp_path / "a.mkv", subtitles="webvtt", languages=())
    output = copy(source, tmp_path / "b.webm")
    assert read_cues(output) == read_cues(source)
    assert read_chapters(output) == CHAPTERS
    assert TITLES.items() <= read_titles(output).items()


@pytest.mark.parametrize(
    ("given", "codec", "written"),
    [(".mkv", "subrip", ".mp4"), (".mkv", "subrip", ".webm"), (".mp4", "mov_text", ".mkv")],
)
def test_subtitles_that_do_not_fit_are_warned_of(tmp_path, given, codec, written):
    source = write(tmp_path / f"a{given}", subtitles=codec, languages=())
    with pytest.warns(UserWarning, match=f"the subtitles cannot be kept in {written}, track 1"):
        output = copy(source, tmp_path / f"b{written}")
    assert read_chapters(output) == CHAPTERS


@pytest.mark.parametrize(("given", "codec"), [(".mkv", "subrip"), (".mp4", "mov_text")])
def test_a_span_has_what_is_shown_in_it(tmp_path, given, codec):
    """From 0.2 to 0.7 seconds; each is cut to it."""
    source = write(tmp_path / f"a{given}", subtitles=codec)
    output = copy(source, tmp_path / f"b{given}", start=0.2, duration=0.5)
    texts = [text for *_, text in read_cues(output)]
    assert texts == [text for *_, text in read_cues(source)]
    begin, end, _ = read_cues(output)[-1]
    assert (begin, end) == (0.4, 0.5)
    assert read_cues(output)[0][0] == 0
    assert read_chapters(output) == [("Dawn", 0.0, 0.3), ("Noon", 0.3, 0.5)]


def test_a_span_without_a_chapter_or_cue_has_none(tmp_path):
    output = copy(write(tmp_path / "a.mkv"), tmp_path / "b.mkv", start=0.3, duration=0.2)
    assert not read_cues(output)
    assert read_chapters(output) == [("Dawn", 0.0, 0.2)]


def test_tags_that_mp4_has_no_place_for_are_named(tmp_path):
    source = write(tmp_path / "a.mkv", titles={**TITLES, "LENS": "50 mm"}, subtitles=None)
    with pytest.warns(UserWarning, match=r"tags cannot be kept in \.mp4: LENS$"):
        copy(source, tmp_path / "b.mp4")
    assert read_titles(copy(source, tmp_path / "b.mkv"))["lens"] == "50 mm"


def test_the_sources_own_times_and_program_are_not_copied(tmp_path):
    own = {"encoder": "another program", "timecode": "10:00:00:00"}
    source = write(tmp_path / "a.mkv", titles={**TITLES, **own}, subtitles=None)
    written = read_titles(copy(source, tmp_path / "b.mkv"))
    assert written["encoder"].startswith("Lavf")
    assert "timecode" not in written


def test_a_language_that_the_file_has_no_word_for_is_warned_of(tmp_path):
    # QuickTime's list has "ger" for German, and not "deu".
    source = write(tmp_path / "a.mkv", subtitles=None, languages=("deu", "ger"))
    with pytest.warns(UserWarning, match=r"tags cannot be kept in \.mov: language deu$"):
        copy(source, tmp_path / "b.mov")


def test_titles_that_are_not_utf_8_are_carried_byte_for_byte(tmp_path):
    """As old AVI files have them."""
    source = write(tmp_path / "a.mkv", titles={"title": "M\u00fcller"}, subtitles=None)
    contents = source.read_bytes()
    source.write_bytes(contents.replace("M\u00fcller".encode(), b"M\xfcller "))
    output = copy(source, tmp_path / "b.mkv")
    assert b"M\xfcller" in output.read_bytes()


def test_pictures_have_none_of_it(tmp_path):
    from PIL import Image

    for number, pixels in enumerate(clips.frames(3)):
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    assert not read_chapters(copy(tmp_path, tmp_path / "b.mp4"))
