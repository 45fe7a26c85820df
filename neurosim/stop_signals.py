"""Let a loop end its step before Ctrl-C or SIGTERM ends the program."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_signals() -> Iterator[list[str]]:
    """Gather Ctrl-C and SIGTERM in a list; a second one has its usual effect.

    Examples
    --------
    >>> with stop_signals() as asked:
    ...     signal.raise_signal(signal.SIGTERM)
    >>> asked
    ['SIGTERM']
    """
    asked: list[str] = []
    if threading.current_thread() is not threading.main_thread():
        yield asked  # only the main thread may set handlers
        return
    kept = {}

    def note(number: int, frame: object) -> None:
        asked.append(signal.Signals(number).name)
        signal.signal(number, kept[number])

    for number in (signal.SIGINT, signal.SIGTERM):
        kept[number] = signal.signal(number, note)
    try:
        yield asked
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
