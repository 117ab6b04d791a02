"""What pictures come with: maps of their regions, and masks of where they are painted."""
