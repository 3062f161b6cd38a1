#!/usr/bin/env python3
"""A mail server and chat service for development and tests: takes every message and delivers none. They are kept as
files and shown at a URL. Both ports are on 127.0.0.1.

    mailbox.py --dir DIR --smtp PORT --http PORT

DIR/<number>.eml holds a message as it arrived, with its envelope in X-Envelope-From and X-Envelope-To. While DIR/refuse exists, its
text ("451 4.3.0 Later") answers every recipient. The pages: / lists the messages, /<number> shows one as a mail program
would, /<number>.eml as it arrived. What is posted to /chat/<name> is a line of DIR/<name>.chat; while
DIR/refuse-chat exists, its text ("429 30": the status, and Retry-After) answers."""

import argparse
import asyncio
import email
import email.policy
import html
import http.server
import json
import pathlib
import re
import threading

from aiosmtpd.smtp import SMTP

STYLE = "<!DOCTYPE html><meta charset=utf-8><title>Inbox</title><style>body{font-family:sans-serif;max-width:60em;" \
    "margin:2em auto}td{padding:.2em 1em .2em 0}pre{background:#eee;padding:1em;white-space:pre-wrap}" \
    "iframe{width:100%;height:24em;border:1px solid #999}</style>"


class Inbox:
    """The folder of messages, and what the SMTP server asks."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.number = max((int(path.stem) for path in folder.glob("*.eml")), default=0)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # pylint: disable=invalid-name
        """Takes a recipient, or refuses it as DIR/refuse says."""
        refusal = self.folder / "refuse"
        if refusal.exists():
            return refusal.read_text(encoding="utf-8").strip()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # pylint: disable=invalid-name
        """Keeps a message; the file appears whole."""
        self.number += 1
        part = self.folder / f"{self.number}.part"
        to = ", ".join(envelope.rcpt_tos)
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {to}\r\n"
        part.write_bytes(head.encode() + envelope.original_content)
        part.rename(self.folder / f"{self.number}.eml")
        return "250 OK"

    def message(self, number):
        """One message, parsed."""
        return email.message_from_bytes((self.folder / f"{number}.eml").read_bytes(), policy=email.policy.default)

    def numbers(self):
        """Those that there are, newest first."""
        return sorted((int(path.stem) for path in self.folder.glob("*.eml")), reverse=True)


def listed(inbox):
    """The page of all messages."""
    rows = ""
    for number in inbox.numbers()[:200]:
        head = inbox.message(number)
        rows += f"<tr><td><a href='/{number}'>{html.escape(str(head['Subject']))}</a><td>" \
            f"{html.escape(str(head['To']))}<td>{html.escape(str(head['Date']))}"
    posts = "".join(f"<h2>{html.escape(path.stem)}</h2><pre>{html.escape(path.read_text(encoding='utf-8'))}</pre>"
                    for path in sorted(inbox.folder.glob("*.chat")))
    return f"{STYLE}<h1>Inbox</h1><p>What the platform has sent; nothing here leaves this machine.<table>{rows}</table>{posts}"


def shown(inbox, number):
    """The page of one message: its header, both texts, and a calendar if it has one."""
    message = inbox.message(number)
    head = "".join(f"<tr><td>{html.escape(name)}<td>{html.escape(value)}" for name, value in message.items())
    page = f"{STYLE}<p><a href='/'>Inbox</a> · <a href='/{number}.eml'>as it arrived</a><table>{head}</table>"
    for part in message.walk():
        if part.get_content_type() == "text/html":
            page += f"<iframe sandbox srcdoc='{html.escape(part.get_content())}'></iframe>"
        elif part.get_content_type() in ("text/plain", "text/calendar"):
            page += f"<pre>{html.escape(part.get_content())}</pre>"
    return page


def pages(inbox):
    """The handler of the inbox's pages."""
    class Handler(http.server.BaseHTTPRequestHandler):
        """GET, and POST to a chat."""

        def do_POST(self):  # pylint: disable=invalid-name
            """Takes a message to a chat, or refuses it as DIR/refuse-chat says."""
            data = self.rfile.read(int(self.headers["Content-Length"]))
            named = re.fullmatch(r"/chat/([a-z]+)", self.path)
            refusal = inbox.folder / "refuse-chat"
            status, *pause = refusal.read_text(encoding="utf-8").split() if refusal.exists() else ["200"]
            if status == "200" and named:
                with open(inbox.folder / f"{named[1]}.chat", "a", encoding="utf-8") as out:
                    out.write(json.dumps(json.loads(data)) + "\n")
            self.send_response(int(status) if named else 404)
            for seconds in pause:
                self.send_header("Retry-After", seconds)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self):  # pylint: disable=invalid-name
            """A page, or 404."""
            name, kind = self.path.strip("/"), "text/html; charset=utf-8"
            try:
                if not name:
                    body = listed(inbox).encode()
                elif name.endswith(".eml"):
                    body, kind = (inbox.folder / f"{int(name[:-4])}.eml").read_bytes(), "message/rfc822"
                else:
                    body = shown(inbox, int(name)).encode()
            except (ValueError, FileNotFoundError):
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):  # pylint: disable=arguments-differ
            """Says nothing."""
    return Handler


async def serve(inbox, port):
    """Takes messages until the process ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(inbox, hostname="mailbox.invalid", loop=loop, timeout=600), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


def main():
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, required=True)
    parser.add_argument("--smtp", type=int, required=True)
    parser.add_argument("--http", type=int, required=True)
    options = parser.parse_args()
    inbox = Inbox(options.dir)
    web = http.server.ThreadingHTTPServer(("127.0.0.1", options.http), pages(inbox))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    try:
        asyncio.run(serve(inbox, options.smtp))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
