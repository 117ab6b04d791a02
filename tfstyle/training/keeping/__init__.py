"""What a training keeps in its folder from round to round, whole or not at all."""
