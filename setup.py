"""For tools that still ask for this file; all there is to say stands in pyproject.toml."""

from setuptools import setup

setup()
