"""A Python process of ours that answers on its standard output what it is asked on its standard input.

The module search path is this process's own, so that the same modules are met; -P keeps the folder that the user works
in, and ingests from, off it. In a session of its own Ctrl-C does not reach it: it ends when its input closes.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import IO

_STOP_SECONDS = 5


class Child:
    """Raises OSError where it can't be started."""

    def __init__(self, program: str, environment: Mapping[str, str], arguments: Sequence[str] = ()) -> None:
        """`program` is what `python -c` runs; `environment` adds to this process's own."""
        own = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), **environment}
        command = [sys.executable, "-P", "-c", program, *arguments]
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and program)
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=own, start_new_session=True
        )

    @property
    def input(self) -> IO[bytes]:
        assert self._process.stdin
        return self._process.stdin

    @property
    def output(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout

    def wait(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self._process.wait()

    def stop(self) -> None:
        """Close its input, upon which it ends, and what it started with it; kill it where it doesn't."""
        with contextlib.suppress(OSError):
            self.input.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.output.close()
