"""What is seen: the layout, what its buttons do, and the page as a whole."""
