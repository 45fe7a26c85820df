"""One folder a system; each registers itself when it is imported."""
