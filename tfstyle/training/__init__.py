"""The training of networks: the stylizer's and the inverse network's."""
