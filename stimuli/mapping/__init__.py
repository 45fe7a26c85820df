"""Mapping of receptive fields and of the visual field."""
