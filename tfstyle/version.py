"""The package's version, readable without importing anything heavy."""

__version__ = "0.2.0"

COURSE = "0.1.0"
"""The version since which a run takes the same course, so that an interrupted one may go on."""
