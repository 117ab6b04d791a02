"""The networks: VGG19 as feature extractor, the transform net, the inverse net, and their files."""
