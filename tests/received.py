"""Mails as a sender's mailbox holds them, of our own writing in the form that vendors and mail servers document."""

import base64
import quopri

HOST = "mx.home.test"
GENUINE = f"Authentication-Results: {HOST}; dkim=pass header.d=amazon.com header.i=@amazon.com; spf=pass smtp.mailfrom=amazon.com"

ENGLISH = """Hello,

The document below, sent by you at 07:16 AM on Tue, Nov 24, 2026 GMT, was not delivered to your Kindle.
{code} - we could not process it.

{names}

Please look at https://www.amazon.com/help?error=E555&lang=en for what we take:
* EPUB (.epub)
* PDF (.pdf)
"""
GERMAN = """Guten Tag,

das folgende Dokument konnte wegen {code} nicht zugestellt werden – bitte prüfen Sie es:

{names}

Mit freundlichen Grüßen
"""
FRENCH = """Bonjour,

Le document n’a pas pu être envoyé (erreur : {code}).

{names}
"""
JAPANESE = """お客様

次のドキュメントはエラー{code}のため配信できませんでした。

{names}
"""


def listed(*names: str) -> str:
    """File names as Amazon lists them."""
    return "\n".join(f"* {name}" for name in names)


def rejection(
    code: str = "E013",
    *names: str,
    text: str = ENGLISH,
    authentication: str = GENUINE,
    sender: str = "Amazon Kindle Support <do-not-reply@amazon.com>",
    id: str = "<0101-1@eu-west-1.amazon.com>",
    encoding: str = "quoted-printable",
    subtype: str = "plain",
    extra: str = "",
) -> bytes:
    """A mail as Amazon sends it when it refuses a document, with what the own host wrote above it."""
    body = text.format(code=code, names=listed(*names)).encode()
    coded = {"quoted-printable": quopri.encodestring(body), "base64": base64.encodebytes(body), "8bit": body}[encoding]
    head = [
        "Return-Path: <bounces@amazon.com>",
        f"Received: from a8.smtp-out.example by {HOST}; Tue, 24 Nov 2026 07:17:00 +0000",
        *filter(None, [authentication]),
        f"From: {sender}",
        "To: me@mail.test",
        *filter(None, [f"Message-ID: {id}" if id else "", extra]),
        "Subject: =?utf-8?B?RG9rdW1lbnQ=?=",
        "MIME-Version: 1.0",
        f"Content-Type: text/{subtype}; charset=UTF-8",
        f"Content-Transfer-Encoding: {encoding}",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + coded


def bounce(
    message_id: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str = "smtp; 550 5.1.1 <k@kindle.com>: no such user",
    authentication: str = f"Authentication-Results: {HOST}; dkim=pass header.d=relay.test",
    returned: str = "text/rfc822-headers",
    sender: str = "Mail Delivery System <mailer-daemon@relay.test>",
) -> bytes:
    """A delivery status notification as RFC 3464 has it, in the form that Postfix writes."""
    return f"""Received: from relay.test by {HOST}; Tue, 24 Nov 2026 07:17:00 +0000
{authentication}
From: {sender}
To: me@mail.test
Message-ID: <bounce-1@relay.test>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.test
X-Postfix-Queue-ID: 4D2

Final-Recipient: rfc822; k@kindle.com
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}

--b
Content-Type: {returned}

From: me@mail.test
Message-ID: {message_id}
Subject: Tides

--b--
""".replace("\n", "\r\n").encode()
