import os
import subprocess
import sys

import pytest

from tfstyle.system import processor

CPUS = {
    "AVX2": "flags : fpu avx2 fma",
    "AVX2, VNNI": "flags : avx2 avx_vnni",
    "AVX-512": "flags : avx2 avx512f",
    "AMX": "flags : avx2 avx512f avx512_bf16 amx_bf16",
    "Arm": "Features : fp asimd bf16",
}


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A function that puts another processor in this one's place."""
    monkeypatch.setenv(processor.ONEDNN, "")  # Else what is set meanwhile would stay.
    monkeypatch.delenv(processor.ONEDNN)
    monkeypatch.setattr(processor, "CPUINFO", tmp_path / "cpuinfo")
    processor._flags.cache_clear()
    yield lambda cpu: (tmp_path / "cpuinfo").write_text(CPUS[cpu])
    processor._flags.cache_clear()


@pytest.mark.parametrize("cpu", CPUS)
def test_bfloat16_needs_instructions(machine, cpu):
    machine(cpu)
    assert processor.multiplies_bfloat16() == (cpu == "AMX")


@pytest.mark.parametrize("cpu", CPUS)
def test_single_images_are_slow_with_onednn_on_avx2_alone(machine, cpu, monkeypatch):
    machine(cpu)
    assert processor.convolves_pairs_faster() == (cpu == "AVX2, VNNI")  # It is on by itself there.
    for on in ("1", "true"):
        monkeypatch.setenv(processor.ONEDNN, on)
        assert processor.convolves_pairs_faster() == cpu.startswith("AVX2")
    monkeypatch.setenv(processor.ONEDNN, "0")
    assert not processor.convolves_pairs_faster()


@pytest.mark.parametrize("cpu", CPUS)
def test_onednn_is_switched_on_where_tensorflow_leaves_it_off(machine, cpu, monkeypatch):
    machine(cpu)
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    processor.switch_on_onednn()
    assert os.environ.get(processor.ONEDNN) == ("1" if cpu.startswith("AVX2") else None)


def test_onednn_is_left_as_the_environment_says(machine, monkeypatch):
    machine("AVX2")
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    monkeypatch.setenv(processor.ONEDNN, "0")
    processor.switch_on_onednn()
    assert os.environ[processor.ONEDNN] == "0"


def test_onednn_is_left_alone_once_tensorflow_is_loaded(machine, monkeypatch):
    machine("AVX2")
    monkeypatch.setitem(sys.modules, "tensorflow", processor)
    processor.switch_on_onednn()
    assert processor.ONEDNN not in os.environ


def test_without_linux_nothing_is_known_and_nothing_done(machine, monkeypatch):
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    processor.switch_on_onednn()
    assert processor.ONEDNN not in os.environ
    assert not processor.convolves_pairs_faster()


@pytest.mark.parametrize(("command", "switched_on"), [("gatys", True), ("apply", False)])
@pytest.mark.slow
def test_long_commands_switch_it_on_before_tensorflow_is_loaded(command, switched_on):
    code = (
        "import sys; from tfstyle.cli import app; from tfstyle.system import processor\n"
        "def note(): assert 'tensorflow' not in sys.modules; print('switched on')\n"
        "processor.switch_on_onednn = note\n"
        f"app.main(['{command}', '--help'])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("switched on") == switched_on
