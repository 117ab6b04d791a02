import pytest

from tfstyle.server.refusals import Code, Refusal
from tfstyle.server.rest import paths
from tfstyle.server.rest.paths import Asked


@pytest.mark.parametrize(
    ("method", "path", "asked"),
    [
        ("GET", "/v1/models/a", Asked("a", None, None, "status")),
        ("GET", "/v1/models/a/versions/12", Asked("a", 12, None, "status")),
        ("GET", "/v1/models/a/labels/stable", Asked("a", None, "stable", "status")),
        ("GET", "/v1/models/a/metadata", Asked("a", None, None, "metadata")),
        ("GET", "/v1/models/a/versions/1/metadata", Asked("a", 1, None, "metadata")),
        ("POST", "/v1/models/a:predict", Asked("a", None, None, "predict")),
        ("POST", "/v1/models/a/versions/1:predict", Asked("a", 1, None, "predict")),
        ("POST", "/v1/models/a/labels/b%20c:predict", Asked("a", None, "b c", "predict")),
        ("POST", "/V1/Models/A%2Fb:Predict", Asked("A/b", None, None, "predict")),
        ("POST", "/v1/models/a:classify", Asked("a", None, None, "classify")),
    ],
)
def test_paths_are_tf_serving_s(method, path, asked):
    assert paths.read(method, path) == asked


@pytest.mark.parametrize(
    ("method", "path", "sentence"),
    [
        ("GET", "/v1/foo", "Malformed request: GET /v1/foo"),
        ("GET", "/v1/models", "Missing model name in request."),
        ("GET", "/v1/models/a:predict", "Malformed request"),
        ("POST", "/v1/models", "Malformed request"),
        ("POST", "/v1/models/a", "Malformed request"),
        ("POST", "/v1/models/a/version/50:predict", "Malformed request"),
        ("POST", "/v1/models/a/versions/HELLO:predict", "Malformed request"),
        ("POST", f"/v1/models/a/versions/{2**64 - 1}:predict", "Failed to convert version"),
        ("POST", f"/v1/models/a/versions/{'9' * 9000}:predict", "Failed to convert version"),
        ("DELETE", "/v1/models/a", "Malformed request: DELETE /v1/models/a"),
    ],
)
def test_other_paths_are_refused_in_its_words(method, path, sentence):
    with pytest.raises(Refusal, match=sentence) as raised:
        paths.read(method, path)
    assert raised.value.code is Code.INVALID_ARGUMENT
