"""Objects that move over each other, with exact flow, occlusion and instances."""
