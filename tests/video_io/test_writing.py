"""Clips out, read back by FFmpeg itself."""

from fractions import Fraction

import clips
import numpy as np
import pytest
from PIL import Image

from tfstyle.video_io import encoding as video_encoding
from tfstyle.video_io import reading, writing
from tfstyle.video_io.beside import lost, tracks
from tfstyle.video_io.clip import Clip, Colors

av = pytest.importorskip("av")

FRAMES = clips.frames(8)


@pytest.fixture
def source(tmp_path):
    """A clip with sound."""
    clips.write(tmp_path / "in.mp4", FRAMES, sound=True)
    return tmp_path / "in.mp4"


def encoding(clip, **changes):
    facts = {"size": clip.size, "rate": clip.rate, "tick_seconds": clip.tick_seconds}
    return video_encoding.Encoding(**{**facts, **changes})


def copy(source, output, *, parts=(8,), crf=4, **options):
    """Writes the clip's frames unchanged, a part closed after each of these counts."""
    film = writing.begin(output, "run")
    with reading.open_clip(source, **options) as clip:
        coding = video_encoding.Encoding.of(clip, crf)
        for number, frame in enumerate(clip, start=1):
            film.write(frame.pixels, frame.tick, coding)
            if number in parts:
                film.close_part([frame.pixels])
        film.close_part([frame.pixels])
        film.finish(clip, coding)


def write_tracks(path, tracks):
    """Writes the frames, and beside them tones of these codecs, so many seconds long."""
    with av.open(str(path), "w") as container:
        picture = container.add_stream("libx264", rate=clips.RATE)
        picture.height, picture.width = clips.SIZE
        sounds = [container.add_stream(name, rate=8000, layout="mono") for name, _ in tracks]
        for number, pixels in enumerate(FRAMES):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = number, 1 / clips.RATE
            container.mux(picture.encode(frame))
        container.mux(picture.encode(None))
        for stream, (_, seconds) in zip(sounds, tracks, strict=True):
            clips.write_tone(container, stream, seconds)


def write_later(source, path, seconds):
    """Writes a file's packets so many seconds later."""
    with av.open(str(source)) as clip, av.open(str(path), "w") as container:
        streams = {each.index: container.add_stream_from_template(each) for each in clip.streams}
        for packet in clip.demux():
            if packet.size:
                shift = round(seconds / packet.time_base)
                packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                packet.stream = streams[packet.stream.index]
                container.mux(packet)


def warn_of_lost_sound(source, output):
    with reading.open_clip(source) as clip:
        lost.warn_of_lost(clip, output)


def decode(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def packets(path, kind):
    with av.open(str(path)) as container:
        return [
            (float(packet.pts * packet.time_base), bytes(packet))
            for packet in container.demux(**{kind: 0})
            if packet.size
        ]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_frames_come_back(tmp_path, suffix):
    source = tmp_path / "in.mp4"
    clips.write(source, FRAMES)
    copy(source, tmp_path / f"out{suffix}")
    found = decode(tmp_path / f"out{suffix}")
    assert len(found) == 8
    for pixels, written in zip(found, FRAMES, strict=True):
        assert np.abs(pixels.astype(int) - written).mean() < 12
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["in.mp4", f"out{suffix}"])


def test_parts_make_one_video(tmp_path, source):
    copy(source, tmp_path / "parts.mp4", parts=(3, 4, 6))
    times = [seconds for seconds, _ in packets(tmp_path / "parts.mp4", "video")]
    np.testing.assert_allclose(times, np.arange(8) / 10, atol=1e-6)
    assert len(decode(tmp_path / "parts.mp4")) == 8


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_a_video_lasts_as_long_as_its_frames(tmp_path, suffix):
    clips.write(tmp_path / "in.mp4", FRAMES)
    copy(tmp_path / "in.mp4", tmp_path / f"out{suffix}")
    with av.open(str(tmp_path / f"out{suffix}")) as container:
        assert container.duration / av.time_base == pytest.approx(0.8, abs=0.02)
    with reading.open_clip(tmp_path / f"out{suffix}") as back:
        assert len(list(back)) == 8
        assert not back.problem


