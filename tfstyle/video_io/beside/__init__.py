"""What stands beside a clip's picture, copied: sound, subtitles, titles, chapters and names."""
