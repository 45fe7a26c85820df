"""Worlds with a truth of their own: scenes of objects and relations, continuous mazes."""
