"""What a received mail says about one that we sent: a bounce (RFC 3464) or Amazon's rejection, in any language.

Pure; any bytes may come: what cannot be read as one of the two is None. `Rejection.genuine` says whether it may be acted on;
whether it names one of our mailings is found out by `returned`.
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from enum import StrEnum

from bookpost.convert.filenames import ascii_name
from bookpost.mail import amazon
from bookpost.mail.authentic import aligned, sender, signers, topmost

READ_BYTES = 256 * 1024
"""So much of a mail is looked at: what matters stands before the returned message's attachment."""
_TEXT_LIMIT = 64 * 1024
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_TAG = re.compile(r"(<[^<>]*>)")
_NEW_LINE = re.compile(r"</?(?:br|p|div|tr|ul|ol|td|h[1-6])\b|</li\b", re.IGNORECASE)
_ITEM = re.compile(r"<li\b", re.IGNORECASE)
_UNSEEN = re.compile(r"<(/?)(?:style|script|title)\b", re.IGNORECASE)


class Kind(StrEnum):
    """Who speaks: a mail server on the way, or the vendor of the e-reader."""

    BOUNCE = "bounce"
    AMAZON = "amazon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """What the mail says.

    `mail_id` is the mail's own Message-ID, or its digest. `code` is `E013`, or a bounce's status `5.1.1`; a vendor's mail
    without one says nothing that could be acted on. `final` is False for a bounce that only tells of a delay.
    `message_ids` are those that a bounce returns, of which one may be ours; `file_names` are Amazon's.
    `doubt` says why it cannot be believed; None when the own mail host vouches for its sender.
    """

    kind: Kind
    mail_id: str
    sender: str
    code: str | None
    final: bool
    text: str
    file_names: tuple[str, ...] = ()
    message_ids: tuple[str, ...] = ()
    doubt: str | None = None

    @property
    def genuine(self) -> bool:
        """Whether the own mail host says that it comes from whom it says."""
        return self.doubt is None


def may_be_rejection(head: bytes) -> bool:
    """Whether the rest of a mail with these header lines is worth reading."""
    message = message_from_bytes(head)
    return _is_report(message) or amazon.vendor_domain(sender(message) or "") is not None


def read_rejection(raw: bytes, authserv_ids: Collection[str]) -> Rejection | None:
    """The rejection that this mail is, or None; `authserv_ids` name the host whose word about signatures is taken."""
    try:
        message = message_from_bytes(raw[:READ_BYTES])
        address = sender(message) or ""
        mail_id = _own_id(message, raw)
        if domain := amazon.vendor_domain(address):
            return _amazons(message, mail_id, address, _doubt(message, authserv_ids, domain))
        return _bounce(message, mail_id, address, _doubt(message, authserv_ids, address.rpartition("@")[2]))
    except RecursionError:
        return None  # parts within parts beyond any sense


def name_key(name: str, *, loose: bool = False) -> str:
    """A file name as it can be compared after a mail's way: white space, case and Unicode forms are no difference.

    `loose`: only letters and digits count, in ASCII, since some hosts put `_` for what they do not know.
    """
    plain = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return re.sub(r"[^a-z0-9]", "", ascii_name(plain).lower()) if loose else plain


def _doubt(message: "Message[str, str]", authserv_ids: Collection[str], domain: str) -> str | None:
    if not authserv_ids:
        return "no `authserv_id` is configured, so that nobody vouches for its sender"
    if domain and any(aligned(signer, domain) for signer in signers(message, authserv_ids)):
        return None
    other = topmost(message)
    hint = f" (its topmost Authentication-Results is by {other!r})" if other and other not in {id.lower() for id in authserv_ids} else ""
    return f"{' or '.join(sorted(authserv_ids))} does not say that {domain or 'its sender'} signed it{hint}"


def _amazons(message: "Message[str, str]", mail_id: str, address: str, doubt: str | None) -> Rejection | None:
    code, names = amazon.refusal_in("\n".join(_texts(message)))
    if code is None:
        code = amazon.refusal_in(_decoded(str(message.get("Subject", ""))))[0]
    if code is None and not names:
        return None
    text = amazon.explained(code) if code else "Amazon wrote about this document, without a code"
    return Rejection(
        kind=Kind.AMAZON,
        mail_id=mail_id,
        sender=address,
        code=code,
        final=code is not None,
        text=text,
        file_names=names,
        doubt=doubt,
    )


def _bounce(message: "Message[str, str]", mail_id: str, address: str, doubt: str | None) -> Rejection | None:
    """A delivery status notification (RFC 3464): the recipient's fields, and the headers of what is returned."""
    if not _is_report(message):
        return None
    fields = [block for part in message.walk() if part.get_content_type() == "message/delivery-status" for block in _blocks(part)]
    told = [block for block in fields if str(block.get("Action", "")).strip().lower() in ("failed", "delayed")]
    told.sort(key=lambda block: str(block["Action"]).strip().lower() != "failed")
    if not told:
        return None
    final = str(told[0]["Action"]).strip().lower() == "failed"
    status = _STATUS.search(str(told[0].get("Status", "")))
    words = " ".join(_decoded(str(told[0].get("Diagnostic-Code", ""))).split()).removeprefix("smtp;").strip()
    return Rejection(
        kind=Kind.BOUNCE,
        mail_id=mail_id,
        sender=address,
        code=status.group() if status else None,
        final=final,
        text=f"{'returned' if final else 'delayed on its way'} by {address or 'a mail server'}: {words[:500] or 'no reason given'}",
        message_ids=tuple(dict.fromkeys([*_returned_ids(message), *_envelope_ids(fields)])),
        doubt=doubt,
    )


