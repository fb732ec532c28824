"""The mail message that e-readers accept, written piece by piece so that a large document is never held in memory.

Headers and file names follow what Amazon, PocketBook and plain mailboxes take: one recipient, a non-empty text part,
a written-out media type, an ASCII subject, and the file name on one line twice (ASCII, and RFC 2231 for the rest).
"""

import binascii
import re
import struct
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

from bookpost.convert.filenames import ascii_name
from bookpost.errors import DeliveryError
from bookpost.mail.courier import Parcel

_LINES = 2048
_PIECE = 57 * _LINES
"""Bytes read at once: whole base64 lines of 76 characters (57 bytes each)."""
_CUT = struct.Struct("76s" * _LINES)
"""Cuts a piece into its lines, several times as fast as `base64.encodebytes`."""
_HEAD_AT_MOST = 4000
"""Bytes of the headers, the text part and the boundaries."""
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def message_pieces(parcel: Parcel) -> Iterator[bytes]:
    """The whole message as bytes with CRLF line ends; raises DeliveryError for an address or name that cannot stand in a header."""
    boundary = _boundary(parcel)
    waiting = _head(parcel, boundary)
    for piece in _base64(parcel.document.path):
        if len(waiting) < _PIECE:
            waiting += piece  # a small book goes out at once, with head and foot: every write costs a turn with the network
        else:
            yield waiting
            waiting = piece
    yield waiting + _foot(boundary)


def message_size(parcel: Parcel) -> int:
    """The bytes of the whole message, without reading the document: what MAIL FROM's SIZE says (RFC 1870)."""
    lines = -(-parcel.document.size // 57)
    encoded = 4 * -(-parcel.document.size // 3) + 2 * lines
    boundary = _boundary(parcel)
    return len(_head(parcel, boundary)) + encoded + len(_foot(boundary))


def document_room(limit: int) -> int:
    """The bytes of the largest document that is sure to fit into a message of `limit` bytes, whatever its names."""
    return max(0, int((limit - _HEAD_AT_MOST) / (4 / 3 + 2 / 57)))


def checked_address(address: str | None, what: str) -> str:
    """The address, if it is one plain ASCII address; raises DeliveryError otherwise (RFC 5321 4.1.2)."""
    if not address or not _ADDRESS.fullmatch(address):
        raise DeliveryError(f"{what} is not a mail address: {address!r}", hint="write it as name@example.org")
    return address


def _boundary(parcel: Parcel) -> str:
    return "=_" + parcel.document.digest[:32]


def _foot(boundary: str) -> bytes:
    return f"\r\n--{boundary}--\r\n".encode("ascii")


def _head(parcel: Parcel, boundary: str) -> bytes:
    title = _one_line(ascii_name(parcel.document.title)) or "Your document"
    return "\r\n".join(
        (
            f"From: {checked_address(parcel.sender, 'the sender')}",
            f"To: {checked_address(parcel.address, f'the address of `{parcel.destination}`')}",
            f"Date: {format_datetime(parcel.date)}",
            f"Message-ID: {_one_line(parcel.message_id)}",
            f"Subject: {title[:120]}",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/mixed; boundary="{boundary}"',
            "",
            f"--{boundary}",
            "Content-Type: text/plain; charset=us-ascii",
            "",
            f"{title[:200]}",
            "",
            "Sent by bookpost.",
            "",
            f"--{boundary}",
            f"Content-Type: {parcel.document.media_type}; {_name_parameter('name', parcel.file_name)}",
            f"Content-Disposition: attachment; {_name_parameter('filename', parcel.file_name)}",
            "Content-Transfer-Encoding: base64",
            "",
            "",
        )
    ).encode("ascii")


def _name_parameter(key: str, name: str) -> str:
    """The name in ASCII and, when that is not all of it, once more whole as RFC 2231 has it, each on one line."""
    plain = re.sub(r'[\\"\r\n]', "_", ascii_name(name))
    parameter = f'{key}="{plain}"'
    return parameter if plain == name else f"{parameter}; {key}*=UTF-8''{quote(_one_line(name), safe='')}"


def _one_line(text: str) -> str:
    if any(character in text for character in "\r\n\0"):
        raise DeliveryError(f"a header value must be one line: {text!r}")
    return text


def _base64(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            encoded = binascii.b2a_base64(piece, newline=False)
            whole = len(encoded) == _CUT.size
            lines = _CUT.unpack(encoded) if whole else [encoded[start : start + 76] for start in range(0, len(encoded), 76)]
            yield b"\r\n".join((*lines, b""))
