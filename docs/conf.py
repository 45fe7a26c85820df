"""Sphinx configuration: the notebooks are the gallery, and are shown as they were executed."""

import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

project = "neurosim"
copyright = "2026, the neurosim authors"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]
autodoc_typehints = "none"  # types and units are in the text
autodoc_member_order = "groupwise"
autodoc_default_options = {"members": True, "imported-members": True}
add_module_names = False
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"
# The packages are independent, so each has its own UnknownNameError.
suppress_warnings = ["ref.python"]
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "pydata_sphinx_theme"
html_title = "neurosim"
html_show_sourcelink = False
html_sidebars = {"**": []}
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False}

_GALLERY = HERE / "gallery"
_GALLERY.mkdir(exist_ok=True)
for _notebook in sorted((HERE.parent / "notebooks").glob("*.ipynb")):
    shutil.copyfile(_notebook, _GALLERY / _notebook.name)
shutil.copyfile(HERE.parent / "CONTRIBUTING.md", HERE / "contributing.md")
shutil.copyfile(HERE.parent / "CHANGELOG.md", HERE / "changelog.md")


def _escape(app: object, what: str, name: str, obj: object, options: object, lines: list) -> None:
    """Let |x| and x_ in docstrings stand for themselves; examples and equations stay."""
    for number, line in enumerate(lines):
        if line.strip() == "Examples":
            break
        plain = re.sub(r"(?<!\\)\|", r"\\|", line)
        if "`" not in line and not line.startswith("    "):
            plain = re.sub(r"(?<=\w)_(?=[\s,.;:)]|$)", r"\_", plain)
        if not line.startswith("        "):
            lines[number] = plain


def _skip(app: object, what: str, name: str, obj: object, skip: bool, options: object) -> bool:
    """Leave out what scikit-learn adds to every estimator for its own routing of metadata."""
    return skip or bool(re.fullmatch(r"set_\w+_request", name))


def setup(app: object) -> None:
    """Run before the docstrings are read as numpydoc."""
    app.connect("autodoc-process-docstring", _escape, priority=400)
    app.connect("autodoc-skip-member", _skip)
