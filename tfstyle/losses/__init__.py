"""The losses: pure functions of tensors, and the weighted objective made of them."""
