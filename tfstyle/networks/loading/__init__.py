"""Trained networks from files: ours alone, of sound measures and weights, and nothing that runs."""
