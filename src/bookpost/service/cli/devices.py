"""`bookpost devices`: the e-reader profiles, shipped and the user's own."""

from dataclasses import asdict
from pathlib import Path

import click

from bookpost.device import Device, shipped_devices
from bookpost.service.app import App
from bookpost.service.cli.common import as_json, config_option


@click.command("devices")
@click.option("--json", "json_", is_flag=True, help="As JSON.")
@config_option
def command(json_: bool, config: Path | None) -> None:
    """List the e-readers that books can be made for."""
    devices = {**shipped_devices(), **App.start(config).own_devices}
    if json_:
        as_json([asdict(device) for device in devices.values()])
        return
    width = max(map(len, devices))
    for device in devices.values():
        click.echo(f"{device.name:<{width}}  {_facts(device)}")


def _facts(device: Device) -> str:
    shade = "colour" if device.colour else "grey"
    limit = f", ≤ {device.max_bytes // 1_000_000} MB" if device.max_bytes else ""
    return f"{device.label}: {device.width} × {device.height} at {device.dpi} dpi, {shade}, {' '.join(device.formats)}{limit}"
