"""OAuth 2: tokens are kept, refreshed in time, and never told to anybody but the endpoint and the mail server."""

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from bookpost.mail.account import Account, OAuth
from bookpost.mail.oauth import TokenError, access_token, read_tokens
from bookpost.mail.replies import Reply, Verdict, classify
from bookpost.mail.smtp import SmtpCourier
from smtp_server import SmtpServer
from unit.mail.test_folder_courier import a_parcel


@dataclass
class Endpoint:
    """A token endpoint on loopback: hands out token-1, token-2 … and a new refresh token each time, as Microsoft does."""

    asked: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    body: bytes | None = None
    port: int = 0

    def answer(self, form: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append(form)
        number = len(self.asked)
        good = {"access_token": f"token-{number}", "expires_in": 3600, "refresh_token": f"refresh-{number}"}
        return self.status, self.body if self.body is not None else json.dumps(good).encode()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            status, body = made.answer({key: values[0] for key, values in form.items()})
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"http://127.0.0.1:{made.port}/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def oauth(endpoint: Endpoint, tmp_path: Path) -> OAuth:
    path = tmp_path / "token"
    path.write_text("refresh-0\n")
    path.chmod(0o600)
    url = f"http://127.0.0.1:{endpoint.port}/token"
    return OAuth(token_url=url, client_id="my-client", client_secret="hush", scope="mail", token_file=str(path))


def test_a_token_is_asked_for_once_and_again_when_it_has_expired(endpoint: Endpoint, oauth: OAuth) -> None:
    assert access_token(oauth, now=lambda: 1000.0) == "token-1"
    assert access_token(oauth, now=lambda: 4000.0) == "token-1"
    assert access_token(oauth, now=lambda: 4599.0) == "token-2", "a minute before its end it is not used any more"
    assert [form["refresh_token"] for form in endpoint.asked] == ["refresh-0", "refresh-1"]
    assert endpoint.asked[0] | {"grant_type": "refresh_token", "client_id": "my-client", "client_secret": "hush"} == endpoint.asked[0]


def test_the_file_keeps_the_newest_refresh_token_and_stays_the_users_own(oauth: OAuth) -> None:
    access_token(oauth, now=lambda: 0.0)
    path = Path(oauth.token_file)
    assert read_tokens(path).refresh_token == "refresh-1"
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(TokenError, match="can be read by others"):
        access_token(oauth, now=lambda: 0.0)


@pytest.mark.parametrize(
    ("status", "body", "refused", "said"),
    [
        (400, b'{"error": "invalid_grant", "error_description": "hush refresh-0"}', True, "invalid_grant"),
        (401, b"<html>", True, "status 401"),
        (400, b'{"error": "hush me\\r\\n"}', True, "status 400"),
        (429, b"", False, "status 429"),
        (503, b"", False, "status 503"),
        (200, b"[]", False, "not JSON"),
        (200, b'{"token_type": "bearer"}', False, "without a token"),
        (302, b"", False, "status 302"),
    ],
)
def test_an_endpoint_that_gives_none_is_named_and_its_words_are_not_repeated(
    endpoint: Endpoint, oauth: OAuth, status: int, body: bytes, refused: bool, said: str
) -> None:
    endpoint.status, endpoint.body = status, body
    with pytest.raises(TokenError, match=said) as caught:
        access_token(oauth, now=lambda: 0.0)
    assert caught.value.refused is refused
    assert "hush" not in caught.value.message
    assert len(endpoint.asked) == 1, "secrets go to no other address"
    assert read_tokens(Path(oauth.token_file)).refresh_token == "refresh-0"


def test_secrets_travel_over_https_only(oauth: OAuth) -> None:
    with pytest.raises(TokenError, match="must be https"):
        access_token(replace(oauth, token_url="http://mail.example/token"), now=lambda: 0.0)


def test_an_endpoint_that_is_not_there_may_be_there_later(oauth: OAuth) -> None:
    with pytest.raises(TokenError, match="cannot be reached") as caught:
        access_token(replace(oauth, token_url="http://127.0.0.1:1/token"), now=lambda: 0.0)
    assert not caught.value.refused


def send(server: SmtpServer, oauth: OAuth, folder: Path) -> Reply:
    account = Account(
        name="mine", host="127.0.0.1", port=server.port, tls="none", sender="me@mail.test", username="me@mail.test", oauth=oauth
    )

    async def run() -> Reply:
        courier = SmtpCourier(account, seconds=10)
        try:
            return await courier.carry(
                replace(a_parcel(folder, address="reader@mail.test"), sender=account.sender), reached_data=lambda: asyncio.sleep(0)
            )
        finally:
            await courier.close()

    return asyncio.run(run())


def token_in(line: str) -> str:
    kind, sent = line.split(" ")
    assert kind == "XOAUTH2"
    user, bearer, *rest = base64.b64decode(sent).decode().split("\1")
    assert (user, rest) == ("user=me@mail.test", ["", ""])
    return bearer.removeprefix("auth=Bearer ")


def test_mail_is_sent_with_a_token_and_a_revoked_one_is_replaced_at_once(oauth: OAuth, tmp_path: Path) -> None:
    lines: list[str] = []

    def log_in(line: str) -> str:
        lines.append(token_in(line))
        return "535 5.7.8 token revoked" if lines[-1] == "token-1" else "235 2.7.0 Accepted"

    with SmtpServer(extensions=("AUTH XOAUTH2",), log_in=log_in) as server:
        assert classify(send(server, oauth, tmp_path)) is Verdict.ACCEPTED
        assert classify(send(server, oauth, tmp_path)) is Verdict.ACCEPTED
        assert len(server.taken) == 2
    assert lines == ["token-1", "token-2", "token-2"]


def test_without_a_token_it_is_the_accounts_trouble(endpoint: Endpoint, oauth: OAuth, tmp_path: Path) -> None:
    with SmtpServer(extensions=("AUTH XOAUTH2",)) as server:
        endpoint.status, endpoint.body = 400, b'{"error": "invalid_grant"}'
        assert classify(send(server, oauth, tmp_path)) is Verdict.AUTHENTICATION
        endpoint.status = 503
        assert classify(send(server, oauth, tmp_path)) is Verdict.ACCOUNT_TRANSIENT


def test_a_server_that_echoes_the_login_tells_no_secret(oauth: OAuth, tmp_path: Path) -> None:
    with SmtpServer(extensions=("AUTH XOAUTH2",), log_in=lambda line: f"535 5.7.8 you said {line}, {token_in(line)}") as server:
        reply = send(server, oauth, tmp_path)
    assert classify(reply) is Verdict.AUTHENTICATION
    assert "token-" not in reply.text
    assert base64.b64encode(b"user=me@mail.test")[:20].decode() not in reply.text
