"""Bytes → text, whatever the encoding. Pure; never raises: what cannot be read becomes U+FFFD.

Order: byte order mark; UTF-16 by its zeros; UTF-8 if every byte fits it (a page that says otherwise is mistaken: the odds against
are astronomic); what the page declares; a guess; windows-1252, as browsers do.
"""

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"(?:<meta\b[^>]{0,300}?charset\s*=\s*|<\?xml[^>]{0,200}?encoding\s*=\s*)[\"']?\s*([A-Za-z0-9_:.\-]{2,40})", re.IGNORECASE
)
_LOOKED_AT = 8192
# Labels that mean more than they say (WHATWG Encoding Standard, https://encoding.spec.whatwg.org/#names-and-labels).
_WHATWG = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
}
_SEVEN_BIT = {"iso-2022-jp", "iso-2022-kr", "hz-gb-2312"}


def decode(data: bytes) -> str:
    """The text of these bytes, with `\\n` as the only line end and without a byte order mark."""
    return _decode(data).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def _decode(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    if wide := _utf16(data):
        return data.decode(wide, "replace")
    declared = _declared(data)
    if declared in _SEVEN_BIT:
        return data.decode(declared, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_old(data, declared)


def _decode_old(data: bytes, declared: str | None) -> str:
    if declared == "utf-8" and (text := data.decode("utf-8", "replace")).count("\ufffd") * 20 < len(text):
        return text
    if declared and declared != "utf-8":
        text = data.decode(declared, "replace")
        if text.count("\ufffd") * 100 <= len(text):
            return text
    return _guess(data)


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: in what people write, every other byte of markup and spaces is a zero."""
    head = data[:2000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 4 or even + odd < len(head) // 5:
        return None
    return "utf-16-le" if odd > even * 4 else "utf-16-be" if even > odd * 4 else None


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_LOOKED_AT])
    if not found:
        return None
    label = found[1].decode("ascii").lower()
    label = _WHATWG.get(label, label)
    if label in _SEVEN_BIT:
        return label
    try:
        # A page that can be searched for its declaration is not in UTF-16, whatever it says (WHATWG HTML, 13.2.3.2).
        return "utf-8" if label.startswith(("utf-16", "utf-32")) else codecs.lookup(label).name if _is_text(label) else None
    except LookupError:
        return None


def _is_text(label: str) -> bool:
    """Whether the codec turns bytes into text (`hex`, `zlib` and `idna` do not, `utf-7` is a way around every filter)."""
    return codecs.lookup(label)._is_text_encoding and label not in ("utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape")


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # 64 kB tell as much as 50 MB and take a thousandth of the time.
    best = from_bytes(data[:65536]).best()
    if best and best.encoding not in ("utf_7",) and (text := data.decode(best.encoding, "replace")).count("\ufffd") * 100 <= len(text):
        return text
    return data.decode("cp1252", "replace")
