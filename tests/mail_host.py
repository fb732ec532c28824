"""A real mail host for the tests: Debian's Postfix and Dovecot, configured into a temporary folder, on free loopback ports.

    submission   STARTTLS, login            implicit   TLS from the start, login
    plain        no TLS, no login           imap       TLS from the start, the mailbox of what arrived
                                            imap_starttls   the same by STARTTLS

The certificate is for `localhost` by an authority made for the test. Postfix starts as root only. Recipients:
`reader@mail.test` is delivered, `nobody@mail.test` is unknown, `grey@mail.test` is greylisted at first. Login: `me` / `secret`.
"""

import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SIZE_LIMIT = 1_000_000


@dataclass(frozen=True)
class MailHost:
    """The running host: its ports, the certificate authority's file, and the reader's mailbox."""

    folder: Path
    submission: int
    implicit: int
    plain: int
    imap: int
    imap_starttls: int
    ca_file: Path

    def arrived(self, *, count: int = 1, seconds: float = 20) -> list[bytes]:
        """The messages in the reader's mailbox, once there are `count` or the time is over."""
        mailbox = self.folder / "mail" / "reader" / "new"
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = sorted(mailbox.glob("*")) if mailbox.exists() else []
            if len(found) >= count:
                break
            time.sleep(0.05)
        return [path.read_bytes() for path in found]

    def deliver(self, raw: bytes, *, user: str = "me") -> None:
        """Put a message into a user's inbox by LMTP, as it is: as if it had come in from elsewhere."""
        with smtplib.LMTP(f"{self.folder}/lmtp") as lmtp:
            lmtp.sendmail("", [f"{user}@mail.test"], raw)

    def log(self) -> str:
        """Postfix's log so far."""
        return (self.folder / "postfix.log").read_text("utf-8", "replace")


@contextmanager
def mail_host() -> Iterator[MailHost]:
    """Start the host in a folder that its own users can reach, and stop it in the end."""
    with tempfile.TemporaryDirectory(prefix="bookpost-mail-") as name:
        Path(name).chmod(0o755)
        with _started(Path(name)) as host:
            yield host


@contextmanager
def _started(folder: Path) -> Iterator[MailHost]:
    ports = _free_ports(5)
    submission, implicit, plain, imap, imap_starttls = ports
    host = MailHost(folder, submission, implicit, plain, imap, imap_starttls, _certificates(folder))
    _configure_dovecot(host)
    _configure_postfix(host)
    dovecot = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", folder / "dovecot.conf"])
    try:
        subprocess.run(["/usr/sbin/postfix", "-c", folder / "postfix", "start"], check=True, capture_output=True)
        for port in ports:
            _wait_for(port)
        yield host
    finally:
        subprocess.run(["/usr/sbin/postfix", "-c", folder / "postfix", "stop"], check=False, capture_output=True)
        dovecot.terminate()
        dovecot.wait(10)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _certificates(folder: Path) -> Path:
    """An authority and a certificate for localhost by it."""
    ca, key, request, certificate = (folder / name for name in ("ca.pem", "key.pem", "request.pem", "cert.pem"))
    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    authority = [*new, "-x509", "-keyout", f"{folder}/ca.key", "-out", f"{ca}", "-subj", "/CN=bookpost test authority"]
    subprocess.run(authority, check=True, capture_output=True)
    subprocess.run([*new, "-keyout", f"{key}", "-out", f"{request}", "-subj", "/CN=localhost"], check=True, capture_output=True)
    names = folder / "names.cnf"
    names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    sign = ["openssl", "x509", "-req", "-in", f"{request}", "-CA", f"{ca}", "-CAkey", f"{folder}/ca.key", "-CAcreateserial", "-days", "2"]
    subprocess.run([*sign, "-extfile", f"{names}", "-out", f"{certificate}"], check=True, capture_output=True)
    return ca


