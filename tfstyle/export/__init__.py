"""Trained networks for TF Serving, ONNX Runtime and LiteRT."""
