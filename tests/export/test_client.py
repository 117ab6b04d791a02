"""The client in `export/` against servers on loopback that speak the official protocols."""

import base64
import concurrent.futures
import http.server
import importlib.util
import io
import json
import sys
import threading

import grpc
import model_server
import numpy as np
import odd_pictures
import picture_parts
import pytest
import samples
import tensorflow as tf
from numpy.testing import assert_allclose
from PIL import Image
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

from tfstyle import image

EXPORT = samples.ROOT / "export"
GRPC_DEFAULT_LIMIT = 4 * 2**20

NO_LIMIT = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
"""As in TF Serving's own servers."""


class PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """TF Serving's, for models by name."""

    def __init__(self, folders):
        self.models = {name: model_server.Model(folder) for name, folder in folders.items()}

    def Predict(self, request, context):
        if request.model_spec.name not in self.models:
            context.abort(grpc.StatusCode.NOT_FOUND, f"Servable not found: {request.model_spec}")
        inputs = {name: tf.make_ndarray(tensor) for name, tensor in request.inputs.items()}
        model = self.models[request.model_spec.name]
        answer = model.answer(request.model_spec.signature_name, inputs)
        if isinstance(answer, str):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, answer)
        outputs = {name: tf.make_tensor_proto(array) for name, array in answer.items()}
        return predict_pb2.PredictResponse(model_spec=request.model_spec, outputs=outputs)


@pytest.fixture(scope="module")
def service(served):
    return PredictionService({"pair": served})


@pytest.fixture(scope="module")
def grpc_address(service):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2), options=NO_LIMIT)
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(service, server)
    port = server.add_insecure_port("localhost:0")
    server.start()
    yield f"localhost:{port}"
    server.stop(None).wait()


class RestHandler(http.server.BaseHTTPRequestHandler):
    """TF Serving's `:predict` in rows, which it turns to a call over gRPC, and back."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model, _, verb = self.path.removeprefix("/v1/models/").partition(":")
        assert verb == "predict"
        request = predict_pb2.PredictRequest()
        request.model_spec.name, request.model_spec.signature_name = model, body["signature_name"]
        for name in body["instances"][0]:
            values = [decoded(instance[name]) for instance in body["instances"]]
            dtype = None if isinstance(values[0], bytes) else tf.float32
            request.inputs[name].CopyFrom(tf.make_tensor_proto(values, dtype))
        try:
            with self.server.connect() as channel:
                stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
                ((name, tensor),) = stub.Predict(request).outputs.items()
        except grpc.RpcError as error:
            return self.send(400, {"error": error.details()})
        self.send(200, {"predictions": [encoded(name, row) for row in tf.make_ndarray(tensor)]})

    def send(self, status, body):
        contents = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(contents)))
        self.end_headers()
        self.wfile.write(contents)

    def log_message(self, *_):
        """Keeps quiet."""


def decoded(value):
    return base64.b64decode(value["b64"]) if isinstance(value, dict) else value


def encoded(name, value):
    is_bytes = name.endswith("_bytes")
    return {"b64": base64.b64encode(value).decode()} if is_bytes else value.tolist()


@pytest.fixture(scope="module")
def rest_address(grpc_address):
    with http.server.ThreadingHTTPServer(("localhost", 0), RestHandler) as server:
        server.connect = lambda: grpc.insecure_channel(grpc_address, NO_LIMIT)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture
def ask(tmp_path, monkeypatch, grpc_address, rest_address):
    """Runs the client from the words of a command line; returns the bytes of its output."""
    location = importlib.util.spec_from_file_location("client", EXPORT / "client.py")
    client = importlib.util.module_from_spec(location)
    location.loader.exec_module(client)

    def ask(way, photo, *flags, model="pair"):
        (tmp_path / "photo.png").write_bytes(photo)
        address = {"grpc": grpc_address, "rest": rest_address}[way]
        paths = [f"--photo={tmp_path / 'photo.png'}", f"--output={tmp_path / 'out.png'}"]
        words = ["client.py", *paths, f"--model={model}", f"--{way}={address}", *flags]
        monkeypatch.setattr("sys.argv", words)
        client.main()
        return (tmp_path / "out.png").read_bytes()

    return ask


def picture(height, width):
    return np.random.default_rng(0).integers(0, 256, [height, width, 3], np.uint8)


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


WAYS = pytest.mark.parametrize("way", ["grpc", "rest"])


@WAYS
def test_picture_larger_than_grpc_s_default_limit_comes_back_painted(way, ask, stylizer):
    pixels = picture(1400, 1400)
    photo = png(pixels)
    pastiche = ask(way, photo, "--shares=1,3")
    assert min(len(photo), len(pastiche)) > GRPC_DEFAULT_LIMIT
    expected = 255 * stylizer(pixels[np.newaxis] / np.float32(255), style=[0.25, 0.75])[0]
    assert_allclose(np.asarray(Image.open(io.BytesIO(pastiche))), expected, atol=0.51)


@pytest.mark.parametrize("kind", ["P3 JPEG", "P3 palette", "1 bit BMP", "small frame", "WebP"])
def test_what_the_server_does_not_take_is_read_before_it_is_sent(kind, ask, stylizer, tmp_path):
    contents, _ = odd_pictures.refused()[kind]
    pastiche = ask("rest", contents, "--shares=1,0")
    # The client is given a file of this name.
    expected = 255 * stylizer(image.read(tmp_path / "photo.png"), style="wave")[0]
    # A picture in sRGB is rounded to bytes before it is sent.
    assert_allclose(np.asarray(Image.open(io.BytesIO(pastiche))), expected, atol=1)


def test_client_without_tfstyle_sends_the_file_as_it_is(ask, monkeypatch):
    monkeypatch.setitem(sys.modules, "tfstyle", None)
    assert ask("rest", png(picture(9, 9)), "--shares=1,0")
    with pytest.raises(SystemExit, match="a file in WebP"):
        ask("rest", picture_parts.encoded("WEBP"), "--shares=1,0")


@WAYS
def test_server_s_complaint_is_shown(way, ask):
    with pytest.raises(SystemExit, match=r"image_bytes\[0\] is no readable JPEG"):
        ask(way, b"no picture", "--shares=1,0")
    with pytest.raises(SystemExit, match="Servable not found"):
        ask(way, png(picture(9, 9)), "--shares=1,0", model="other")
    assert ask(way, png(picture(9, 9)), "--shares=1,0")


def test_a_photo_or_server_that_is_missing_is_one_sentence(ask, tmp_path):
    with pytest.raises(SystemExit, match="no server answers at localhost:1: "):
        ask("rest", png(picture(9, 9)), "--rest=localhost:1")
    with pytest.raises(SystemExit, match="No such file.*nowhere.png"):
        ask("rest", png(picture(9, 9)), f"--photo={tmp_path / 'nowhere.png'}")


@WAYS
@pytest.mark.slow
def test_style_swap_takes_a_painting_and_a_strength(way, ask, service, served_swap, tmp_path):
    service.models["swap"] = model_server.Model(served_swap)
    (tmp_path / "painting.png").write_bytes(png(picture(30, 24)))
    photo, style = png(picture(20, 28)[::-1]), f"--style={tmp_path / 'painting.png'}"
    weak, default, half, strong = (
        ask(way, photo, style, *more, model="swap")
        for more in (["--strength=0"], [], ["--strength=0.5"], ["--strength=1"])
    )
    assert default == half
    assert len({weak, half, strong}) == 3
    with pytest.raises(SystemExit, match=r"strength must lie in \[0, 1\]"):
        ask(way, photo, style, "--strength=2", model="swap")
