"""A reader that may take minutes says after each page that it is at work, so that it isn't taken for one that hangs."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

_listener: ContextVar[Callable[[], None]] = ContextVar("_listener", default=lambda: None)


def beat() -> None:
    """A page, or another piece of work of some seconds at the most, is done."""
    _listener.get()()


def listen(listener: Callable[[], None]) -> None:
    """Have `listener` called at every beat from now on."""
    _listener.set(listener)
