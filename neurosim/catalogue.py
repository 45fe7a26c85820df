"""Everything that can be asked for by name: what ``neurosim list`` shows."""

from __future__ import annotations

from neurosim import datasets, experiments
from neurosim.model import entry
from neurosim.model import names as model_names


def catalogue() -> dict[str, list[dict[str, str]]]:
    """Return a table for each kind of thing, as lists of plain rows.

    Examples
    --------
    >>> from neurosim.catalogue import catalogue
    >>> list(catalogue())
    ['models', 'experiments', 'datasets', 'stimuli']
    """
    import stimuli

    models = []
    for found in map(entry, model_names()):
        models.append(
            {
                "name": found.name,
                "input": found.inputs,
                "layers": " ".join(found.layers),
                "train": "no" if found.train is None else "yes",
                "summary": found.summary,
                "paper": found.paper,
            }
        )
    return {
        "models": models,
        "experiments": [
            {"name": e.name, "model": e.model or "none", "claim": e.claim, "source": e.source}
            for e in map(experiments.info, experiments.names())
        ],
        "datasets": [
            {
                "name": d.name,
                "kind": d.kind,
                "here": "yes" if d.available() else "no",
                "summary": d.summary,
                "source": d.citation,
            }
            for d in map(datasets.info, datasets.names())
        ],
        "stimuli": [
            {"name": s.name, "family": s.family, "summary": s.summary, "source": s.reference}
            for s in map(stimuli.entry, stimuli.names())
        ],
    }
