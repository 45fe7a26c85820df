"""``python -m neurosim`` is the ``neurosim`` command."""

from neurosim.cli import entry_point

if __name__ == "__main__":
    entry_point()
