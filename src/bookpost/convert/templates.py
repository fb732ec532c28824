"""The templates: a user's own folder goes before the shipped one, file by file.

What is wrong in a template is a ConfigError that names the file and the line.
"""

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bookpost.errors import ConfigError
from bookpost.resources import resource

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment


def environment(kind: str, user_folder: Path | None = None) -> "Environment":
    """The templates of one kind of file (`epub`, `pdf`); those in `user_folder`/`kind` replace shipped ones of the same name.

    Raises ConfigError when the user's folder is not there.
    """
    if user_folder and not user_folder.is_dir():
        raise ConfigError(
            f"no folder of templates at `{user_folder}`", hint="it holds `epub/` or `pdf/` with files named as the shipped ones"
        )
    return _environment(kind, user_folder)


@lru_cache(maxsize=16)
def _environment(kind: str, user_folder: Path | None) -> "Environment":
    """Kept because making it takes longer than a small book; jinja sees by itself when a file has changed."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folders = [user_folder / kind] if user_folder else []
    return Environment(
        loader=FileSystemLoader([*folders, resource("templates") / kind]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=None if user_folder else _compiled(),
    )


def _compiled() -> "BytecodeCache | None":
    """Where compiled templates are kept from one start to the next, as Python does with its own: 20 ms of a cold start."""
    from jinja2 import FileSystemBytecodeCache

    folder = resource("templates") / "__pycache__"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    return FileSystemBytecodeCache(str(folder)) if os.access(folder, os.W_OK) else None


def render(environment: "Environment", name: str, **values: Any) -> str:
    """The template filled in. A user's own may fail in any way that Python has: it is a ConfigError."""
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

    try:
        return environment.get_template(name).render(values)
    except TemplateNotFound as error:
        raise ConfigError(f"no template `{error}`", hint="its name is that of a shipped file") from error
    except TemplateSyntaxError as error:
        raise ConfigError(f"template `{error.name or name}`, line {error.lineno}: {error.message}", hint="see Jinja's syntax") from error
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise ConfigError(f"template `{name}`: {error}", hint="`docs/how-to/own-templates.md` lists what a template is given") from error


def source(environment: "Environment", name: str) -> str | None:
    """A file beside the templates as it is, for instance a style sheet; None when there is none."""
    from jinja2 import TemplateNotFound

    assert environment.loader
    try:
        return environment.loader.get_source(environment, name)[0]
    except TemplateNotFound:
        return None
    except UnicodeDecodeError as error:
        raise ConfigError(f"`{name}` is not UTF-8", hint="save it as UTF-8") from error