def test_times_that_vary_are_kept(tmp_path):
    ticks = [0, 40, 200, 230, 1000]
    clips.write(tmp_path / "in.mkv", clips.frames(5), ticks=ticks)
    copy(tmp_path / "in.mkv", tmp_path / "out.mp4", parts=(2,))
    times = [seconds for seconds, _ in packets(tmp_path / "out.mp4", "video")]
    np.testing.assert_allclose(times, np.array(ticks) / 1000, atol=1e-6)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_the_last_frame_is_shown_as_long_as_it_was(tmp_path, suffix):
    pictures = [Image.fromarray(pixels) for pixels in FRAMES[:4]]
    times = {"duration": [100, 100, 100, 2000], "save_all": True, "append_images": pictures[1:]}
    pictures[0].save(tmp_path / "a.gif", **times)
    copy(tmp_path / "a.gif", tmp_path / f"out{suffix}", parts=(2,))
    with av.open(str(tmp_path / f"out{suffix}")) as container:
        assert container.duration / av.time_base == pytest.approx(2.3, abs=0.01)


@pytest.mark.parametrize(("duration", "lasts"), [(None, 5.2), (3.0, 3.0)])
def test_a_rate_that_varies_does_not_stretch_the_last_frame(tmp_path, duration, lasts):
    ticks = [0, 100, 200, 5000, 5100]
    clips.write(tmp_path / "a.mp4", FRAMES[:5], ticks=ticks)
    copy(tmp_path / "a.mp4", tmp_path / "out.mp4", duration=duration)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.duration / av.time_base == pytest.approx(lasts, abs=0.11)


def test_sound_is_copied_as_it_is(tmp_path, source):
    copy(source, tmp_path / "out.mp4", parts=(3,))
    before, after = (packets(path, "audio") for path in (source, tmp_path / "out.mp4"))
    assert after == before


def test_sound_of_a_span_begins_with_it(tmp_path, source):
    copy(source, tmp_path / "out.mp4", start=0.4)
    found = packets(tmp_path / "out.mp4", "audio")
    whole = packets(source, "audio")
    expected = [(seconds - 0.4, data) for seconds, data in whole if seconds >= 0.4 - 1e-9]
    assert [data for _, data in found] == [data for _, data in expected]
    assert found[0][0] == pytest.approx(expected[0][0], abs=1e-3)
    assert packets(tmp_path / "out.mp4", "video")[0][0] == 0


def test_sound_keeps_its_place_where_a_file_begins_late(tmp_path):
    """MPEG-TS begins at 1.4 seconds; the result begins at 0, with picture and sound together."""
    clips.write(tmp_path / "in.ts", FRAMES, sound=True)
    copy(tmp_path / "in.ts", tmp_path / "out.mp4")
    firsts = [
        packets(tmp_path / name, "video")[0][0] - packets(tmp_path / name, "audio")[0][0]
        for name in ("in.ts", "out.mp4")
    ]
    assert firsts[1] == pytest.approx(firsts[0], abs=0.002)
    assert packets(tmp_path / "out.mp4", "video")[0][0] == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".m4v"])
def test_sound_that_fits_is_not_warned_of(tmp_path, source, recwarn, suffix):
    warn_of_lost_sound(source, tmp_path / f"out{suffix}")
    assert not recwarn


def test_sound_that_does_not_fit_is_left_out_with_a_warning(tmp_path, source):
    kinds = "choose one of .m4v, .mkv, .mov, .mp4 to keep it"
    lost = rf"sound cannot be kept in .webm, track 1 \(aac\): .+; {kinds}"
    with pytest.warns(UserWarning, match=lost):
        warn_of_lost_sound(source, tmp_path / "out.webm")
    copy(source, tmp_path / "out.webm")
    assert len(decode(tmp_path / "out.webm")) == 8


def test_a_track_that_does_not_fit_costs_no_other(tmp_path):
    write_tracks(tmp_path / "in.mkv", [("aac", 0.8), ("libopus", 0.8)])
    with pytest.warns(UserWarning, match=r"track 1 \(aac\)"):
        warn_of_lost_sound(tmp_path / "in.mkv", tmp_path / "out.webm")
    copy(tmp_path / "in.mkv", tmp_path / "out.webm")
    with av.open(str(tmp_path / "out.webm")) as container:
        assert [stream.codec_context.name for stream in container.streams.audio] == ["opus"]


