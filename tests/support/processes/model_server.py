"""What TF Serving does with a SavedModel, in Python: it loads it by the tag `serve` with the TF 1
session loader, and feeds and fetches the tensors that the signatures name, of whatever shape.

As a program it answers a list of requests in a process that has never seen tfstyle.
"""

import pickle
import subprocess
import sys

import tensorflow as tf
from tensorflow.core.protobuf import config_pb2


class Model:
    """A loaded SavedModel."""

    def __init__(self, folder):
        self.session = tf.compat.v1.Session(graph=tf.Graph())
        with self.session.graph.as_default():
            loaded = tf.compat.v1.saved_model.load(self.session, ["serve"], str(folder))
        self.signatures = {
            name: signature
            for name, signature in loaded.signature_def.items()
            if signature.method_name == "tensorflow/serving/predict"
        }
        self.functions = {name: self._function(name) for name in self.signatures}

    def _function(self, signature_name):
        # As the server's own session: `Session.run` would compare shapes before it runs anything.
        signature = self.signatures[signature_name]
        options = config_pb2.CallableOptions(
            feed=[tensor.name for tensor in signature.inputs.values()],
            fetch=[tensor.name for tensor in signature.outputs.values()],
        )
        return self.session._make_callable_from_options(options)

    def predict(self, signature_name, inputs):
        """Returns the outputs by name."""
        signature = self.signatures[signature_name]
        # As the server does with what a request leaves out.
        defaults = {name: tf.make_ndarray(value) for name, value in signature.defaults.items()}
        inputs = {**defaults, **inputs}
        assert set(inputs) == set(signature.inputs)
        fed = [inputs[name] for name in signature.inputs]
        return dict(zip(signature.outputs, self.functions[signature_name](*fed), strict=True))

    def answer(self, signature_name, inputs):
        """Returns the outputs by name, or what is said of a bad request; other errors end it."""
        try:
            return self.predict(signature_name, inputs)
        except tf.errors.InvalidArgumentError as error:
            return error.message


def ask_all(folder, requests, seconds):
    """What a process that knows nothing of the package answers, or its sentences of refusal."""
    done = subprocess.run(
        [sys.executable, __file__, str(folder)],
        input=pickle.dumps(dict(enumerate(requests))),
        capture_output=True,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]
    return list(pickle.loads(done.stdout).values())


if __name__ == "__main__":
    model = Model(sys.argv[1])
    requests = pickle.load(sys.stdin.buffer)
    answers = {name: model.answer(*request) for name, request in requests.items()}
    assert "tfstyle" not in sys.modules
    pickle.dump(answers, sys.stdout.buffer)
