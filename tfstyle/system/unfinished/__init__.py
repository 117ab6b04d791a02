"""Files that are being written: what they are called meanwhile, and who holds them."""
