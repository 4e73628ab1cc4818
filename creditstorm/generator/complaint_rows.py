"""Complaints as rows, kept until they are flushed beside the answers."""

from dataclasses import dataclass, field

from creditstorm.demand.complaining import Complaint
from creditstorm.generator.recorder import Row, RowWriter


@dataclass
class ComplaintRows:
    """A row for each complaint of a worker's people; without a writer nothing is kept."""

    worker: int
    writer: RowWriter | None = None
    _waiting: list[Row] = field(default_factory=list)

    def add(self, complaint: Complaint) -> None:
        """It is made now."""
        if self.writer is not None:
            self._waiting.append((*complaint, self.worker))

    def flush(self) -> None:
        """Write the rows so far."""
        rows, self._waiting = self._waiting, []
        if rows and self.writer is not None:
            self.writer.write(rows)

    def close(self) -> None:
        """Write what is left and end the stream."""
        self.flush()
        if self.writer is not None:
            self.writer.close()
