"""Execute every notebook in place; an error in a cell is an error here."""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    """Run the notebooks of this folder in order."""
    for path in sorted(FOLDER.glob("*.ipynb")):
        started = time.perf_counter()
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": FOLDER}}
        ).execute()
        for cell in notebook.cells:
            cell.metadata.pop("execution", None)
        if "--save" in sys.argv:
            nbformat.write(notebook, path)
        print(f"{path.name}: {len(notebook.cells)} cells, {time.perf_counter() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
