"""`bookpost schema`: the normalized article as JSON Schema."""

import click

from bookpost.service.cli.common import as_json


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of the normalized article."""
    from bookpost.ingest.payload import json_schema

    as_json(json_schema())
