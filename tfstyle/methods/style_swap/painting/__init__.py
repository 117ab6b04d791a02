"""What paints the levels of a picture, and its colours."""
