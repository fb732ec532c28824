"""Builds what a command needs from the settings, once, and hands it down. No globals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from bookpost.convert.make import Making, Paper
from bookpost.device import Device, find_device
from bookpost.mail.courier import Courier
from bookpost.mail.folder import FolderCourier
from bookpost.service.settings import DestinationSettings, Settings, load_settings


@dataclass(frozen=True)
class App:
    """The settings and the moment the command began; everything is made from these two."""

    settings: Settings
    now: datetime

    @classmethod
    def start(cls, config: Path | None) -> "App":
        """From the configuration file, the environment and the clock; raises ConfigError."""
        return cls(load_settings(config), datetime.now().astimezone())

    @property
    def today(self) -> date:
        """The reader's own day."""
        return self.now.date()

    @cached_property
    def own_devices(self) -> dict[str, Device]:
        """The user's own e-reader profiles."""
        return self.settings.own_devices()

    def making(self, *, device: str | None, paper: Paper | None, templates: Path | None) -> Making:
        """How to make a book: what the command says, else what the settings say."""
        return Making(
            device=find_device(device or self.settings.convert.device, self.own_devices),
            paper=paper,
            templates=templates or self.settings.convert.templates,
        )

    def courier(self, name: str, destination: DestinationSettings) -> Courier:
        """What carries to this destination."""
        folder = destination.folder or self.settings.data_folder / "outbox" / name
        return FolderCourier(folder.expanduser())

    def destinations(self, names: Sequence[str]) -> list[tuple[str, DestinationSettings]]:
        """The destinations with these names, in this order; raises ConfigError for one that is not configured."""
        return [(name, self.settings.destination(name)) for name in dict.fromkeys(names)]
