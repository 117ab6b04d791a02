"""The ledger of frames, by packets and frames that are made up."""

import types

import pytest

from tfstyle.video_io.ffmpeg.damage import FrameLedger


def frame(time, key=False, marred=False):
    return types.SimpleNamespace(pts=time, key_frame=key, is_corrupt=marred)


def ledger(packets, frames, decoder="hevc"):
    """One after all packets, each a recording and a time, and all frames."""
    found = FrameLedger(decoder)
    for recording, time in packets:
        found.enter(recording, time)
    for each in frames:
        found.strike_out(each)
    return found


def test_a_packet_is_lost_once_a_later_frame_has_come():
    found = ledger([(0, 0), (0, 1), (0, 2)], [frame(0, key=True)])
    assert found.lost == 0
    found.strike_out(frame(2))
    assert (found.decoded, found.lost) == (2, 1)


def test_what_is_due_at_the_end_is_lost():
    found = ledger([(0, 0), (0, 1), (0, 2)], [frame(0, key=True)])
    found.close()
    assert found.lost == 2


@pytest.mark.parametrize(("failures", "lost"), [(0, 0), (1, 2), (3, 3)])
def test_a_decoder_that_says_when_it_fails_is_believed_that_it_did_not(failures, lost):
    """Its packets need not be frames; once it failed, what leans on them may lack as well."""
    found = ledger([(0, 0), (0, 1), (0, 2)], [frame(0, key=True)], decoder="h264")
    for _ in range(failures):
        found.fail()
    found.close()
    assert found.lost == lost


def test_what_a_cut_recording_begins_with_is_neither_lost_nor_damaged():
    """Shown before the first frame that stands for itself, they lean on what was cut off."""
    found = ledger([(0, 1), (0, 2), (0, 3)], [frame(1, marred=True), frame(3, key=True)])
    found.close()
    assert (found.decoded, found.lost, found.marred) == (2, 0, 0)


def test_frames_that_came_out_damaged_are_counted():
    frames = [frame(0, key=True), frame(1, marred=True), frame(2, marred=True)]
    found = ledger([(0, 0), (0, 1), (0, 2)], frames)
    assert (found.lost, found.marred) == (0, 2)


def test_a_recording_joined_on_does_not_pay_for_the_one_before():
    """Time 1 is lost in the first; in the second it comes."""
    packets = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    found = ledger(packets, [frame(0, key=True), frame(2), frame(0, key=True), frame(1)])
    assert found.lost == 1
    found.strike_out(frame(2))
    found.close()
    assert found.lost == 1


def test_frames_of_a_recording_joined_on_are_not_missing_before_it():
    """Its packets are entered while the last frames of the one before are still to come."""
    packets = [(0, 10), (0, 11), (1, 0), (1, 1)]
    assert ledger(packets, [frame(10, key=True), frame(11)]).lost == 0


def test_nobody_misses_a_recording_that_was_cut_down_to_no_frame_that_stands_for_itself():
    """What leans on such a one alone is all that is left of it; then a whole one begins."""
    found = ledger([(0, 50), (0, 51), (1, 10), (1, 11)], [frame(10, key=True), frame(11)])
    found.close()
    assert found.lost == 0
