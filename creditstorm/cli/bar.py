"""How far something is: a bar on a terminal, gone once it is over, and plain lines where there is none."""

from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn

LINE_EVERY_S: Final = 10.0


class Bar:
    """Drawn inside of its block, between what stands `before` it and `after` it."""

    def __init__(
        self,
        console: Console,
        before: str,
        *after: str | ProgressColumn,
        what: str = "",
        total: float | None = None,
        first_line_s: float = 0.0,
    ) -> None:
        self._console = console
        self._next_line_s = first_line_s
        columns = (before, BarColumn(bar_width=30), *after)
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task(what, total=total, counts="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def say(self, line: str) -> None:
        """A line of its own, above the bar."""
        self._console.print(line, markup=False, soft_wrap=True)

    def say_now_and_then(self, now_s: float, line: str) -> None:
        """A line for who sees no bar, where the last such line is long enough ago."""
        if not self._console.is_terminal and now_s >= self._next_line_s:
            self._next_line_s = now_s + LINE_EVERY_S
            self.say(line)
