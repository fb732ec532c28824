"""What a mail server's reply means: basic code, enhanced code (RFC 3463), then its words, by the step it answers. Pure.

The rules are a table, read from the top; the first that fits decides.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


class Step(StrEnum):
    """What a reply answers (RFC 5321), in the order of a session. DOCUMENT is our own look at what is to be sent, before it."""

    DOCUMENT = "document"
    CONNECT = "connect"
    GREETING = "greeting"
    EHLO = "ehlo"
    TLS = "tls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"


class Verdict(StrEnum):
    """The class of a reply; what is done about each is in `policy`."""

    ACCEPTED = "accepted"
    TRANSIENT = "transient"
    ACCOUNT_TRANSIENT = "account-transient"
    QUOTA = "quota"
    AUTHENTICATION = "authentication"
    CONFIGURATION = "configuration"
    TOO_BIG = "too-big"
    BLOCKED_CONTENT = "blocked-content"
    DOCUMENT_GONE = "document-gone"
    BAD_DESTINATION = "bad-destination"
    MAILBOX_FULL = "mailbox-full"
    POLICY = "policy"
    PROTOCOL = "protocol"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: `code` is None when there was none (refused, lost, timed out), then `text` says what happened."""

    step: Step
    code: int | None
    text: str

    @property
    def answered(self) -> bool:
        """Whether it is a reply that ends something (RFC 5321 4.2.1): good, refused for now, or refused."""
        return self.code is not None and 200 <= self.code < 600 and self.code // 100 != 3

    @property
    def enhanced(self) -> str | None:
        """The enhanced status code, for instance `5.7.1`, when the text holds one."""
        found = _ENHANCED.search(self.text)
        return ".".join(found.groups()) if found else None

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code else self.text


@dataclass(frozen=True, slots=True)
class _Rule:
    """Fits when every condition that is given holds. `codes` names basic codes, `enhanced` and `words` are patterns."""

    verdict: Verdict
    codes: Collection[int]
    steps: Collection[Step] = ()
    enhanced: str | None = None
    words: str | None = None

    def fits(self, reply: Reply) -> bool:
        return (
            reply.code in self.codes
            and (not self.steps or reply.step in self.steps)
            and (self.enhanced is None or re.fullmatch(self.enhanced, reply.enhanced or "") is not None)
            and (self.words is None or re.search(self.words, reply.text, re.IGNORECASE) is not None)
        )


_ANY4, _ANY5 = range(400, 500), range(500, 600)
_BEFORE_MAIL = (Step.GREETING, Step.EHLO, Step.TLS)
_QUOTA_WORDS = r"quota|rate.?limit|too many|limit (was )?exceeded|exceeded.{0,30}(limit|rate)|daily.{0,20}limit|sending limit|throttl"
_FULL_WORDS = r"mailbox.{0,20}full|over quota|out of storage|quota exceeded.{0,20}mailbox|insufficient.{0,20}mailbox"

_RULES: tuple[_Rule, ...] = (
    _Rule(Verdict.DOCUMENT_GONE, _ANY5, steps=(Step.DOCUMENT,)),
    # The recipient's storage, before the sender's quota: both are said with the word "quota".
    _Rule(Verdict.MAILBOX_FULL, (*_ANY4, *_ANY5), enhanced=r"[45]\.2\.2"),
    _Rule(Verdict.MAILBOX_FULL, (*_ANY4, *_ANY5), steps=(Step.RCPT, Step.DOT), words=_FULL_WORDS),
    # Authentication and the account itself.
    _Rule(Verdict.ACCOUNT_TRANSIENT, (421, 454), steps=(*_BEFORE_MAIL, Step.AUTH)),
    _Rule(Verdict.QUOTA, (*_ANY4, *_ANY5), enhanced=r"5\.4\.5|4\.7\.28|4\.4\.5"),
    _Rule(Verdict.QUOTA, (*_ANY4, *_ANY5), steps=(Step.MAIL, Step.RCPT, Step.DATA, Step.DOT), words=_QUOTA_WORDS),
    _Rule(Verdict.AUTHENTICATION, (530, 534, 535, 538)),
    _Rule(Verdict.AUTHENTICATION, _ANY5, steps=(Step.AUTH,)),
    _Rule(Verdict.ACCOUNT_TRANSIENT, _ANY4, steps=(*_BEFORE_MAIL, Step.AUTH)),
    _Rule(Verdict.ACCOUNT_TRANSIENT, _ANY5, steps=_BEFORE_MAIL),
    # Size.
    _Rule(Verdict.BLOCKED_CONTENT, (552,), enhanced=r"5\.7\.0"),
    _Rule(Verdict.TOO_BIG, (552, 523)),
    _Rule(Verdict.TOO_BIG, _ANY5, enhanced=r"5\.3\.4|5\.2\.3"),
    # Who sends.
    _Rule(Verdict.CONFIGURATION, (501, 550, 553, 554), steps=(Step.MAIL,)),
    _Rule(Verdict.CONFIGURATION, _ANY5, enhanced=r"5\.7\.60|5\.1\.8"),
    # To whom.
    _Rule(Verdict.BAD_DESTINATION, _ANY5, steps=(Step.RCPT,), enhanced=r"5\.1\.\d+"),
    _Rule(Verdict.POLICY, (550, 551, 553, 554), enhanced=r"5\.7\.\d+"),
    _Rule(Verdict.BAD_DESTINATION, (550, 551, 553), steps=(Step.RCPT,)),
    # The protocol itself, and what is left.
    _Rule(Verdict.PROTOCOL, (500, 501, 502, 503, 504, 555)),
    _Rule(Verdict.POLICY, _ANY5),
    _Rule(Verdict.TRANSIENT, _ANY4),
    _Rule(Verdict.ACCEPTED, range(200, 300), steps=(Step.DOT,)),
)


def classify(reply: Reply) -> Verdict:
    """The class of a reply that ended an attempt. No answer after the final dot, or none that is one, is uncertain."""
    if not reply.answered:
        if reply.step is Step.DOT:
            return Verdict.UNCERTAIN
        return Verdict.TRANSIENT if reply.step in (Step.MAIL, Step.RCPT, Step.DATA) else Verdict.ACCOUNT_TRANSIENT
    return next((rule.verdict for rule in _RULES if rule.fits(reply)), Verdict.PROTOCOL)
