"""The delivery log: one line an attempt, for its owner, whatever a server says; it can be rotated."""

import logging
from pathlib import Path

import pytest

from bookpost.errors import ConfigError
from bookpost.service.log import DELIVERY, close_delivery_log, open_delivery_log


def test_a_line_stays_a_line_and_is_in_no_other_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "logs" / "delivery.log"
    handler = open_delivery_log(path)
    try:
        logging.getLogger(DELIVERY).info("refused: %s", "550 no\r\n2026-01-01T00:00:00Z forged\u2028line")
        path.rename(tmp_path / "old.log")
        logging.getLogger(DELIVERY).info("accepted")
    finally:
        close_delivery_log(handler)
    [line] = (tmp_path / "old.log").read_text().splitlines()
    assert line.endswith("Z refused: 550 no  2026-01-01T00:00:00Z forged line")
    assert path.read_text().endswith("Z accepted\n"), "after logrotate a new file is begun"
    assert (tmp_path / "old.log").stat().st_mode & 0o077 == 0
    assert not caplog.records


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot write the delivery log"):
        open_delivery_log(tmp_path / "file" / "delivery.log")
