"""Reading rejections: in any language, however it is encoded; and only what the own mail host vouches for is genuine."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookpost.mail.rejections import READ_BYTES, Kind, Rejection, may_be_rejection, name_key, read_rejection
from received import ENGLISH, FRENCH, GENUINE, GERMAN, HOST, JAPANESE, bounce, rejection

OURS = "Tides – The Shore (2026-11-24).epub"


def read(raw: bytes, *hosts: str) -> Rejection:
    found = read_rejection(raw, hosts or (HOST,))
    assert found is not None
    return found


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, FRENCH, JAPANESE], ids=["en", "de", "fr", "ja"])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("code", ["E001", "E013", "E999"])
def test_code_and_file_name_are_found_in_any_language(text: str, encoding: str, code: str) -> None:
    found = read(rejection(code, OURS, text=text, encoding=encoding))
    assert (found.kind, found.code, found.file_names, found.final, found.genuine) == (Kind.AMAZON, code, (OURS,), True, True)
    assert found.text.startswith(f"{code}: ")


def test_a_code_that_a_soft_line_break_cuts_in_two_is_still_one() -> None:
    raw = rejection("E0XX13", OURS).replace(b"E0XX13", b"E0=\r\n13")
    assert read(raw).code == "E013"


def test_full_width_letters_are_a_code_too() -> None:
    assert read(rejection("Ｅ０１３", OURS, text=JAPANESE)).code == "E013"


def test_a_code_in_a_file_name_or_a_link_is_none() -> None:
    """A book about E404 that Amazon refuses with E999 was refused with E999."""
    found = read(rejection("E999", "E001 and E404.epub", text="https://a.example/E013 #E014\n\n{names}\n{code}"))
    assert (found.code, found.file_names) == ("E999", ("E001 and E404.epub",))


def test_html_alone_is_read_as_its_lines() -> None:
    text = (
        "<html><head><style>p {{ color: red }} .E555 {{}}</style></head><p>due to <b>{code}</b></p><ul><li>A &amp; B.epub</li></ul></html>"
    )
    found = read(rejection("E013", text=text, subtype="html", encoding="base64"))
    assert (found.code, found.file_names) == ("E013", ("A & B.epub",))


def test_a_long_name_may_be_wrapped_and_bullets_may_be_lost() -> None:
    found = read(rejection("E013", text="{code}\n\n* A very long title of a very long\n  article.epub\n\nOther.pdf\n"))
    assert found.file_names == ("A very long title of a very long article.epub", "Other.pdf")


def test_no_file_is_named_with_e009_and_e014() -> None:
    for code in ("E009", "E014"):
        assert read(rejection(code)).file_names == ()


def test_a_mail_of_amazons_without_a_code_says_nothing_final() -> None:
    """Such a mail asks to verify a request, for instance; words are never matched."""
    found = read(rejection("", OURS))
    assert (found.code, found.final, found.file_names) == (None, False, (OURS,))


@pytest.mark.parametrize("domain", ["amazon.de", "amazon.co.uk", "amazon.co.jp", "amazon.com.br"])
def test_national_domains_speak_for_themselves(domain: str) -> None:
    results = f"Authentication-Results: {HOST}; dkim=pass header.i=@{domain}"
    raw = rejection("E013", OURS, sender=f"do-not-reply@{domain}", authentication=results)
    assert read(raw).genuine
    assert not read(rejection("E013", OURS, sender=f"do-not-reply@{domain}")).genuine, "signed by another country's"


REAL_HOSTS = {
    "gmail": (
        "mx.google.com",
        'mx.google.com;\r\n       dkim=pass header.i=@amazon.com header.s=k1 header.b="Zx/1+=";\r\n       dkim=pass header.i=@amazonses.com'
        " header.s=x header.b=YY;\r\n       spf=pass (google.com: domain of 1@bounces.amazon.com designates 192.0.2.1 as permitted sender)"
        " smtp.mailfrom=1@bounces.amazon.com;\r\n       dmarc=pass (p=QUARANTINE sp=QUARANTINE dis=NONE) header.from=amazon.com",
    ),
    "fastmail": (
        "mx6.messagingengine.com",
        "mx6.messagingengine.com; arc=none (no signatures found)\r\nAuthentication-Results: mx6.messagingengine.com;\r\n    dkim=pass"
        " (2048-bit rsa key sha256) header.d=amazon.com header.i=@amazon.com header.b=xx header.a=rsa-sha256 x-bits=2048;"
        " dmarc=pass policy.published-domain-policy=quarantine policy.applied-disposition=none header.from=amazon.com; x-me-sender=none",
    ),
    "gmx": ("gmx.net", "gmx.net; dkim=pass header.i=@amazon.com"),
    "opendkim": (
        "mx.home.test",
        "MX.Home.Test;\r\n\tdkim=pass (2048-bit key; unprotected) header.d=amazon.com header.i=@amazon.com header.b=a",
    ),
}


@pytest.mark.parametrize("host", REAL_HOSTS)
def test_what_real_hosts_write_is_understood(host: str) -> None:
    id, results = REAL_HOSTS[host]
    assert read(rejection("E013", OURS, authentication=f"Authentication-Results: {results}"), id).genuine


FORGED = {
    "no header": "",
    "another host": "Authentication-Results: mx.other.test; dkim=pass header.d=amazon.com",
    "a host below ours": f"Authentication-Results: evil.{HOST}; dkim=pass header.d=amazon.com",
    "fail": f"Authentication-Results: {HOST}; dkim=fail header.d=amazon.com",
    "none": f"Authentication-Results: {HOST}; none",
    "their own domain": f"Authentication-Results: {HOST}; dkim=pass header.d=evil.example",
    "a look-alike": f"Authentication-Results: {HOST}; dkim=pass header.d=notamazon.com",
    "amazon as a part": f"Authentication-Results: {HOST}; dkim=pass header.d=amazon.com.evil.example",
    "only spf and dmarc": f"Authentication-Results: {HOST}; spf=pass smtp.mailfrom=amazon.com; dmarc=pass header.from=amazon.com",
    "two signatures": f"Authentication-Results: {HOST}; dkim=pass header.d=evil.example; dkim=fail header.d=amazon.com",
    "injected below": f"Authentication-Results: {HOST}; dkim=fail header.d=amazon.com\r\n{GENUINE}",
    "injected below another signer": f"Authentication-Results: {HOST}; dkim=pass header.d=evil.example\r\n{GENUINE}",
    "below the next hop": f"Authentication-Results: {HOST}; spf=fail\r\nReceived: from x by y\r\n{GENUINE}",
    "in a comment": f"Authentication-Results: {HOST}; spf=pass (dkim=pass header.d=amazon.com) smtp.mailfrom=evil.example",
    "in a quoted reason": f'Authentication-Results: {HOST}; dkim=fail reason="x; dkim=pass header.d=amazon.com" header.d=amazon.com',
    "in a local part": f'Authentication-Results: {HOST}; spf=pass smtp.mailfrom="x; dkim=pass header.d=amazon.com; "@evil.example',
    "mangled": f"Authentication-Results: {HOST}; dkim=pass header.d=amazon.com ;;; ((((",
    "bottomless": f"Authentication-Results: {HOST}; dkim=pass {'(' * 5000} header.d=amazon.com",
    "of an ARC set": f"ARC-Authentication-Results: i=1; {HOST}; dkim=pass header.d=amazon.com",
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_authentication_is_no_authentication(forgery: str) -> None:
    found = read(rejection("E013", OURS, authentication=FORGED[forgery]))
    assert not found.genuine
    assert HOST in (found.doubt or "")
    assert (found.code, found.file_names) == ("E013", (OURS,)), "it can be shown all the same"


@pytest.mark.parametrize(
    "sender",
    [
        '"do-not-reply@amazon.com" <x@evil.example>',
        "do-not-reply@amazon.com <x@evil.example>",
        "<do-not-reply@amazon.com> <x@evil.example>",
        "do-not-reply@amazon.com, x@evil.example",
        "do-not-reply@amazon.com\r\nFrom: x@evil.example",
        "do-not-reply@amazon.com.evil.example",
        "do-not-reply@amazon.evil",
        "do-not-reply@аmazon.com",
        "=?utf-8?q?do-not-reply=40amazon.com?= <x@evil.example>",
        "do-not-reply(x)@evil.example",
    ],
)
def test_who_only_looks_like_amazon_is_not_read_at_all(sender: str) -> None:
    raw = rejection("E013", OURS, sender=sender)
    assert read_rejection(raw, (HOST,)) is None


def test_without_a_trusted_host_nothing_is_genuine() -> None:
    found = read_rejection(rejection("E013", OURS), ())
    assert found
    assert "authserv_id" in (found.doubt or "")


def test_the_name_of_the_host_that_does_vouch_is_said() -> None:
    """Who has configured a wrong name finds the right one in the message."""
    assert "'mx.home.test'" in (read(rejection("E013", OURS), "wrong.test").doubt or "")


@pytest.mark.parametrize("returned", ["text/rfc822-headers", "message/rfc822"])
def test_a_bounce_names_the_mail_that_it_returns(returned: str) -> None:
    found = read(bounce("<abc@mail.test>", returned=returned))
    assert (found.kind, found.code, found.final, found.genuine) == (Kind.BOUNCE, "5.1.1", True, True)
    assert found.message_ids == ("<abc@mail.test>",)
    assert "no such user" in found.text


def test_an_envelope_id_names_it_too() -> None:
    raw = bounce("<x@y>").replace(b"Reporting-MTA:", b"Original-Envelope-Id: abc@mail.test\r\nReporting-MTA:")
    assert "<abc@mail.test>" in read(raw).message_ids


def test_a_delay_is_not_final_and_a_success_is_no_rejection() -> None:
    found = read(bounce("<abc@mail.test>", action="delayed", status="4.4.1"))
    assert (found.final, found.code) == (False, "4.4.1")
    assert read_rejection(bounce("<abc@mail.test>", action="delivered", status="2.0.0"), (HOST,)) is None
    assert read_rejection(bounce("<abc@mail.test>", action="relayed", status="2.0.0"), (HOST,)) is None


def test_a_bounce_that_its_sender_did_not_sign_is_not_genuine() -> None:
    for results in ("X-None: 1", f"Authentication-Results: {HOST}; dkim=fail header.d=relay.test", GENUINE):
        assert not read(bounce("<abc@mail.test>", authentication=results)).genuine


def test_any_other_mail_is_none() -> None:
    assert read_rejection(b"From: a friend <friend@mail.test>\r\nSubject: E013\r\n\r\n* Tides.epub E013\r\n", (HOST,)) is None
    assert read_rejection(rejection(text="Your order has left.").replace(b"E013", b""), (HOST,)) is None
    assert read_rejection(b"", (HOST,)) is None


def test_a_mail_without_an_id_is_known_by_its_bytes() -> None:
    one, two = (read(rejection("E013", name, id="")).mail_id for name in (OURS, "Other.epub"))
    assert one != two
    assert read(rejection("E013", OURS, id="")).mail_id == one
    assert read(rejection("E013", OURS)).mail_id == "<0101-1@eu-west-1.amazon.com>"


def test_the_first_lines_tell_what_is_worth_reading() -> None:
    assert may_be_rejection(b"From: do-not-reply@amazon.com\r\nContent-Type: text/plain\r\n\r\n")
    assert may_be_rejection(b'From: x@y.z\r\nContent-Type: multipart/report;\r\n report-type="delivery-status"; boundary=x\r\n\r\n')
    assert not may_be_rejection(b"From: friend@mail.test\r\nContent-Type: text/plain\r\n\r\n")
    assert not may_be_rejection(b"")


@pytest.mark.parametrize(
    "mangled",
    [
        "tides – the shore (2026-11-24).EPUB",
        "Tides –  The\tShore (2026-11-24).epub",
        "Ti\u0301des".replace("\u0301", "") + " – The Shore (2026-11-24).epub",
    ],
)
def test_names_are_the_same_after_a_mails_way(mangled: str) -> None:
    assert name_key(mangled) == name_key(OURS)
    assert name_key("Über.epub") == name_key("U\u0308ber.epub")


def test_a_host_that_knows_no_other_letters_is_understood() -> None:
    assert name_key("Ueber_Bruecken__2026-11-24_.epub", loose=True) == name_key("Über Brücken (2026-11-24).epub", loose=True)


_PIECES = st.sampled_from(
    [
        b"From: do-not-reply@amazon.com\r\n",
        GENUINE.encode() + b"\r\n",
        b"Authentication-Results: ",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n",
        b"Content-Type: text/html; charset*=x''%00\r\n",
        b'Content-Type: text/plain; charset="utf\\0"\r\n',
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: uuencode\r\n",
        b"Content-Type: message/delivery-status\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: text/rfc822-headers\r\n",
        b"Action: failed\r\n",
        b"Subject: =?utf-8?b?!!!?=\r\n",
        b"Diagnostic-Code: =?x?q?=ff?=\r\n",
        b"Message-ID: <a@b>\r\n",
        b"\r\n",
        b"--b\r\n",
        b"E013 * x.epub\r\n* y.pdf\r\n",
        b"<li>",
        b"\xff\x00\r",
    ]
)


@given(raw=st.one_of(st.binary(max_size=300), st.lists(st.one_of(_PIECES, st.binary(max_size=20)), max_size=25).map(b"".join)))
@settings(max_examples=600, deadline=None)
def test_whatever_arrives_there_is_no_traceback(raw: bytes) -> None:
    for mail in (raw, b"From: do-not-reply@amazon.com\r\n" + raw):
        found = read_rejection(mail, (HOST,))
        may_be_rejection(mail)
        assert found is None or found.mail_id


@pytest.mark.parametrize(
    "body",
    [
        b"<" * READ_BYTES,
        b"<style" * (READ_BYTES // 6),
        b"* a\r\n" * (READ_BYTES // 5),
        b"* .epub.pdf" * (READ_BYTES // 11),
        b"\r\n" * (READ_BYTES // 2),
        b"E01" * (READ_BYTES // 3),
        b"http://" * (READ_BYTES // 7),
        "".join(f"Content-Type: multipart/mixed; boundary={n}\r\n\r\n--{n}\r\n" for n in range(3000)).encode(),
    ],
    ids=range(8),
)
@pytest.mark.parametrize("kind", ["html", "plain", "parts"])
def test_a_mail_made_to_cost_costs_little(body: bytes, kind: str) -> None:
    head = {"html": b"Content-Type: text/html\r\n\r\n", "plain": b"Content-Type: text/plain\r\n\r\n", "parts": b""}[kind]
    began = time.process_time()
    read_rejection(b"From: do-not-reply@amazon.com\r\n" + head + body, (HOST,))
    assert time.process_time() - began < 2


@pytest.mark.parametrize("depth", [2000, 200_000])
def test_comments_within_comments_are_no_sender(depth: int) -> None:
    head = b"From: " + b"(" * depth + b"\r\n\r\n"
    assert may_be_rejection(head) is False
    assert read_rejection(head, (HOST,)) is None


@pytest.mark.parametrize("field", ["Action", "Status", "Diagnostic-Code"])
def test_a_bounce_with_bytes_that_are_no_ascii_is_read(field: str) -> None:
    raw = bounce("<1@bookpost.example>")
    assert f"{field}: ".encode() in raw
    found = read_rejection(raw.replace(f"{field}: ".encode(), f"{field}: ".encode() + b"\xff"), (HOST,))
    assert (found is None) == (field == "Action")


def test_a_character_set_that_is_none_is_read_as_utf_8() -> None:
    raw, changed = re.subn(
        rb"Content-Type: text/plain[^\r\n]*", lambda _: b"Content-Type: text/plain; charset*=a\0b''utf-8", rejection("E013", OURS)
    )
    assert changed
    assert read(raw).code == "E013"
