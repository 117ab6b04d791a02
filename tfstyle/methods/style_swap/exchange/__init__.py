"""Patches of features, and the exchange of each for a style's nearest."""
