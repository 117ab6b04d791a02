"""Styles as they are given: pictures and prepared ones, from files, kept, and blended."""
