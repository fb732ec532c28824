"""Amazon's Send to Kindle: the addresses it uses, and what its rejection mails say. Pure.

The mails come in the account's language: a code (`E013`) and file names on lines of their own are matched, never words.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

KINDLE_DOMAINS = frozenset({"kindle.com", "free.kindle.com", "kindle.cn", "free.kindle.cn"})
_REJECTS_FROM = re.compile(
    r"do-not-reply@(?P<domain>amazon\.(?:com|ca|cn|de|es|fr|ie|in|it|nl|pl|se|sg|ae|sa|eg"
    r"|co\.uk|co\.jp|co\.za|com\.au|com\.be|com\.br|com\.mx|com\.tr))"
)
_CODE = re.compile(r"(?<![A-Za-z0-9#])E[0-9]{3}(?![A-Za-z0-9])")
_URL = re.compile(r"\bhttps?://\S+")
_BULLET = re.compile(r"\s*[*•·・●‣-]\s+(?P<rest>\S.*)")
_FILE = re.compile(r"(?P<name>\S.*\.(?:epub|pdf|docx?|html?|rtf|txt|jpe?g|gif|png|bmp|mobi|azw3?))\s*", re.IGNORECASE)
_WRAPPED_LINES = 3
"""A long name may be broken over so many lines."""
_LONGEST_NAME = 255
_MOST_NAMES = 25
"""Attachments that Amazon takes in one mail."""
_PROSE = re.compile(r": |\(\.|, \.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a code means, in words, and what there is to do about it."""

    meaning: str
    remedy: str


CODES = MappingProxyType(
    {
        "E001": Refusal("Amazon does not take a file of this format", "another format is tried, where one can be made"),
        "E009": Refusal(
            "Amazon found no document in the mail", "this should not happen: please report it, with the output of `bookpost doctor`"
        ),
        "E013": Refusal("Amazon cannot work with something inside the document", "a plainer document is tried, where one can be made"),
        "E014": Refusal(
            "the sender is not on the Kindle account's list of approved senders",
            "add it on Amazon's page “Manage Your Content and Devices”, Preferences, Personal Document Settings",
        ),
        "E999": Refusal("Amazon failed to take the document in and does not say why", "a plainer document is tried, where one can be made"),
    }
)
"""The codes that have been seen; a code without an entry is a refusal all the same."""
UNAPPROVED_SENDER = "E014"


def explained(code: str) -> str:
    """The code in plain words, with the remedy."""
    refusal = CODES.get(code, Refusal("Amazon refused the document for a reason that is not known", "look at Amazon's mail"))
    return f"{code}: {refusal.meaning}; {refusal.remedy}"


def vendor_domain(address: str) -> str | None:
    """The domain of Amazon that rejects from this address; None when it is not one of Amazon's."""
    found = _REJECTS_FROM.fullmatch(address)
    return found["domain"] if found else None


def is_kindle(address: str | None) -> bool:
    """Whether the address is a Kindle's."""
    return (address or "").rpartition("@")[2].lower() in KINDLE_DOMAINS


def refusal_in(text: str) -> tuple[str | None, tuple[str, ...]]:
    """The code and the file names that a rejection mail's text names, in their order.

    A code inside a listed file name (`* E404 and other ghosts.epub`) or a link is none.
    """
    lines = text.splitlines()
    names: list[str] = []
    prose: list[str] = []
    at = 0
    while at < len(lines):
        name, used = _listed(lines[at : at + _WRAPPED_LINES])
        if name is None:
            prose.append(lines[at])
            name = _alone(lines[at])
        if name is not None:
            names.append(name)
        at += used
    codes = _CODE.findall(_URL.sub(" ", "\n".join(prose)))
    known = [code for code in codes if code in CODES]
    return next(iter(known or codes), None), tuple(dict.fromkeys(names))[:_MOST_NAMES]


def _listed(lines: list[str]) -> tuple[str | None, int]:
    """The file name of a list's line, which may go on in the next ones, and how many lines it takes up."""
    bullet = _BULLET.fullmatch(lines[0])
    if bullet is None:
        return None, 1
    joined = bullet["rest"]
    for used, following in enumerate([*lines[1:], ""], start=1):
        if found := _FILE.fullmatch(joined):
            return " ".join(found["name"].split()), used
        if not following.strip() or _BULLET.fullmatch(following):
            break
        joined = f"{joined} {following.strip()}"
    return None, 1


def _alone(line: str) -> str | None:
    """A line that is a file name and nothing else, where the list's bullets were lost on the way."""
    found = _FILE.fullmatch(line.strip())
    return " ".join(found["name"].split()) if found and len(line) <= _LONGEST_NAME and not _PROSE.search(line) else None
