"""Files from elsewhere: downloaded, and kept where Keras looks for them."""
