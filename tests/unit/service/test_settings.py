"""Settings: what is wrong is said with its name and the nearest right one."""

from pathlib import Path

import pytest

from bookpost.errors import ConfigError
from bookpost.service.settings import load_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_everything_has_a_default(tmp_path: Path) -> None:
    settings = load_settings(environ={"XDG_CONFIG_HOME": str(tmp_path)})
    assert settings.convert.device == "kindle"
    assert settings.destination("outbox").formats == ("epub",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[convert]\ndevcie = "kobo"', "`convert.devcie`: unknown key, did you mean `device`?"),
        ("[convert]\ndevice = 3", "`convert.device`"),
        ('[destinations.kindle]\nformats = ["mobi"]', "`destinations.kindle.formats.0`"),
        ("[convert", "not valid TOML"),
        ('[devices.mine]\nlabel = "Mine"', "device `mine`"),
        ("[devices.mine]\ncolor = true", "unknown key `color`"),
    ],
)
def test_a_wrong_key_or_value_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(write(tmp_path, text), environ={})
    assert said in caught.value.message


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        load_settings(tmp_path / "none.toml", environ={})


def test_the_environment_overrides_one_key(tmp_path: Path) -> None:
    path = write(tmp_path, '[convert]\ndevice = "kobo"\nlanguage = "de"')
    settings = load_settings(path, environ={"BOOKPOST_CONVERT__DEVICE": "boox", "BOOKPOST_DESTINATIONS__DAD__FORMATS": '["pdf"]'})
    assert settings.convert.device == "boox"
    assert settings.convert.language == "de"
    assert settings.destination("dad").formats == ("pdf",)


def test_an_unknown_destination_names_the_nearest(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "[destinations.kindle]"), environ={})
    with pytest.raises(ConfigError) as caught:
        settings.destination("kindel")
    assert caught.value.hint == "did you mean `kindle`?"


def test_a_users_own_device_can_be_made_books_for(tmp_path: Path) -> None:
    text = '[devices.mine]\nlabel = "Mine"\nvendor = "any"\nwidth = 800\nheight = 1000\ndpi = 200'
    assert load_settings(write(tmp_path, text), environ={}).own_devices()["mine"].page_mm == pytest.approx((101.6, 127.0))
