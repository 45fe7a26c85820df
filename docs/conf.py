"""Sphinx configuration: the notebooks are the gallery, and are shown as they were executed."""

import shutil
from pathlib import Path

HERE = Path(__file__).resolve().parent

project = "neurosim"
copyright = "2026, the neurosim authors"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]
autosummary_generate = True
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_rtype = False
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "pydata_sphinx_theme"
html_title = "neurosim"
html_show_sourcelink = False

_GALLERY = HERE / "gallery"
_GALLERY.mkdir(exist_ok=True)
for _notebook in sorted((HERE.parent / "notebooks").glob("*.ipynb")):
    shutil.copyfile(_notebook, _GALLERY / _notebook.name)
shutil.copyfile(HERE.parent / "CONTRIBUTING.md", HERE / "contributing.md")
shutil.copyfile(HERE.parent / "CHANGELOG.md", HERE / "changelog.md")
