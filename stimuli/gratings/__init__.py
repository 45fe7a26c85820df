"""Gratings and what is made of them: Gabors, plaids, and the illusions of their motion."""
