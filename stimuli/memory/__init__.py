"""Sequences to be remembered: Ballet, patterns, key-value episodes."""
