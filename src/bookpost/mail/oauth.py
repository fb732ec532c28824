"""Access tokens by OAuth 2 (RFC 6749 6): taken from a file while they are good, else asked for with the refresh token.

The file is the user's: mode 0600, the refresh token alone on a line or what this module wrote (JSON). Several processes may
ask at once: one refreshes, the others wait for it. Raises TokenError.
"""

import fcntl
import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bookpost.errors import BookpostError
from bookpost.mail.account import LOOPBACK, OAuth

_SECONDS = 20.0
_EARLY = 60.0
"""Seconds before its end from which on a token is not used any more."""
_ANSWER_LIMIT = 64 * 1024


class TokenError(BookpostError):
    """No access token can be had; `refused` says that asking again cannot help, `retryable` that it may."""

    code = "no-token"
    exit_code = 69

    def __init__(self, message: str, *, refused: bool, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.refused = refused


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the file holds: the refresh token, and the access token until `expires_at` (seconds since 1970)."""

    refresh_token: str
    access_token: str | None = None
    expires_at: float = 0.0


def access_token(oauth: OAuth, *, now: Callable[[], float], not_this: str | None = None) -> str:
    """A good access token; `not_this` is one that the server has refused. Blocks while the endpoint is asked."""
    path = Path(oauth.token_file)
    with _alone(path):
        tokens = read_tokens(path)
        if tokens.access_token and tokens.access_token != not_this and now() < tokens.expires_at - _EARLY:
            return tokens.access_token
        fresh = _refresh(oauth, tokens, now())
        write_tokens(path, fresh)
    assert fresh.access_token
    return fresh.access_token


def read_tokens(path: Path) -> Tokens:
    """What the file holds; a file that others can read is refused."""
    try:
        if path.stat().st_mode & 0o077:
            raise TokenError(f"{path} can be read by others", refused=True, hint=f"`chmod 600 {path}`")
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'not text'}", refused=True) from error
    if not text.startswith("{"):
        return Tokens(text)
    try:
        return Tokens(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise TokenError(f"{path} is damaged", refused=True, hint="put the refresh token into it, alone on a line") from error


def write_tokens(path: Path, tokens: Tokens) -> None:
    """Replace the file, whole or not at all: a provider's new refresh token may be the only one that still works."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(asdict(tokens), out)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def _refresh(oauth: OAuth, tokens: Tokens, now: float) -> Tokens:
    form = {
        "grant_type": "refresh_token",
        "refresh_token": tokens.refresh_token,
        "client_id": oauth.client_id,
        "client_secret": oauth.client_secret,
        "scope": oauth.scope,
    }
    answer = _ask(oauth.token_url, {key: value for key, value in form.items() if value})
    access, expires_in = answer.get("access_token"), answer.get("expires_in", 3600)
    if not isinstance(access, str) or not isinstance(expires_in, int | float):
        raise TokenError(f"{_host(oauth)} answered without a token", refused=False)
    return Tokens(str(answer.get("refresh_token") or tokens.refresh_token), access, now + expires_in)


def _ask(url: str, form: dict[str, str]) -> dict[str, Any]:
    host = urlsplit(url).hostname or url
    if urlsplit(url).scheme != "https" and host not in LOOPBACK:
        raise TokenError(f"the token endpoint must be https: {url}", refused=True)
    request = urllib.request.Request(url, urlencode(form).encode(), {"Accept": "application/json"})  # noqa: S310 - checked above
    try:
        with _OPENER.open(request, timeout=_SECONDS) as response:
            return _parsed(response.read(_ANSWER_LIMIT), host)
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error.code, error.read(_ANSWER_LIMIT), host) from error
    except (OSError, HTTPException) as error:
        raise TokenError(f"{host} cannot be reached: {getattr(error, 'reason', None) or error}", refused=False) from error


def _parsed(body: bytes, host: str) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise TokenError(f"{host} answered something that is not JSON", refused=False)
    return answer


def _refusal(status: int, body: bytes, host: str) -> TokenError:
    """The endpoint's own code (RFC 6749 5.2); its description may echo what was sent, so it is not repeated."""
    try:
        code = _parsed(body, host).get("error")
    except TokenError:
        code = None
    said = code if isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum() else f"status {status}"
    refused = 400 <= status < 500 and status != 429
    return TokenError(f"{host} gives no access token: {said}", refused=refused, hint="ask for a new refresh token" if refused else None)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A token endpoint does not move: secrets are sent to the address that was configured and to no other."""

    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)


def _host(oauth: OAuth) -> str:
    return urlsplit(oauth.token_url).hostname or oauth.token_url


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    try:
        lock = path.with_name(path.name + ".lock").open("w")
    except OSError as error:
        raise TokenError(f"cannot write beside {path}: {error.strerror}", refused=True) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
