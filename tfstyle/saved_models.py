"""Lets Keras open saved networks of ours as soon as `import tfstyle` was said.

Keras opens a model if the classes in it are registered, which happens as their modules are
imported, and TensorFlow with them. So Keras is given a name for each class beforehand, once Keras
itself is there; the module behind the name is imported when a file asks for it.
"""

import importlib
import types
from typing import Any

import wrapt

CLASSES = {
    "ConditionalAffine": "tfstyle.networks.layers.norms",
    "ConditionalInstanceNorm": "tfstyle.networks.layers.norms",
    "InverseNet": "tfstyle.networks.inverse_net",
    "Muon": "tfstyle.training.muon",
    "ReflectConv2D": "tfstyle.networks.layers.convolutions",
    "Stylizer": "tfstyle.networks.stylizers.transform_net",
    "StylizerFamily": "tfstyle.networks.stylizers.family",
    "Tap": "tfstyle.networks.layers.convolutions",
    "WrapConv2D": "tfstyle.networks.layers.convolutions",
    "ZeroConv2D": "tfstyle.networks.layers.convolutions",
}
"""The classes that are registered with Keras, and their modules."""


def register_with_keras() -> None:
    """Registers the classes by name: now if Keras is loaded, else as soon as it is."""
    wrapt.register_post_import_hook(_register, "keras")


def _register(keras: types.ModuleType) -> None:
    for name, module in CLASSES.items():
        # A module that is imported already has registered the class itself.
        if keras.saving.get_registered_object(f"tfstyle>{name}") is None:
            keras.saving.register_keras_serializable("tfstyle", name)(_by_name(name, module))


def _by_name(name: str, module: str) -> type:
    """Returns what makes, for Keras, objects of a class whose module it imports then."""

    class ByName:
        def get_config(self) -> dict[str, Any]:
            """Keras asks whether there is one; no object of this class is ever made."""
            raise NotImplementedError

        @classmethod
        def from_config(cls, config: dict[str, Any]) -> Any:
            return getattr(importlib.import_module(module), name).from_config(config)

    return ByName
