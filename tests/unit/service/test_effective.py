"""`config show` names every key and where its value came from, and tells no secret; odd settings are pointed at."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.service.advice import advice, open_secrets
from bookpost.service.effective import Entry, effective
from bookpost.service.layers import read_layers
from bookpost.service.settings import settings_from
from bookpost.service.toml import toml_key, toml_value
from unit.service.test_settings import write

TEXT = """
[accounts.mine]
preset = "gmail"
sender = "me@gmail.com"
username = "me@gmail.com"
password = "hunter22"
client_secret = "hush-hush"
[accounts.mine.mailbox]
host = "imap.gmail.com"
password = "hunter33"
authserv_id = "mx.google.com"
[destinations.kindle]
account = "mine"
address = "me_1@kindle.com"
[devices.big]
label = "Big"
vendor = "any"
width = 800
height = 1000
dpi = 200
"""


def entries(folder: Path, text: str = TEXT, **environ: str) -> dict[str, Entry]:
    layers = read_layers(write(folder, text), environ)
    return {".".join(entry.place): entry for entry in effective(settings_from(layers), layers)}


def test_each_value_says_where_it_came_from(tmp_path: Path) -> None:
    shown = entries(tmp_path, BOOKPOST_CONVERT__LANGUAGE="de")
    assert shown["accounts.mine.sender"].origin == "file"
    assert shown["accounts.mine.host"] == Entry(("accounts", "mine", "host"), "smtp.gmail.com", "preset gmail")
    assert shown["convert.language"].origin == "BOOKPOST_CONVERT__LANGUAGE"
    assert shown["convert.device"].origin == "default"
    assert shown["devices.big.width"].value == 800
    assert shown["library.folder"].value, "the folder that is used, although nobody named one"


def test_no_secret_is_shown(tmp_path: Path) -> None:
    said = repr(entries(tmp_path, BOOKPOST_ACCOUNTS__MINE__CLIENT_SECRET="from-outside"))
    for secret in ("hunter22", "hunter33", "hush-hush", "from-outside"):
        assert secret not in said
    assert "•••" in said


def test_a_kindle_on_a_domain_that_is_not_amazons_is_pointed_at(tmp_path: Path) -> None:
    text = TEXT.replace("me_1@kindle.com", "me_1@kindel.com")
    [said] = advice(settings_from(read_layers(write(tmp_path, text), {})))
    assert "kindel.com is not a domain of Send to Kindle" in str(said)
    assert not advice(settings_from(read_layers(write(tmp_path, TEXT), {})))


def test_a_login_that_cannot_work_is_pointed_at(tmp_path: Path) -> None:
    text = '[accounts.a]\npreset = "outlook"\nauth = "password"\nsender = "me@outlook.com"\nusername = "me"'
    said = " ".join(map(str, advice(settings_from(read_layers(write(tmp_path, text), {})))))
    assert "takes no password" in said
    assert "no password; set `password_file`" in said


def test_a_password_in_a_file_that_others_can_read_is_pointed_at(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT)
    layers = read_layers(path, {})
    assert {said.place for said in open_secrets(settings_from(layers), layers)} == {"account `mine`"}
    path.chmod(0o600)
    assert not open_secrets(settings_from(layers), layers)


@given(st.text(st.characters(codec="utf-8")) | st.integers() | st.booleans() | st.lists(st.text(st.characters(codec="utf-8"))))
def test_what_is_written_reads_back(value: object) -> None:
    read = tomllib.loads(f"{toml_key('ä key')} = {toml_value(value)}")["ä key"]
    assert read == value


def test_what_has_no_toml_is_refused() -> None:
    with pytest.raises(TypeError):
        toml_value(None)
