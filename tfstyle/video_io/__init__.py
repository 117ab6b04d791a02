"""Clips in and out: frames of files, folders and cameras, and videos with their sound."""
