import pytest

from tfstyle.server import folders


@pytest.fixture
def base(tmp_path):
    """A folder of models: one with the versions 2 and 10, and one with version 1."""
    for version in ("pair/2", "pair/10", "swap/1"):
        (tmp_path / version).mkdir(parents=True)
        (tmp_path / version / "saved_model.pb").touch()
    return tmp_path


def test_versions_are_the_numbered_models_in_their_order(base):
    for other in ("pair/draft", "pair/11", "pair/3.5"):
        (base / other).mkdir()
    assert list(folders.versions(base / "pair")) == [2, 10]


def test_missing_folder_has_no_versions(base):
    assert folders.versions(base / "none") == {}


def test_models_are_called_by_their_folders_or_as_it_is_said(base):
    read = folders.read_models([f"{base}/pair/", f"other={base}/swap"])
    assert {name: path.name for name, path in read.items()} == {"pair": "pair", "other": "swap"}


def test_name_with_an_equals_sign_is_a_folder_where_there_is_one(base):
    (base / "a=b").symlink_to(base / "pair")
    assert list(folders.read_models([f"{base}/a=b"])) == ["pair"]


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        (["{}/none"], "model must be a folder of numbered versions"),
        (["{}"], "model must be a folder of numbered versions"),
        (["{}/pair/2"], r"model must be the folder above its versions, .*pair\."),
        (["{}/pair", "{}/pair"], "model must have different names"),
        (["a:b={}/pair"], "model must have a name without / and :"),
    ],
)
def test_other_models_are_refused(base, items, sentence):
    with pytest.raises(ValueError, match=sentence):
        folders.read_models([item.format(base) for item in items])


def test_labels_are_of_one_model_or_of_all(base):
    (base / "swap" / "2").symlink_to(base / "pair" / "2")
    models = folders.read_models([f"{base}/pair", f"{base}/swap"])
    assert folders.read_labels(["old=2", "pair/new=10"], models) == {
        "pair": {"old": 2, "new": 10},
        "swap": {"old": 2},
    }


@pytest.mark.parametrize("label", ["stable", "=2", "stable=x", "none/stable=2", "stable="])
def test_labels_are_written_one_way(base, label):
    with pytest.raises(ValueError, match="labels must be LABEL=VERSION"):
        folders.read_labels([label], folders.read_models([f"{base}/pair"]))


def test_labels_name_versions_that_are_there(base):
    with pytest.raises(ValueError, match="pair has 2, 10. Received: labels=stable=1"):
        folders.read_labels(["stable=1"], folders.read_models([f"{base}/pair"]))


def test_fingerprint_tells_that_files_came(base):
    before = folders.fingerprint(base / "pair")
    assert folders.fingerprint(base / "pair") == before
    (base / "pair" / "2" / "variables").write_text("more")
    assert folders.fingerprint(base / "pair") != before
