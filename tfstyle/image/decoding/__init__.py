"""Behind `image.read`: from a file of any format to Pillow's image, and from that to floats."""