def test_a_track_that_ffmpeg_does_not_know_is_left_out_with_a_warning(tmp_path):
    write_tracks(tmp_path / "in.mkv", [("aac", 0.8), ("aac", 0.8)])
    contents = (tmp_path / "in.mkv").read_bytes()
    (tmp_path / "in.mkv").write_bytes(contents.replace(b"A_AAC", b"A_ZZZ", 1))
    with pytest.warns(UserWarning, match=r"track 1 \(unknown\)"):
        warn_of_lost_sound(tmp_path / "in.mkv", tmp_path / "out.mkv")
    copy(tmp_path / "in.mkv", tmp_path / "out.mkv")
    with av.open(str(tmp_path / "out.mkv")) as container:
        assert [stream.codec_context.name for stream in container.streams.audio] == ["aac"]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_damaged_sound_costs_itself_alone(tmp_path, suffix):
    clips.write(tmp_path / "a.ts", FRAMES, sound=True)
    whole = packets(tmp_path / "a.ts", "audio")
    head = whole[3][1][:20]
    contents = (tmp_path / "a.ts").read_bytes()
    assert contents.count(head) == 1
    (tmp_path / "a.ts").write_bytes(contents.replace(head, bytes(20)))
    output = tmp_path / f"out{suffix}"
    with pytest.warns(UserWarning, match="the sound lacks 1 of its packets"):
        copy(tmp_path / "a.ts", output)
    assert len(packets(output, "video")) == 8
    assert len(packets(output, "audio")) == len(whole) - 1


def test_sound_that_cannot_be_joined_does_not_cost_the_picture(tmp_path, source, monkeypatch):
    def refuse(*_):
        raise av.error.InvalidDataError(1, "no header can be written")

    monkeypatch.setattr(tracks.Tracks, "write_until", refuse)
    with pytest.warns(UserWarning, match=r"the sound cannot be kept: .*no header"):
        copy(source, tmp_path / "out.mp4")
    assert len(decode(tmp_path / "out.mp4")) == 8


def test_a_full_disk_is_not_taken_for_damaged_sound(tmp_path, source, monkeypatch):
    def fill(*_):
        raise av.error.OSError(28, "No space left on device")

    monkeypatch.setattr(tracks.Tracks, "write_until", fill)
    with pytest.raises(OSError, match="output could not be joined .*No space"):
        copy(source, tmp_path / "out.mp4")


@pytest.mark.parametrize("kind", ["avi", "mkv", "ts"])
@pytest.mark.parametrize("suffix", [".mkv", ".mp4"])
def test_sound_is_whole_in_whatever_units_the_files_count(tmp_path, kind, suffix):
    clips.write(tmp_path / f"a.{kind}", FRAMES, sound=True)
    whole, output = packets(tmp_path / f"a.{kind}", "audio"), tmp_path / f"out{suffix}"
    copy(tmp_path / f"a.{kind}", output)
    copied = packets(output, "audio")
    assert len(copied) == len(whole)
    begin, end = ([sound[at][0] for sound in (whole, copied)] for at in (0, -1))
    assert end[1] - begin[1] == pytest.approx(end[0] - begin[0], abs=0.01)


def test_a_short_track_does_not_end_the_others(tmp_path):
    write_tracks(tmp_path / "in.mkv", [("aac", 0.2), ("aac", 0.8)])
    copy(tmp_path / "in.mkv", tmp_path / "out.mkv", duration=0.6)
    with av.open(str(tmp_path / "out.mkv")) as container:
        ends = {0: 0.0, 1: 0.0}
        tracks = container.streams.audio
        for packet in container.demux(*tracks):
            if packet.size:
                ends[tracks.index(packet.stream)] = float(packet.pts * packet.time_base)
    assert ends[0] < 0.4
    assert 0.4 < ends[1] < 0.6


def test_sound_of_recordings_joined_on_goes_on_in_time(tmp_path):
    clips.write(tmp_path / "a.ts", FRAMES, sound=True)
    (tmp_path / "twice.ts").write_bytes(2 * (tmp_path / "a.ts").read_bytes())
    copy(tmp_path / "twice.ts", tmp_path / "out.mp4", parts=(16,))
    times = [time for time, _ in packets(tmp_path / "out.mp4", "audio")]
    # 1024 of 8000 samples a second each; what the second runs in with lies in the first's end.
    assert all(np.diff(times) > 0.05)
    assert 2 * len(packets(tmp_path / "a.ts", "audio")) - len(times) in (1, 2)
    expected = last_apart(tmp_path / "a.ts")
    assert last_apart(tmp_path / "out.mp4") == pytest.approx(expected, abs=0.06)


