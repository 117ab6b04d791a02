"""How a training is spread over devices and machines."""

import json
import os
import typing
from typing import Any

if typing.TYPE_CHECKING:
    import tensorflow as tf

STRATEGIES = ("auto", "mirrored", "multiworker")


def strategy(name: str) -> "tf.distribute.Strategy":
    """Returns the strategy of that name; must be called before TensorFlow does anything else.

    Args:
        name: "mirrored" takes every GPU of this machine, "multiworker" the machines that the
            environment variable TF_CONFIG lists (as TensorFlow documents it), each of which
            runs the same command; "auto" takes what TF_CONFIG and the GPUs suggest.

    Raises:
        ValueError: TF_CONFIG lists no machines, and "multiworker" is asked for.
    """
    # Here, not above: settings name the strategies without TensorFlow.
    import tensorflow as tf

    if name == "auto":
        # One GPU or none needs no copies of the network.
        several = len(tf.config.list_physical_devices("GPU")) > 1
        name = "multiworker" if workers() else "mirrored" if several else "single"
    if name == "multiworker" and not workers():
        raise ValueError(
            "strategy multiworker needs TF_CONFIG to list the workers. "
            f"Received: TF_CONFIG={os.environ.get('TF_CONFIG', '')}"
        )
    kinds = {
        "mirrored": tf.distribute.MirroredStrategy,
        "multiworker": tf.distribute.MultiWorkerMirroredStrategy,
        "single": tf.distribute.get_strategy,
    }
    return kinds[name]()


def workers() -> list[str]:
    """Returns the addresses of the machines that TF_CONFIG lists, this one among them."""
    return list(_tf_config().get("cluster", {}).get("worker", []))


def place_among_workers() -> int:
    """Returns which of the workers this is; 0, the first, for a machine alone."""
    return int(_tf_config().get("task", {}).get("index", 0))


def _tf_config() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(os.environ.get("TF_CONFIG", "{}"))
    except json.JSONDecodeError as error:
        raise ValueError(f"TF_CONFIG must be JSON. Received: {error.doc}") from error
    return found


def one_core_each() -> bool:
    """Gives each operation one core where there is no GPU, so that several run side by side.

    Returns:
        Whether it could: TensorFlow takes no such wish once it has begun to work.
    """
    import tensorflow as tf

    if tf.config.list_physical_devices("GPU"):
        return False
    try:
        tf.config.threading.set_intra_op_parallelism_threads(1)
    except RuntimeError:
        return tf.config.threading.get_intra_op_parallelism_threads() == 1
    return True
