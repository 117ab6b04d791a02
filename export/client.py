"""Sends a picture to a served stylizer or style swap and writes what comes back.

    python export/client.py --photo=PHOTO --output=out.png --shares=1,0,0
    python export/client.py --photo=PHOTO --output=out.png --shares=1,0,0 --grpc=localhost:8500
    python export/client.py --photo=PHOTO --output=out.png --model=swap --style=PAINTING

A model of several styles needs a share of each; one of a single style takes none.

REST needs the standard library alone, gRPC pip install tensorflow-serving-api. Where tfstyle is
installed, the picture is read here and sent as a PNG, so that all kinds of files are taken.
"""

import argparse
import base64
import io
import json
import pathlib
import urllib.error
import urllib.request

GREATEST_MESSAGE = 256 * 2**20
"""Bytes; gRPC's own limit of 4 MB is less than a large picture."""


def read(photo: pathlib.Path) -> bytes:
    """Returns the picture as a PNG, upright and in sRGB; or the file as it is, for the server."""
    try:
        from PIL import Image

        from tfstyle import image

        pixels = image.to_bytes(image.read(photo)[0])
    # Without tfstyle, or where it reads nothing, the server says what it does not take.
    except (ImportError, ValueError):
        try:
            return photo.read_bytes()
        except OSError as error:
            raise SystemExit(str(error)) from error
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def ask_rest(address: str, model: str, files: dict[str, bytes], numbers: dict) -> bytes:
    """Returns the pastiche as a PNG file, over REST.

    Args:
        address: of the server, host:port.
        model: its name there.
        files: JPEG or PNG files by the inputs' names.
        numbers: what else the model takes, a number or a list of them by name.
    """
    encoded = {name: {"b64": base64.b64encode(file).decode()} for name, file in files.items()}
    request = urllib.request.Request(
        f"http://{address}/v1/models/{model}:predict",
        json.dumps({"signature_name": "image_bytes", "instances": [encoded | numbers]}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=300) as answer:
            (prediction,) = json.load(answer)["predictions"]
    except urllib.error.HTTPError as error:
        raise SystemExit(json.load(error)["error"]) from error
    except urllib.error.URLError as error:
        raise SystemExit(f"no server answers at {address}: {error.reason}") from error
    return base64.b64decode(prediction["b64"])


def ask_grpc(address: str, model: str, files: dict[str, bytes], numbers: dict) -> bytes:
    """Returns the same over gRPC."""
    import grpc
    import tensorflow as tf
    from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

    request = predict_pb2.PredictRequest()
    request.model_spec.name, request.model_spec.signature_name = model, "image_bytes"
    for name, file in files.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto([file]))
    for name, number in numbers.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto([number], tf.float32))
    limits = ("grpc.max_send_message_length", "grpc.max_receive_message_length")
    options = [(limit, GREATEST_MESSAGE) for limit in limits]
    with grpc.insecure_channel(address, options) as channel:
        service = prediction_service_pb2_grpc.PredictionServiceStub(channel)
        try:
            answer = service.Predict(request, timeout=300)
        except grpc.RpcError as error:
            raise SystemExit(error.details()) from error
    return tf.make_ndarray(answer.outputs["pastiche_bytes"])[0]


def main() -> None:
    """Asks once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photo", required=True, type=pathlib.Path, help="the picture to paint")
    parser.add_argument(
        "--output", required=True, type=pathlib.Path, help="where the pastiche goes, a PNG file"
    )
    parser.add_argument(
        "--model", default="masters", help="the model's name on the server; masters by default"
    )
    parser.add_argument(
        "--shares",
        default="",
        help="one number a style, with commas between; none where there is one style",
    )
    parser.add_argument("--style", type=pathlib.Path, help="a painting, for a style swap")
    parser.add_argument("--strength", type=float, help="0 to 1; none is 0.5 for a style swap")
    parser.add_argument(
        "--rest", default="localhost:8501", help="the server's address; localhost:8501 by default"
    )
    parser.add_argument("--grpc", help="an address to ask at instead, over gRPC")
    given = parser.parse_args()
    ask, address = (ask_grpc, given.grpc) if given.grpc else (ask_rest, given.rest)
    given.output.write_bytes(ask(address, given.model, *inputs(given)))


def inputs(given: argparse.Namespace) -> tuple[dict[str, bytes], dict]:
    """Returns the files and the numbers that the model takes, by name."""
    photo = read(given.photo)
    if given.style:
        # Given always: older servers know no defaults.
        files = {"content_bytes": photo, "style_bytes": read(given.style)}
        return files, {"strength": 0.5 if given.strength is None else given.strength}
    shares = [float(share) for share in given.shares.split(",") if share]
    numbers = {"style_weights": shares or None, "strength": given.strength}
    return {"image_bytes": photo}, {name: of for name, of in numbers.items() if of is not None}


if __name__ == "__main__":
    main()
