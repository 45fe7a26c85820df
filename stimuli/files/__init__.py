"""Files: what keeps everything, what is only looked at, what other programs read."""
