"""Prepared styles: which settings they depend on, their files, and the last one, which is kept."""
