"""Motion that is not in the luminance: modulated noise, objects made of their texture alone."""
