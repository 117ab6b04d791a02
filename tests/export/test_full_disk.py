"""Outputs that the disk has no room for: whole or not at all, and one sentence."""

import limits
import pytest

from tfstyle.cli import app
from tfstyle.export import onnx_litert, savedmodel

SAVERS = {
    "pair.onnx": onnx_litert.save_onnx,
    "pair.tflite": onnx_litert.save_litert,
}


# The weights have 83 KB, the graph more than 600 KB.
@pytest.mark.parametrize("size", [0, 90_000])
@pytest.mark.slow
def test_no_room_for_a_savedmodel_is_one_sentence_and_leaves_nothing(size, stylizer, tmp_path):
    sentence = "^output could not be written: File too large; "
    with pytest.raises(OSError, match=sentence) as error, limits.file_size(size):
        savedmodel.save(stylizer, tmp_path / "served" / "1")
    assert str(error.value).endswith(f"Received: output={tmp_path / 'served' / '1'}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", SAVERS)
@pytest.mark.slow
def test_no_room_for_a_file_is_one_sentence_and_leaves_nothing(
    name, stylizer, tmp_path, monkeypatch
):
    write = onnx_litert._write

    def write_on_full_disk(*given):
        with limits.file_size(9_000):
            write(*given)

    # Not before: LiteRT's converter needs files of its own.
    monkeypatch.setattr(onnx_litert, "_write", write_on_full_disk)
    with pytest.raises(OSError, match="^output could not be written: File too large; ") as error:
        SAVERS[name](stylizer, tmp_path / "new" / name)
    assert str(error.value).endswith(f"Received: output={tmp_path / 'new' / name}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_no_room_for_the_converter_s_own_files_is_one_sentence(stylizer, tmp_path):
    sentence = "the folder for temporary files must have room"
    with pytest.raises(OSError, match=sentence), limits.file_size(9_000):
        onnx_litert.save_litert(stylizer, tmp_path / "pair.tflite")


@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.slow
def test_requests_that_warm_up_are_part_of_the_whole(problem, stylizer, tmp_path, monkeypatch):
    def fail(*_):
        raise problem

    monkeypatch.setattr(savedmodel.warmup, "write", fail)
    with pytest.raises(type(problem)):
        savedmodel.save(stylizer, tmp_path / "served" / "1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_folder_that_was_there_stays_when_nothing_is_written(stylizer, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    (tmp_path / "served").mkdir()
    monkeypatch.setattr(savedmodel.warmup, "write", fail)
    with pytest.raises(OSError, match="No space left on device"):
        savedmodel.save(stylizer, tmp_path / "served" / "great_wave" / "1")
    assert list(tmp_path.rglob("*")) == [tmp_path / "served"]


def test_folder_that_is_a_file_is_named(tmp_path, capsys):
    (tmp_path / "served").write_bytes(b"")
    output = tmp_path / "served" / "1"
    assert app.main(["export", "--model=slim", f"--output={output}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "output must be a folder, and" in line and "served is a file" in line
    assert f"output={output}" in line
