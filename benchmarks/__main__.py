"""``python -m benchmarks [NAME ...] [--json]``: compare this library with its peers."""

import argparse
import json
import sys
from typing import Any

from .harness import find_rows, note, print_memory, run_row


def _table(results: list[dict[str, Any]]) -> None:
    """Print the results for people."""
    from rich.console import Console
    from rich.table import Table

    def number(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    table = Table(
        title="CPU seconds on one thread, medians; MB of peak growth; ratio = peer / ours"
    )
    table.add_column("row", no_wrap=True)
    for heading in ("ours s", "peer s", "ratio", "ours MB", "peer MB", "parity"):
        table.add_column(heading, justify="right", no_wrap=True)
    for r in results:
        table.add_row(
            r["name"],
            number(r["ours_s"], ".4f"),
            number(r["peer_s"], ".4f"),
            number(r["ratio"], ".1f"),
            number(r["ours_mb"], ".0f"),
            number(r["peer_mb"], ".0f"),
            number(r["parity"], ".1e"),
        )
    console = Console()
    console.print(table)
    for r in results:
        console.print(f"{r['name']}: {r['what']}; peer: {r['peer']}", markup=False)


def main(arguments: list[str] | None = None) -> int:
    """Run the named rows, or all that are quick; the exit status is 2 for an unknown name."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="rows to run; none runs all but those that end in _large and take minutes",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    parser.add_argument("--memory", choices=("ours", "peer"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    rows = find_rows()
    unknown = [name for name in options.names if name not in rows]
    if unknown:
        note(
            f"benchmarks: NAME={unknown[0]!r} is not known; expected one of {', '.join(rows)}. "
            "Choose from these, or none for all."
        )
        return 2
    quick = [name for name in rows if not name.endswith("_large")]
    chosen = [rows[name] for name in options.names or quick]
    if options.memory:
        print_memory(chosen[0], options.memory)
        return 0
    results = []
    for number, entry in enumerate(chosen, start=1):
        note(f"[{number}/{len(chosen)}] {entry.name}: {entry.what}")
        results.append(run_row(entry))
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        _table(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