@pytest.mark.parametrize("back", [0.05, 0.2, 0.4, 0.8])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_recordings_that_overlap_stay_in_step(tmp_path, back, suffix):
    """Their times fall by less than a frame, or by more; their sound lasts longer than they do."""
    clips.write(tmp_path / "a.ts", FRAMES, sound=True)
    write_later(tmp_path / "a.ts", tmp_path / "b.ts", 0.8 - back)
    join_files(tmp_path, "a.ts", "b.ts")
    output = tmp_path / f"out{suffix}"
    copy(tmp_path / "both.ts", output, parts=(16,))
    picture, sound = (packets(output, kind) for kind in ("video", "audio"))
    assert len(picture) == 16
    assert all(np.diff([time for time, _ in sound]) > 0)
    assert last_apart(output) == pytest.approx(last_apart(tmp_path / "a.ts"), abs=0.06)


@pytest.mark.parametrize("seconds", [0.3, 0.6])
def test_recordings_whose_sound_ends_early_stay_in_step(tmp_path, seconds):
    """The sound's own times do not fall where the picture's do."""
    clips.write(tmp_path / "a.ts", FRAMES, sound=True, tone_seconds=seconds)
    clips.write(tmp_path / "long.ts", FRAMES, sound=True)
    write_later(tmp_path / "long.ts", tmp_path / "b.ts", 0.8 - 0.2)
    join_files(tmp_path, "a.ts", "b.ts")
    copy(tmp_path / "both.ts", tmp_path / "out.mp4", parts=(16,))
    expected = last_apart(tmp_path / "long.ts")
    assert last_apart(tmp_path / "out.mp4") == pytest.approx(expected, abs=0.06)


def join_files(folder, *names):
    (folder / "both.ts").write_bytes(b"".join((folder / name).read_bytes() for name in names))


def last_apart(path):
    """Seconds from the last picture to the last sound."""
    picture, sound = (packets(path, kind)[-1][0] for kind in ("video", "audio"))
    return sound - picture


def test_shape_of_pixels_and_colours_are_kept(tmp_path):
    source, output = tmp_path / "in.mp4", tmp_path / "out.mp4"
    clips.write(source, FRAMES, aspect=Fraction(4, 3), colors=(9, 9, 14))
    copy(source, output)
    with reading.open_clip(source) as clip, reading.open_clip(output) as back:
        assert back.colors == clip.colors == Colors(matrix=9, primaries=9, transfer=14)
        assert back.pixel_aspect == clip.pixel_aspect == Fraction(4, 3)


@pytest.mark.parametrize("matrix", [1, 2, 5, 9])
@pytest.mark.parametrize("full_range", [False, True])
def test_colours_come_back_in_either_range(tmp_path, full_range, matrix):
    """Flat colours, so that coding costs nothing: only range and matrix could alter them."""
    flat = np.full([48, 64, 3], [200, 30, 90], np.uint8)
    film = writing.begin(tmp_path / "a.mp4", "run")
    clip = Clip("", (48, 64), clips.RATE, 1 / clips.RATE)
    coding = encoding(clip, crf=2, colors=Colors(full_range, matrix))
    film.write(flat, 0, coding)
    film.close_part([flat])
    film.finish(clip, coding)
    with reading.open_clip(tmp_path / "a.mp4") as back:
        assert back.colors == Colors(full_range, matrix)
        assert np.abs(next(iter(back)).pixels.astype(int) - flat).max() <= 3


def test_odd_sides_lose_a_row_or_column(tmp_path):
    film = writing.begin(tmp_path / "a.mp4", "run")
    clip = Clip("", (33, 35), clips.RATE, 1 / clips.RATE)
    (frame,) = clips.frames(1, size=(33, 35))
    film.write(frame, 0, encoding(clip))
    film.close_part([frame])
    film.finish(clip, encoding(clip))
    assert decode(tmp_path / "a.mp4")[0].shape == (32, 34, 3)


@pytest.mark.parametrize("name", ["out.gif", "nowhere/out.mp4", "folder.mp4", "x" * 250 + ".mp4"])
def test_outputs_that_cannot_be_are_refused_before_anything_is_read(tmp_path, name):
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(ValueError, match=r"output must .*Received: output="):
        writing.check_output(tmp_path / name)
