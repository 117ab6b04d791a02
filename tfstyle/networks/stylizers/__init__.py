"""The networks that paint in one pass in trained styles."""
