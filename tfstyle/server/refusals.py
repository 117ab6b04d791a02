"""What a request is refused for: a status, as TF Serving has it, and a sentence."""

import enum
import re

ASSERTION = re.compile(r"assertion failed: \[(.*?)\](?:\s*\[\[|\s*\[Op:|\s*$)", re.DOTALL)
"""Where TensorFlow's message of a check that failed has the check's own sentence."""


class Code(enum.Enum):
    """Why, by the names of gRPC, each with the status of HTTP that TF Serving makes of it."""

    OK = 200
    INVALID_ARGUMENT = 400
    NOT_FOUND = 404
    DEADLINE_EXCEEDED = 408
    TOO_LARGE = 413
    UNSUPPORTED = 415
    CANCELLED = 499
    RESOURCE_EXHAUSTED = 429
    INTERNAL = 500
    UNIMPLEMENTED = 501
    UNAVAILABLE = 503


class Refusal(Exception):
    """A request that is not answered, and why."""

    def __init__(self, code: Code, sentence: str):
        """Takes the status and the sentence for whoever has sent the request."""
        super().__init__(sentence)
        self.code = code


def invalid(sentence: str) -> Refusal:
    """Returns the refusal of a request that is wrong."""
    return Refusal(Code.INVALID_ARGUMENT, sentence)


def of_tensorflow(error: Exception) -> Refusal:
    """Returns the refusal that an error of TensorFlow's amounts to.

    Args:
        error: of `tf.errors.OpError`.
    """
    message = str(getattr(error, "message", error))
    # Names as in `tf.errors`, such as InvalidArgumentError; others are mistakes of the model.
    codes = {
        "InvalidArgumentError": Code.INVALID_ARGUMENT,
        "ResourceExhaustedError": Code.RESOURCE_EXHAUSTED,
    }
    own = ASSERTION.search(message)
    return Refusal(codes.get(type(error).__name__, Code.INTERNAL), own[1] if own else message)
