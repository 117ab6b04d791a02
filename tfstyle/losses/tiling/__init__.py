"""The objective of large images, computed tile by tile."""
