"""The command line: `bookpost COMMAND`, a file per command, each loaded when it is called.

A BookpostError ends as its message, hint and exit code; a traceback is always a bug.
"""

import sys
from importlib import import_module
from typing import Any

import click

from bookpost.errors import BookpostError, PayloadError

_COMMANDS = {
    "init": "set up an account and an e-reader",
    "convert": "articles and pages → EPUB, PDF or normalized article",
    "send": "convert and hand to an e-reader",
    "worker": "work the queue for good",
    "queue": "what waits, what was sent, what happened to it",
    "pause": "give an account or a destination a rest",
    "resume": "go on after a pause",
    "check": "will an e-reader take this EPUB or PDF?",
    "schema": "the normalized article as JSON Schema",
    "devices": "the e-reader profiles",
    "config": "the configuration in force",
    "doctor": "what this installation has, and what is missing",
}


class _LazyGroup(click.Group):
    """Lists its commands without importing them, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command = import_module(f"bookpost.service.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], _COMMANDS, 1)
            raise click.UsageError(f"no command `{args[0]}`" + (f"; did you mean `{near[0]}`?" if near else ""), ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BookpostError as error:
            report(error)
            ctx.exit(error.exit_code)


def report(error: BookpostError) -> None:
    """The error for the person who must act, on standard error."""
    click.echo(f"error: {error.message}", err=True)
    for path, problem in error.problems if isinstance(error, PayloadError) else ():
        click.echo(f"  {path}: {problem}", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from bookpost import __version__

        click.echo(f"bookpost {__version__}")
        ctx.exit()


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_print_version, help="Show the version and exit.")
def cli() -> None:
    """Put what you want to read onto your e-reader.

    \b
    bookpost convert page.html --format epub,pdf
    bookpost send page.html --to kindle
    """


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        cli(prog_name="bookpost")
    except BrokenPipeError:
        # The reader of our output has gone (`bookpost … | head`): nothing to say and no one to say it to.
        sys.stderr.close()
        sys.exit(141)
