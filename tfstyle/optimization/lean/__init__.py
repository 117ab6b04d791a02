"""L-BFGS for large images, which spares memory."""
