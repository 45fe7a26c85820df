"""The ``neurosim`` command: list, run, score, fit, train, weights, stimulus, report."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from neurosim.weights_command import weights_app

app = typer.Typer(
    name="neurosim",
    help="Show a stimulus to a brain model, and hold what it does against the brain.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(weights_app, name="weights")
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
Seed = Annotated[int, typer.Option(help="Seed of every random draw.")]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Show the models, experiments, data sets and stimuli."""
    from neurosim.catalogue import catalogue

    found = catalogue()
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for kind, rows in found.items():
        table = Table(title=kind, title_justify="left", title_style="bold", expand=True)
        columns = list(rows[0])
        for column in columns[:-2]:
            table.add_column(column, no_wrap=True)
        for column in columns[-2:]:  # sentences
            table.add_column(column, ratio=1)
        for row in rows:
            table.add_row(*(str(value) for value in row.values()))
        console.print(table)


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="An experiment; see `neurosim list`.")],
    model: Annotated[str | None, typer.Option(help="Model; default the experiment's own.")] = None,
    effort: Annotated[str, typer.Option(help="quick or full.")] = "quick",
    seed: Seed = 0,
    figure: Annotated[Path | None, typer.Option(help="Write the figure to this .png.")] = None,
    as_json: Json = False,
) -> None:
    """Run an experiment and print its checks. A check that fails gives exit code 1."""
    import neurosim
    from neurosim.report.pictures import check_png_name, save_figure

    if figure is not None:
        check_png_name(figure)
    result = neurosim.run(name, model=model, effort=effort, seed=seed)
    if figure is not None:
        save_figure(result.figure(), figure)
    if as_json:
        typer.echo(json.dumps(result.record(), indent=2))
    else:
        _print_checks(result)
    if not result.holds:
        raise typer.Exit(1)


