"""`bookpost config`: what is configured, and where each value comes from."""

import os
from pathlib import Path

import click

from bookpost.service.cli.common import as_json, config_option


@click.group("config")
def command() -> None:
    """What is configured."""


@command.command("show")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@config_option
def show(json_: bool, config: Path | None) -> None:
    """Print the whole configuration in force: every key, its value, and where it comes from. Secrets are masked."""
    from bookpost.service.effective import effective
    from bookpost.service.layers import read_layers
    from bookpost.service.settings import settings_from

    layers = read_layers(config, os.environ)
    entries = list(effective(settings_from(layers), layers))
    if json_:
        said = {".".join(entry.place): {"value": entry.value, "from": entry.origin} for entry in entries}
        as_json({"file": str(layers.file) if layers.file else None, "keys": said})
        return
    click.echo(f"# {layers.file or 'no file: the defaults'}")
    section: tuple[str, ...] | None = None
    for entry in entries:
        if entry.place[:-1] != section:
            section = entry.place[:-1]
            click.echo(_head(section))
        click.echo(_line(entry.place[-1], entry.value, entry.origin))


def _head(section: tuple[str, ...]) -> str:
    from bookpost.service.toml import toml_key

    return f"\n[{toml_key(*section)}]" if section else ""


def _line(key: str, value: object, origin: str) -> str:
    from bookpost.service.toml import toml_value

    shown = f"# {key} =" if value is None else f"{key} = {toml_value(value)}"
    return f"{shown:<48} # {origin}"