def _configure_dovecot(host: MailHost) -> None:
    folder = host.folder
    mail = folder / "mail"
    mail.mkdir()
    shutil.chown(mail, "nobody", "nogroup")
    (folder / "users").write_text("me:{PLAIN}secret\nreader:{PLAIN}secret\n")
    (folder / "dovecot.conf").write_text(
        f"""
        base_dir = {folder}/dovecot
        log_path = {folder}/dovecot.log
        protocols = imap lmtp
        listen = 127.0.0.1
        ssl = yes
        ssl_cert = <{folder}/cert.pem
        ssl_key = <{folder}/key.pem
        auth_mechanisms = plain login
        auth_failure_delay = 0
        auth_username_format = %Ln
        first_valid_uid = 1
        mail_location = maildir:{mail}/%n
        namespace inbox {{
          inbox = yes
          mailbox Unerwünscht {{
            special_use = \\Junk
            auto = subscribe
          }}
        }}
        passdb {{
          driver = passwd-file
          args = username_format=%n {folder}/users
        }}
        userdb {{
          driver = static
          args = uid=nobody gid=nogroup home={mail}/%n allow_all_users=yes
        }}
        service auth {{
          unix_listener auth {{
            path = {folder}/auth
            mode = 0666
          }}
        }}
        service anvil {{
          unix_listener anvil-auth-penalty {{
            mode = 0
          }}
        }}
        service lmtp {{
          unix_listener lmtp {{
            path = {folder}/lmtp
            mode = 0666
          }}
        }}
        service imap-login {{
          inet_listener imap {{
            address = 127.0.0.1
            port = {host.imap_starttls}
          }}
          inet_listener imaps {{
            address = 127.0.0.1
            port = {host.imap}
            ssl = yes
          }}
        }}
        """
    )


def _configure_postfix(host: MailHost) -> None:
    folder = host.folder
    config = folder / "postfix"
    config.mkdir()
    queue, data = folder / "queue", folder / "data"
    queue.mkdir()
    data.mkdir()
    shutil.chown(data, "postfix")
    (config / "recipients").write_text("reader@mail.test OK\ngrey@mail.test OK\n")
    (config / "grey").write_text("grey@mail.test 450 4.2.0 Greylisted, try again later\n")
    (config / "senders").write_text("me@mail.test me\n")
    settings = {
        "compatibility_level": "3.6",
        "queue_directory": queue,
        "data_directory": data,
        "command_directory": "/usr/sbin",
        "daemon_directory": "/usr/lib/postfix/sbin",
        "mail_owner": "postfix",
        "setgid_group": "postdrop",
        "myhostname": "mail.test",
        "mydestination": "",
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "mynetworks": "127.0.0.0/8",
        "maillog_file": folder / "postfix.log",
        "maillog_file_prefixes": f"{folder}",
        "virtual_mailbox_domains": "mail.test",
        "virtual_mailbox_maps": f"texthash:{config}/recipients",
        "virtual_transport": f"lmtp:unix:{folder}/lmtp",
        "message_size_limit": SIZE_LIMIT,
        "smtpd_tls_cert_file": folder / "cert.pem",
        "smtpd_tls_key_file": folder / "key.pem",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": f"{folder}/auth",
        "smtpd_sender_login_maps": f"texthash:{config}/senders",
        "smtpd_recipient_restrictions": f"check_recipient_access texthash:{config}/grey, permit_mynetworks, reject_unauth_destination",
        "smtpd_error_sleep_time": "0",
        "smtpd_client_connection_rate_limit": "0",
    }
    (config / "main.cf").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))
    login = "-o smtpd_sasl_auth_enable=yes -o smtpd_client_restrictions=permit_sasl_authenticated,reject"
    sender = "-o smtpd_sender_restrictions=reject_sender_login_mismatch"
    services = [
        f"127.0.0.1:{host.plain} inet n - n - - smtpd",
        f"127.0.0.1:{host.submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt {login} {sender}",
        f"127.0.0.1:{host.implicit} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes {login} {sender}",
        "pickup unix n - n 60 1 pickup",
        "cleanup unix n - n - 0 cleanup",
        "qmgr unix n - n 300 1 qmgr",
        "tlsmgr unix - - n 1000? 1 tlsmgr",
        "rewrite unix - - n - - trivial-rewrite",
        "bounce unix - - n - 0 bounce",
        "defer unix - - n - 0 bounce",
        "trace unix - - n - 0 bounce",
        "verify unix - - n - 1 verify",
        "proxymap unix - - n - - proxymap",
        "error unix - - n - - error",
        "retry unix - - n - - error",
        "lmtp unix - - n - - lmtp",
        "anvil unix - - n - 1 anvil",
        "scache unix - - n - 1 scache",
        "postlog unix-dgram n - n - 1 postlogd",
    ]
    (config / "master.cf").write_text("\n".join(services) + "\n")
