"""The service's log as one JSON object a line, for those who collect logs.

Standard library only.
"""

from datetime import UTC, datetime
import json
import logging


class JsonFormatter(logging.Formatter):
    """Writes time (UTC), level, logger and message, and a traceback if there is one."""

    # typing.override came with Python 3.12 only.
    def format(self, record: logging.LogRecord) -> str:  # type: ignore[explicit-override]
        """Return a record as a line."""
        line: dict[str, str] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
