"""Displays made of many elements: global Gabors, crowding, contours, vernier."""
