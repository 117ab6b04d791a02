"""What runs exported files without the package."""

import onnxruntime
from ai_edge_litert import interpreter


def run(path, **inputs):
    """Paints with what the file's own runtime alone knows."""
    if path.suffix == ".onnx":
        (pastiches,) = onnxruntime.InferenceSession(path).run(["pastiches"], inputs)
        return pastiches
    runner = interpreter.Interpreter(str(path)).get_signature_runner("serving_default")
    return runner(**inputs)["pastiches"]