def _is_report(message: "Message[str, str]") -> bool:
    return message.get_content_type() == "multipart/report" and "delivery-status" in str(message.get("Content-Type", "")).lower()


def _blocks(part: "Message[str, str]") -> Iterator["Message[str, str]"]:
    """The groups of fields in a message/delivery-status part, which the parser reads as messages."""
    payload = part.get_payload()
    yield from (block for block in payload if isinstance(block, Message)) if isinstance(payload, list) else ()


def _returned_ids(message: "Message[str, str]") -> Iterator[str]:
    """The Message-ID of what was returned: a whole message, or its headers as text (RFC 3462)."""
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            yield from _MESSAGE_ID.findall(str(message_from_bytes(_bytes(part)).get("Message-ID", "")))
        elif part.get_content_type() == "message/rfc822":
            payload = part.get_payload()
            for inner in payload if isinstance(payload, list) else ():
                if isinstance(inner, Message):
                    yield from _MESSAGE_ID.findall(str(inner.get("Message-ID", "")))


def _envelope_ids(blocks: "list[Message[str, str]]") -> Iterator[str]:
    for block in blocks:
        if named := str(block.get("Original-Envelope-Id", "")).strip().strip("<>"):
            yield f"<{named[:250]}>"


def _own_id(message: "Message[str, str]", raw: bytes) -> str:
    found = _MESSAGE_ID.search(str(message.get("Message-ID", "")))
    return found.group() if found else hashlib.sha256(raw).hexdigest()


def _texts(message: "Message[str, str]") -> Iterator[str]:
    """What a person reads in the mail: its plain parts, else its HTML as lines."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    plain = [text for part in parts if part.get_content_type() == "text/plain" and (text := _text(part)).strip()]
    if plain:
        yield from plain
        return
    for part in parts:
        if part.get_content_type() == "text/html":
            yield html.unescape("".join(_shown(_text(part))))


def _shown(markup: str) -> Iterator[str]:
    """The words of HTML, a line for each block and `* ` before an item of a list; one pass, whatever the markup."""
    hidden = False
    for piece in _TAG.split(" ".join(markup.split())):
        if not piece.startswith("<"):
            yield "" if hidden else piece
        elif found := _UNSEEN.match(piece):
            hidden = not found[1]
        elif _NEW_LINE.match(piece):
            yield "\n"
        elif _ITEM.match(piece):
            yield "\n* "


def _text(part: "Message[str, str]") -> str:
    data = _bytes(part)[:_TEXT_LIMIT]
    try:
        text = data.decode(str(part.get_content_charset() or "utf-8"), "replace")
    except (LookupError, ValueError):  # an encoding that is none
        text = data.decode("utf-8", "replace")
    return unicodedata.normalize("NFKC", text)


def _bytes(part: "Message[str, str]") -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _decoded(value: str) -> str:
    """A header's words, encoded or not (RFC 2047)."""
    try:
        return "".join(
            piece if isinstance(piece, str) else piece.decode(charset or "ascii", "replace") for piece, charset in decode_header(value)
        )
    except (HeaderParseError, LookupError, ValueError):
        return value
