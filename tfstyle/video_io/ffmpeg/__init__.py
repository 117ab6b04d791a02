"""A video file as FFmpeg reads it: its packets, its frames, their times and what is damaged."""
