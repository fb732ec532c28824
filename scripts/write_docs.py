"""Writes the reference pages that are generated: the command line's help and the tree of errors. `make docs` runs it."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import click

import bookpost
from article_page import article_page
from bookpost.errors import BookpostError
from bookpost.service.cli import cli

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
_WIDTH = 100

_ERRORS_HEAD = """\
# Errors and exit codes

Every failure has a stable code and an exit code (BSD's sysexits.h), and says whether trying again can help.

| Code | Exit | Retry | Means |
|---|---|---|---|
"""
_ERRORS_FOOT = """
Also: 0 all went well; 1 `check --strict` found warnings; 2 the command line itself was wrong; 130 interrupted.
"""


def pages() -> dict[Path, str]:
    """Every generated page: where it lies, and what stands in it."""
    return {REFERENCE / "cli.md": _command_line(), REFERENCE / "errors.md": _errors(), REFERENCE / "article.md": article_page()}


def _command_line() -> str:
    context = click.Context(cli, info_name="bookpost", terminal_width=_WIDTH, max_content_width=_WIDTH)
    parts = ["# The command line", "", "Generated from `--help`.", "", *_help(cli, context)]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command
        parts += [f"## bookpost {name}", "", *_help(command, click.Context(command, info_name=name, parent=context, terminal_width=_WIDTH))]
    return "\n".join(parts)


def _help(command: click.Command, context: click.Context) -> list[str]:
    return ["```text", command.get_help(context), "```", ""]


def _errors() -> str:
    """Every error, wherever it is declared: a class is known to its base only when its module has been loaded."""
    for module in walk_packages(bookpost.__path__, "bookpost."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    return _ERRORS_HEAD + "".join(map(_row, _tree(BookpostError))) + _ERRORS_FOOT


def _row(kind: type[BookpostError]) -> str:
    meaning = (kind.__doc__ or "").splitlines()[0]
    return f"| `{kind.code}` | {kind.exit_code} | {'yes' if kind.retryable else 'no'} | {meaning} |\n"


def _tree(kind: type[BookpostError]) -> Iterator[type[BookpostError]]:
    yield kind
    for child in sorted(kind.__subclasses__(), key=lambda kind: (kind.exit_code, kind.code)):
        yield from _tree(child)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, "utf-8")
        print(path.relative_to(REFERENCE.parents[1]))
