"""The arithmetic: which precisions there are, and which is this machine's fastest."""

from tfstyle import settings
from tfstyle.system import processor

PRECISIONS = ("auto", "float32", "bfloat16", "float16")


def resolve_precision(precision: str) -> str:
    """Returns the dtype's name that `precision` stands for on this machine."""
    settings.check_choice("precision", precision, PRECISIONS)
    return fastest_precision() if precision == "auto" else precision


def dtype_policy(precision: str) -> str:
    """Returns the name of Keras's dtype policy for that arithmetic: weights stay float32."""
    return precision if precision == "float32" else f"mixed_{precision}"


def fastest_precision() -> str:
    """Returns float16 on a GPU with tensor cores, bfloat16 on a CPU made for it, else float32."""
    # Here, not above: settings name the precisions, and need no TensorFlow to be made.
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        details = tf.config.experimental.get_device_details(gpus[0])
        return "float16" if details.get("compute_capability", (0, 0)) >= (7, 0) else "float32"
    return "bfloat16" if processor.multiplies_bfloat16() else "float32"
