"""Textures: noise of many spectra, motion clouds, leaves, scrambled pictures."""
