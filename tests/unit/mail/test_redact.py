"""Secrets are taken out of whatever form a server may echo them in."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookpost.mail.redact import MASK, redact


@given(st.text(min_size=6), st.emails())
def test_no_way_of_logging_in_shows_the_secret(secret: str, user: str) -> None:
    plain = base64.b64encode(f"\0{user}\0{secret}".encode()).decode()
    login = base64.b64encode(secret.encode()).decode()
    assert redact(f"535 {plain} {login} {secret}!", [secret], username=user) == f"535 {MASK} {MASK} {MASK}!"


@pytest.mark.parametrize("secrets", [[], [None], [""]])
def test_without_a_secret_nothing_is_changed(secrets: list[str | None]) -> None:
    assert redact("535 no", secrets) == "535 no"
