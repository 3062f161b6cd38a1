#!/usr/bin/python3
"""A mail server for the tests of sending: keeps each message as DIR/<number>.eml, with its envelope and who sent it in
its header, until standard input ends.

    mail_sink.py DIR

DIR holds cert.pem, key.pem and ca.pem, an authority of their own; they are made first. It prints one line with three
ports: at 127.0.0.2 with STARTTLS, where `post` must log in with `pass word`; at 127.0.0.2 without TLS, where anybody
may; at 127.0.0.3 as at the first, with the certificate of 127.0.0.2."""

import asyncio
import pathlib
import ssl
import subprocess
import sys

from aiosmtpd.smtp import SMTP, AuthResult

CERTIFICATES = """
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=Own authority' \
    -keyout ca.key -out ca.pem
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=mail -keyout key.pem -out one.csr
echo subjectAltName=IP:127.0.0.2 > san
openssl x509 -req -in one.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out cert.pem
"""


class Sink:
    """What the servers ask."""

    def __init__(self, folder):
        self.folder, self.number = folder, 0

    async def handle_DATA(self, _server, session, envelope):  # pylint: disable=invalid-name
        """Keeps a message."""
        self.number += 1
        head = f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\nX-Tls: {session.ssl is not None}\r\n" \
            f"X-Login: {session.auth_data}\r\n"
        part = self.folder / "part"
        part.write_bytes(head.encode() + envelope.original_content)
        part.rename(self.folder / f"{self.number}.eml")
        return "250 OK"


class Sharp(SMTP):
    """Takes note of whoever names a password or a sender without TLS."""

    async def smtp_AUTH(self, arg):  # pylint: disable=invalid-name
        """AUTH, which must not come in the clear."""
        if not self.session.ssl:
            (self.event_handler.folder / "leaked").write_text("AUTH", encoding="utf-8")
        await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg):  # pylint: disable=invalid-name
        """MAIL, likewise."""
        if not self.session.ssl:
            (self.event_handler.folder / "leaked").write_text("MAIL", encoding="utf-8")
        await super().smtp_MAIL(arg)


def knows(_server, _session, _envelope, _mechanism, login):
    """The one account."""
    good = login.login == b"post" and login.password == b"pass word"
    return AuthResult(success=good, handled=False, auth_data=login.login.decode())


async def serve(folder):
    """Listens until standard input ends."""
    loop = asyncio.get_running_loop()
    sink = Sink(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    safe = {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": knows}
    ports = []
    for host, options in (("127.0.0.2", safe), ("127.0.0.2", {"authenticator": knows, "auth_require_tls": False}),
                          ("127.0.0.3", safe)):
        server = await loop.create_server(
            lambda options=options: Sharp(sink, hostname="sink.invalid", loop=loop, **options), host, 0)
        ports.append(str(server.sockets[0].getsockname()[1]))
    print(" ".join(ports), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def main():
    """Makes the certificates and serves."""
    folder = pathlib.Path(sys.argv[1])
    subprocess.run(["sh", "-ec", CERTIFICATES], cwd=folder, check=True, capture_output=True)
    asyncio.run(serve(folder))


main()
