"""Times of frames and packets that are made up."""

import types
from fractions import Fraction

from tfstyle.video_io.clip import Seam
from tfstyle.video_io.ffmpeg.clock import AviDates, Clock, Recordings


def clock(begin=0):
    """One of ten frames a second, in milliseconds."""
    stream = types.SimpleNamespace(time_base=Fraction(1, 1000), start_time=begin)
    return Clock(stream, Fraction(10))


def frame(time, duration=100):
    return types.SimpleNamespace(pts=time, dts=time, duration=duration)


def packet(time, position=0, key=False):
    return types.SimpleNamespace(dts=time, pos=position, is_keyframe=key)


def test_ticks_count_from_the_first_picture():
    ours = clock(begin=2000)
    assert [ours.read(frame(time)) for time in (2000, 2100, 2500)] == [0, 100, 500]
    assert ours.end == 600
    assert not ours.seams


def test_a_frame_without_a_time_follows_at_the_rate():
    ours = clock()
    assert [ours.read(frame(time)) for time in (0, None, None)] == [0, 100, 200]


def test_ticks_grow_where_a_file_says_the_same_time_twice():
    ours = clock()
    assert [ours.read(frame(time)) for time in (0, 100, 100, 200, 190)] == [0, 100, 101, 200, 201]
    assert not ours.seams


def test_times_that_fall_go_on_behind_what_was_before():
    ours = clock(begin=5000)
    assert [ours.read(frame(time)) for time in (5000, 5100)] == [0, 100]
    assert [ours.read(frame(time), fell_at=7) for time in (5000, 5100)] == [200, 300]
    # The second recording's 5 seconds are shown 0.2 seconds later than it says.
    assert ours.seams == [Seam(position=7, before=5.2, after=5.0, later=0.2)]


def test_packets_whose_times_fall_are_of_another_recording():
    recordings, numbers = Recordings(), []
    for each in (packet(0, 10), packet(1, 20), packet(None, 30), packet(0, 40), packet(1, 50)):
        recordings.enter(each)
        numbers.append(recordings.number)
    assert numbers == [0, 0, 0, 1, 1]
    assert recordings.fell_at == 40


def test_a_byte_that_is_not_known_is_no_byte():
    recordings = Recordings()
    for each in (packet(1), packet(0, None)):
        recordings.enter(each)
    assert (recordings.number, recordings.fell_at) == (1, -1)


def test_frames_of_an_avi_are_as_many_packets_late_as_the_first():
    """The packet before the key frame gives none; two more come in before the first frame does."""
    dates = AviDates()
    for number in range(4):
        dates.enter(packet(number, key=number == 1))
    frames = [frame(time) for time in (3, 4, 5)]
    for each in frames:
        dates.date(each)
    assert [each.pts for each in frames] == [1, 2, 3]
