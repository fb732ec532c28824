"""Where what is logged goes: the delivery log, one line an attempt, apart from everything else."""

import logging
import os
import time
from logging.handlers import WatchedFileHandler
from pathlib import Path

from bookpost.errors import ConfigError

DELIVERY = "bookpost.delivery"
_LINE_BREAKS = dict.fromkeys((*range(32), 0x7F, 0x85, 0x2028, 0x2029), " ")


class _OneLine(logging.Formatter):
    """Whatever a server answered, it is one line; times are UTC."""

    converter = staticmethod(time.gmtime)

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).translate(_LINE_BREAKS)


def open_delivery_log(path: Path) -> logging.Handler:
    """Write the delivery log to this file, which is made for its owner only, and nowhere else; raises ConfigError.

    When the file is renamed or removed, as logrotate does, the next line begins a new one.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
        handler = WatchedFileHandler(path, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot write the delivery log {path}: {error.strerror}", hint="see [log] in the configuration") from error
    handler.setFormatter(_OneLine("%(asctime)s %(message)s", "%Y-%m-%dT%H:%M:%SZ"))
    logger = logging.getLogger(DELIVERY)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return handler


def close_delivery_log(handler: logging.Handler) -> None:
    """End what `open_delivery_log` began."""
    logger = logging.getLogger(DELIVERY)
    logger.removeHandler(handler)
    logger.propagate = True
    handler.close()
