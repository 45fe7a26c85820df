"""``python -m neurosim.models.visual_search.oat paths|train|scores``: makes what is shipped.

paths
    Searches displays with eccNET, whose weights have to be installed, and writes the table.
train
    Learns from the stored paths; the same call goes on with a run that was stopped.
scores
    Prints how the decoder and simple orders do on the displays that were held out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from neurosim.models.visual_search.oat.config import OATConfig
from neurosim.models.visual_search.oat.stored_paths import (
    KINDS,
    STORED,
    make_paths,
    read_paths,
    write_paths,
)

app = typer.Typer(add_completion=False, help=__doc__)


@app.command()
def paths(out: Annotated[Path, typer.Option(help="The table to write")] = STORED) -> None:
    """Search displays with eccNET and write what it fixated."""
    from neurosim.model import load

    command = "python -m neurosim.models.visual_search.oat paths"
    made = list(make_paths(load("visual_search"), KINDS, progress=True))
    typer.echo(write_paths(made, out, command))


@app.command()
def train(
    out: Annotated[Path, typer.Option(help="Folder of the run")],
    steps: Annotated[int | None, typer.Option(help="Updates")] = None,
    seed: Annotated[int, typer.Option(help="Of weights and batches")] = 0,
    minutes: Annotated[float | None, typer.Option(help="Stop after this long")] = None,
    restart: Annotated[bool, typer.Option(help="Begin anew")] = False,
) -> None:
    """Learn from the stored paths."""
    from neurosim.models.visual_search.oat.train import train_oat

    given = {"n_steps": steps, "seed": seed, "minutes": minutes, "restart": restart}
    typer.echo(train_oat(OATConfig(), out, **given, progress=True))


@app.command()
def scores(
    weights: Annotated[str, typer.Option(help="A name, or a file of training")] = "oat",
) -> None:
    """Score on the displays that were held out."""
    from neurosim.models.visual_search.oat.scores import score_table
    from neurosim.models.visual_search.oat.searcher import OATSearcher

    network = OATSearcher(OATConfig(weights=weights)).network
    table = score_table(network, read_paths("test"), read_paths("train"))
    typer.echo(table.round(3).to_string(index=False))


if __name__ == "__main__":
    app()
