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
from bookpost.service.providers import Provider, providers

_PROVIDERS_HEAD = """\
# Mail providers

What `preset = "NAME"` in an account fills in; every key can be set beside it. The limits are the providers' own figures, or cautious
guesses.
*Tried: no* means that nobody of this project has logged in there: the values are from the providers' help pages.

| Preset | Provider | Server | Password | A message, a rate | Tried | Note |
|---|---|---|---|---|---|---|
"""
_PASSWORDS = {"account": "the usual one", "app": "an app password", "key": "an SMTP credential", "none": "none: OAuth 2 only"}
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
    return {
        REFERENCE / "cli.md": _command_line(),
        REFERENCE / "errors.md": _errors(),
        REFERENCE / "article.md": article_page(),
        REFERENCE / "providers.md": _providers(),
    }


def _command_line() -> str:
    context = click.Context(cli, info_name="bookpost", terminal_width=_WIDTH, max_content_width=_WIDTH)
    parts = ["# The command line", "", "Generated from `--help`.", "", *_help(cli, context)]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command
        own = click.Context(command, info_name=name, parent=context, terminal_width=_WIDTH)
        parts += [f"## bookpost {name}", "", *_help(command, own)]
        for inner, sub in (command.commands if isinstance(command, click.Group) else {}).items():
            parts += [
                f"### bookpost {name} {inner}",
                "",
                *_help(sub, click.Context(sub, info_name=inner, parent=own, terminal_width=_WIDTH)),
            ]
    return "\n".join(parts)


def _help(command: click.Command, context: click.Context) -> list[str]:
    return ["```text", command.get_help(context), "```", ""]


def _errors() -> str:
    """Every error, wherever it is declared: a class is known to its base only when its module has been loaded."""
    for module in walk_packages(bookpost.__path__, "bookpost."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    return _ERRORS_HEAD + "".join(map(_row, _tree(BookpostError))) + _ERRORS_FOOT


def _providers() -> str:
    return _PROVIDERS_HEAD + "".join(map(_provider, providers().values()))


def _provider(provider: Provider) -> str:
    size, rates = f"{provider.size_limit / 1_000_000:.1f} MB", f"{provider.per_minute} a minute, {provider.per_day} a day"
    server = f"`{provider.host}`:{provider.port} ({provider.tls})"
    tried = "yes" if provider.tried else "no"
    cells = (f"`{provider.name}`", provider.label, server, _PASSWORDS[provider.password], f"{size}, {rates}", tried, provider.note)
    return f"| {' | '.join(cells)} |\n"


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
