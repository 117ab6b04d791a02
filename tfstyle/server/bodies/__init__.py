"""What requests bring and get, in JSON: TF Serving's forms, and tensors."""
