"""Colours that all kinds of colour vision tell apart (Okabe & Ito 2008)."""

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#7F7F7F"
