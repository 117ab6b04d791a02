"""One module a method; each has `Config` and `stylize`."""
