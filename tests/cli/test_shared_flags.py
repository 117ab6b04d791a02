import pytest

from tfstyle.cli.commands import apply, export, pictures, train

REQUIRED = {
    pictures.Files: ("content", "style", "output"),
    apply.Files: ("content", "style", "output"),
    train.Files: ("photos", "styles", "model"),
    export.Files: ("output",),
}


@pytest.mark.parametrize(
    ("files", "name"), [(files, name) for files, names in REQUIRED.items() for name in names]
)
def test_each_required_flag_is_asked_for(files, name):
    given = dict.fromkeys(REQUIRED[files], "a.png")
    assert not files(**given).quiet
    # A path but where a trained style is named.
    shown = "STYLE" if (files, name) == (apply.Files, "style") else "PATH"
    with pytest.raises(ValueError, match=f"^{name} must be given, as --{name}={shown}.$"):
        files(**given | {name: ""})


@pytest.mark.parametrize("files", REQUIRED)
def test_flags_of_another_type_are_refused(files):
    given = dict.fromkeys(REQUIRED[files], "a.png")
    with pytest.raises(ValueError, match="^quiet must be True or False. Received: quiet='yes'$"):
        files(**given, quiet="yes")
