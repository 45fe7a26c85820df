"""Motion energy of area V1, and the motion graph of area MT on top of it."""
