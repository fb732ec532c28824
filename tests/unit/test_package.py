"""What the package promises as a whole: its public names, its quick start, its documented settings."""

import re
import subprocess
import sys
import tomllib
from importlib import import_module

import pytest
from pydantic import BaseModel

import bookpost
from bookpost.resources import resource

HEAVY = ("pydantic", "sqlalchemy", "weasyprint", "fastapi", "httpx2", "PIL", "lxml", "jinja2", "ebooklib")


@pytest.mark.parametrize("name", bookpost.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(bookpost, name) is not None


def test_a_wrong_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_like_this"):
        _ = bookpost.nothing_like_this


def test_help_loads_nothing_heavy() -> None:
    """`bookpost --help` answers at once: none of the libraries that a conversion needs is loaded for it."""
    code = (
        "import sys; sys.argv = ['bookpost', '--help']\n"
        "from bookpost.__main__ import main\n"
        "try: main()\n"
        f"except SystemExit: print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[-1] == "[]"
    assert "convert" in printed


def test_convert_is_a_function_even_after_its_package_was_imported() -> None:
    import_module("bookpost.convert.book")
    assert callable(bookpost.convert)


def test_every_setting_is_in_the_example_configuration() -> None:
    """A user finds every key, commented or not, in the example file."""
    from bookpost.service import settings as sections
    from bookpost.service.settings import Settings

    text = resource("config.example.toml").read_text("utf-8")
    models: dict[str, type[BaseModel]] = {
        "convert": sections.ConvertSettings,
        "library": sections.LibrarySettings,
        "notify": sections.NotifySettings,
        "log": sections.LogSettings,
        "accounts": sections.AccountSettings,
        "accounts.mine.mailbox": sections.MailboxSettings,
        "destinations": sections.DestinationSettings,
    }
    for section, model in models.items():
        part = re.split(rf"\n(?:# )?\[{section}", text)[1].split("\n[")[0].split("\n# [")[0]
        for key in model.model_fields:
            shown = (f"\n{key} =", f"\n# {key} =") if f"{section}.mine.{key}" not in models else (f"[{section}.mine.{key}]",)
            assert any(each in (part if "=" in each else text) for each in shown), f"{section}.{key}"
    assert Settings.model_validate(tomllib.loads(text)) == Settings(), "the example holds the defaults"
