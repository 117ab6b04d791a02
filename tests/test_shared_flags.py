import pytest

from tfstyle import applying, exporting, training
from tfstyle.jobs import inputs

REQUIRED = {
    inputs.Files: ("content", "style", "output"),
    applying.Files: ("content", "style", "output"),
    training.Files: ("photos", "styles", "model"),
    exporting.Files: ("output",),
}


@pytest.mark.parametrize(
    ("files", "name"), [(files, name) for files, names in REQUIRED.items() for name in names]
)
def test_each_required_flag_is_asked_for(files, name):
    given = dict.fromkeys(REQUIRED[files], "a.png")
    assert not files(**given).quiet
    with pytest.raises(ValueError, match=f"^{name} must be given, as --{name}=PATH.$"):
        files(**given | {name: ""})


@pytest.mark.parametrize("files", REQUIRED)
def test_flags_of_another_type_are_refused(files):
    given = dict.fromkeys(REQUIRED[files], "a.png")
    with pytest.raises(ValueError, match="^quiet must be True or False. Received: quiet='yes'$"):
        files(**given, quiet="yes")
