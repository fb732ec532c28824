"""The Account: a sender. Which server, how to log in, whose address; and the mailbox where answers arrive. Values only."""

from dataclasses import dataclass, field
from typing import Literal

Tls = Literal["implicit", "starttls", "none"]
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """How an access token is had (RFC 6749 6): from the token endpoint, with the user's own client and a refresh token.

    `token_file` holds the refresh token, and the access token while it is good; it is read and written with mode 0600 only.
    """

    token_url: str
    client_id: str
    token_file: str
    client_secret: str | None = field(default=None, repr=False)
    scope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How mail leaves.

    `tls` is `none` for a loopback host only (checked where settings are read). `ca_file` is a bundle of certificates to
    trust beside the system's. `per_minute` and `per_day` are the provider's limits on messages; `size_limit` is in bytes
    of a whole message, when it is known beforehand. With `oauth` there is no password.
    """

    name: str
    host: str
    port: int
    sender: str
    tls: Tls = "starttls"
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    oauth: OAuth | None = None
    ca_file: str | None = None
    per_minute: int = 10
    per_day: int = 400
    size_limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where an account's mail arrives.

    Without `folders` it is the inbox, and the folder for spam. `authserv_ids` name the host in its
    `Authentication-Results`. `ca_file` is a bundle of certificates to trust beside the system's.
    """

    host: str
    port: int
    username: str
    tls: Literal["implicit", "starttls"] = "implicit"
    password: str | None = field(default=None, repr=False)
    folders: tuple[str, ...] = ()
    authserv_ids: tuple[str, ...] = ()
    oauth: OAuth | None = None
    ca_file: str | None = None