def _print_checks(result: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    title = f"{result.title}, {result.seconds:.1f} s"
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in ("claim", "measured", "bound", "", "source"):
        table.add_column(column)
    for check in result.checks:
        table.add_row(check.claim, f"{check.value:.3g}", check.bound, check.verdict, check.source)
    console = Console()
    console.print(table)
    if result.note:
        console.print(result.note, style="italic")


@app.command()
def score(
    model: Annotated[str, typer.Argument(help="A model; see `neurosim list`.")],
    dataset: Annotated[str, typer.Argument(help="A data set; see `neurosim list`.")],
    metric: Annotated[str, typer.Option(help="pls ridge ridgecv neuron_to_neuron rdm cka")] = "pls",
    layer: Annotated[list[str] | None, typer.Option(help="Layer; repeat for several.")] = None,
    preset: Annotated[str | None, typer.Option(help="Preset of the model.")] = None,
    region: Annotated[str | None, typer.Option(help="Region of the data set.")] = None,
    control: Annotated[
        bool, typer.Option("--control", help="Add rows with the stimuli shuffled.")
    ] = False,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Score a model's layers against a recording."""
    import neurosim

    table = neurosim.score(
        neurosim.load(model, preset=preset),
        dataset,
        layers=layer or None,
        metric=metric,
        region=region,
        control=control,
        seed=seed,
        progress=sys.stderr.isatty(),
    )
    if as_json:
        typer.echo(json.dumps(table.records(), indent=2))
        return
    _print_scores(table.records(), table.seconds, table.notes)


def _print_scores(rows: list[dict[str, Any]], seconds: float, notes: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    first = rows[0]
    title = f"{first['model']} on {first['dataset']} {first['region']}, {first['metric']}"
    printed = Table(title=f"{title}, {seconds:.1f} s", title_justify="left", title_style="bold")
    columns = ("layer", "raw", "ceiling", "ceiled", "error", "n_units", "n_stimuli", "control")
    for column in columns:
        printed.add_column(column, no_wrap=True)
    for row in rows:
        printed.add_row(*(_cell(row[column]) for column in columns))
    console = Console()
    console.print(printed)
    for note in notes:
        console.print(note, style="italic")


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


@app.command()
def fit(
    features: Annotated[Path, typer.Argument(help=".npy or .zarr of samples x features.")],
    responses: Annotated[Path, typer.Argument(help=".npy, .zarr, or .nii.gz with --mask.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of results.")] = Path(
        "fit"
    ),
    estimator: Annotated[str, typer.Option(help="ridge kernel pls neuron_to_neuron")] = "ridge",
    runs: Annotated[Path | None, typer.Option(help=".npy of each sample's run.")] = None,
    cv: Annotated[int, typer.Option(help="Number of folds, where there are no runs.")] = 5,
    mask: Annotated[Path | None, typer.Option(help="NIfTI mask of zeros and ones.")] = None,
    coef: Annotated[bool, typer.Option("--coef", help="Keep coefficients.")] = False,
    max_memory: Annotated[float, typer.Option(help="Gigabytes for the targets of a chunk.")] = 1.0,
    compute: Annotated[str, typer.Option(help="local, or dask: on worker processes.")] = "local",
    scheduler: Annotated[
        str | None, typer.Option(help="Dask's address or .json file; default: one is started.")
    ] = None,
    store: Annotated[str, typer.Option(help="Kind of results: npy zarr")] = "npy",
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew instead of going on.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fit responses from features in chunks; the same command goes on after a kill."""
    from neurosim.fit_command import fit_files

    summary = fit_files(
        features,
        responses,
        output,
        estimator=estimator,
        runs=runs,
        cv=cv,
        mask=mask,
        coef=coef,
        max_memory=max_memory,
        resume=not restart,
        compute=compute,
        scheduler=scheduler,
        store=store,
        progress=sys.stderr.isatty(),
    )
    if as_json:
        typer.echo(json.dumps(summary))
        return
    typer.echo(
        f"{summary['folder']}: {summary['n_features']} features -> {summary['n_targets']} targets, "
        f"{summary['n_samples']} samples, median r {summary['median_r']:.3f}"
    )


@app.command()
def train(
    model: Annotated[str, typer.Argument(help="A model; see `neurosim list`.")],
    preset: Annotated[str | None, typer.Option(help="Preset of the model.")] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Updates; default the model's own.")
    ] = None,
    seed: Seed = 0,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder; default training/MODEL.")
    ] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop after this long.")] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew instead of going on.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Train a model; the same command goes on after a kill.

    Exit code 1 says that training is not finished, 130 and 143 that Ctrl-C or SIGTERM stopped it.
    """
    from neurosim.train_command import exit_code, sentence, train_model
    from neurosim.training import TrainingDiverged

    try:
        summary = train_model(
            model,
            output or Path("training") / model,
            preset=preset,
            n_steps=steps,
            seed=seed,
            minutes=minutes,
            restart=restart,
            progress=sys.stderr.isatty(),
        )
    except TrainingDiverged as error:
        _refused(str(error))
        raise typer.Exit(1) from error
    typer.echo(json.dumps(summary) if as_json else sentence(summary))
    raise typer.Exit(exit_code(summary))


@app.command()
def stimulus(
    name: Annotated[str, typer.Argument(help="A stimulus; see `neurosim list`.")],
    output: Annotated[Path, typer.Option("-o", "--output", help=".npz .zarr .png .gif or .mp4")],
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="parameter=value, JSON; repeat for several.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed; drawn and recorded if left out.")] = None,
    as_json: Json = False,
) -> None:
    """Make a stimulus and write it to a file."""
    import stimuli

    params = dict(_setting(text) for text in setting or ())
    if seed is not None:
        params["seed"] = seed
    made = stimuli.stream(name, **params)  # drawn piece by piece, however long it is
    made.save(output, progress=sys.stderr.isatty())
    if as_json:
        typer.echo(json.dumps({"path": str(output), "params": made.params}))
    else:
        typer.echo(f"{output}: {made!r}")


def _setting(text: str) -> tuple[str, Any]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise ValueError(
            f"stimulus: --set={text!r} has no value; expected parameter=value. "
            "Write for instance --set sf=2."
        )
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value


@app.command()
def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the page.")] = Path(
        "report"
    ),
    effort: Annotated[str, typer.Option(help="quick or full.")] = "quick",
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    """Run every experiment and score, and write one page that holds it all."""
    from neurosim.report import write_report

    path = write_report(output, effort=effort, seed=seed, progress=not as_json)
    typer.echo(json.dumps({"path": str(path)}) if as_json else str(path))


def main(arguments: list[str] | None = None) -> int:
    """Run the command; bad usage prints one line and returns 2."""
    try:
        result = app(args=arguments, standalone_mode=False)
    except (ValueError, TypeError, OSError, ImportError) as error:
        return _refused(str(error))
    except Exception as error:
        if hasattr(error, "format_message"):  # a usage error of the command line itself
            return _refused(error.format_message())
        raise
    return result if isinstance(result, int) else 0


def _refused(text: str) -> int:
    print("neurosim: " + " ".join(text.split()), file=sys.stderr)
    return 2


def entry_point() -> None:
    """Run as a program."""
    sys.exit(main())
