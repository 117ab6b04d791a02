"""Keras layers and operations that Keras itself lacks."""
