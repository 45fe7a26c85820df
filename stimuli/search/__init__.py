"""Visual search displays, with every item known."""
