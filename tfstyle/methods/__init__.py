"""One room a method; each has `Config` and `stylize`."""
