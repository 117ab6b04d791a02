"""The ways in which a position of a layer belongs to a region."""

WAYS = ("simple", "inside", "all")
"""By its share of the pixels that it stands for, if all that it sees lies inside, or if anything
that it sees does. Reference: the code of Gatys et al. (2016), "Controlling perceptual factors".
Apart from `layers`, since flags and their help are made of it."""
