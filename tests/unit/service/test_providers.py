"""Presets: an account names its provider and says only what is different."""

from pathlib import Path

import pytest

from bookpost.errors import ConfigError
from bookpost.service.providers import provider_of, providers
from bookpost.service.settings import AccountSettings, Settings, load_settings
from unit.service.test_settings import write


@pytest.mark.parametrize("name", providers())
def test_every_preset_is_secure_has_limits_and_says_whether_it_was_tried(name: str) -> None:
    provider = providers()[name]
    assert (provider.tls, provider.port) in (("implicit", 465), ("starttls", 587))
    assert provider.size_limit > 5_000_000
    assert provider.note
    assert provider.tried is False, "say who tried it, and when, in providers.toml"
    if provider.password == "none":
        assert provider.token_url


def account(folder: Path, text: str) -> AccountSettings:
    return load_settings(write(folder, "[accounts.mine]\n" + text), environ={}).accounts["mine"]


def test_a_preset_fills_in_what_the_account_does_not_say(tmp_path: Path) -> None:
    mine = account(tmp_path, 'preset = "gmail"\nsender = "me@gmail.com"\nper_day = 2000')
    assert (mine.host, mine.port, mine.tls, mine.per_day) == ("smtp.gmail.com", 465, "implicit", 2000)


def test_a_wrong_preset_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"accounts\.mine.*no preset `gmial`, did you mean `gmail`"):
        account(tmp_path, 'preset = "gmial"\nsender = "me@gmail.com"')


def test_outlook_logs_in_by_oauth_and_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="needs `username` and `client_id` and `token_file`"):
        account(tmp_path, 'preset = "outlook"\nsender = "me@outlook.com"')
    text = 'preset = "outlook"\nsender = "me@outlook.com"\nusername = "me@outlook.com"\nclient_id = "c"\ntoken_file = "t"'
    made = account(tmp_path, text).account("mine")
    assert made.password is None
    assert made.oauth
    assert made.oauth.scope == "https://outlook.office.com/SMTP.Send offline_access"


def test_tokens_are_asked_for_over_https_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must be https"):
        account(tmp_path, 'preset = "gmail"\nsender = "me@gmail.com"\ntoken_url = "http://example.org/token"')


def test_an_address_tells_its_provider() -> None:
    found = provider_of("me@GMX.de")
    assert found
    assert found.name == "gmx"
    assert provider_of("me@example.org") is None


def test_a_password_from_the_environment_is_text_whatever_it_looks_like_and_goes_before_a_file(tmp_path: Path) -> None:
    text = '[accounts.my-mail]\npreset = "gmx"\nsender = "me@gmx.de"\nusername = "me"\npassword_file = "/nowhere"'
    settings: Settings = load_settings(write(tmp_path, text), environ={"BOOKPOST_ACCOUNTS__MY_MAIL__PASSWORD": "0123"})
    assert settings.accounts["my-mail"].account("my-mail").password == "0123"


def test_a_variable_that_takes_a_value_for_a_section_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="BOOKPOST_CONVERT__DEVICE__X"):
        load_settings(write(tmp_path, '[convert]\ndevice = "kobo"'), environ={"BOOKPOST_CONVERT__DEVICE__X": "1"})
