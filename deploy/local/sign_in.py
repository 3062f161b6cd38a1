#!/usr/bin/env python3
"""The identity provider of a local stack: a page that lists the demo's people by role, on which one becomes
one of them. The portal uses it as it would any other (OpenID Connect, authorization code with PKCE).

    sign_in.py --dir build/run

It serves the folder's own portal alone, on loopback, with the stack's development keys, which services
refuse if APP_ENV is production."""

import argparse
import base64
import hashlib
import html
import http.server
import json
import pathlib
import secrets
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hints  # noqa: E402
import keys  # noqa: E402
from assembly import read_facts  # noqa: E402
from demo import Company  # noqa: E402

CODE_SECONDS, TOKEN_SECONDS = 600, 12 * 3600
SHOWN = 6  # people of a role
ROLES = {"participant": "Participant", "programme_admin": "Coordinator", "admin": "Administrator", "hris": "HR system",
         "auditor": "Auditor"}
STYLE = pathlib.Path(__file__).with_name("sign_in.css")


def cast(folder):
    """(heading, people) of the page; people are (role, user name, name, what they do)."""
    company, played = Company(), hints.played(folder)
    if not played:
        return [("Without a person", [("admin", "", "Administrator", "Skills, settings"), ("hris", "", "HR system", "Imports people")])]
    by_name = {person["user_name"]: person for person in company.people}

    def people(users, role="participant", what=None):
        return [(role, user, f"{by_name[user]['given_name']} {by_name[user]['family_name']}",
                 what or f"{by_name[user]['title']}, {by_name[user]['location']}") for user in users]
    leaders = [played["mentee"], *(person["user_name"] for person in company.mentees())]
    mentors = [played["mentor"], *(person["user_name"] for person in company.mentors())]
    return [*((group["title"], people(group["people"])) for group in played.get("cast", [])),
            ("Leaders", people(list(dict.fromkeys(leaders))[:SHOWN])),
            ("Mentors", people(list(dict.fromkeys(mentors))[:SHOWN])),
            ("Running the programme", people([company.person_for("programme_admin")], "programme_admin",
                                             "Coordinator of the programmes")
             + people([company.person_for("admin")], "admin", "Administrator: imports, skills, settings")
             + people([company.person_for("auditor")], "auditor", "Auditor"))]


class Provider(http.server.ThreadingHTTPServer):
    """What the provider knows: its stack, and the codes that nobody has redeemed."""

    daemon_threads = True

    def __init__(self, folder, facts):
        super().__init__(("127.0.0.1", facts["sign_in_port"]), Page)
        self.folder, self.facts = folder, facts
        self.codes, self.lock = {}, threading.Lock()

    def code(self, who, query):
        """A new code for a person and the request of a portal."""
        code, now = secrets.token_urlsafe(24), time.monotonic()
        with self.lock:
            self.codes = {known: one for known, one in self.codes.items() if one[2] > now}
            self.codes[code] = (who, query, now + CODE_SECONDS)
        return code

    def redeem(self, form):
        """The token for a code, once; None if anything about it is wrong."""
        with self.lock:
            who, query, until = self.codes.pop(form.get("code"), (None, {}, 0))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if until < time.monotonic() or challenge != query["code_challenge"] or form.get("redirect_uri") != query["redirect_uri"]:
            return None
        role, user = who
        return keys.token(self.facts["keys"], self.facts["token_tool"], role, user or None, TOKEN_SECONDS)


class Page(http.server.BaseHTTPRequestHandler):
    """One request."""

    server_version, sys_version = "sign-in", ""

    def do_GET(self):
        """The provider's description, its page, a choice on it, and the end."""
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        base = self.server.facts["sign_in"]
        if self.headers.get("Host") != base.removeprefix("http://"):
            self.reply(421, "This host is not served here.")
        elif url.path == "/.well-known/openid-configuration":
            self.reply(200, {"issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                             "end_session_endpoint": f"{base}/end", "response_types_supported": ["code"],
                             "code_challenge_methods_supported": ["S256"]})
        elif url.path == "/style.css":
            self.reply(200, STYLE.read_text(encoding="utf-8"), "text/css")
        elif url.path == "/end":
            self.go(query.get("post_logout_redirect_uri", ""), "who=; Max-Age=0; HttpOnly; SameSite=Lax")
        elif url.path not in ("/authorize", "/as"):
            self.reply(404, "There is no such page.")
        elif not {"state", "code_challenge"} <= query.keys() or not self.ours(query.get("redirect_uri", "")):
            self.reply(400, "This page is called by the portal of the same stack.")
        else:
            self.authorize(url.path, query)

    def authorize(self, path, query):
        """Sends a person back to the portal: whoever was just chosen, or who was last time."""
        role, _, user = self.cookie().partition(":")
        if path == "/as":
            role, user = query.pop("as_role", ""), query.pop("as_user", "").strip()
        if role not in ROLES or query.get("prompt") == "login" and path == "/authorize":
            self.reply(200, self.page(query))
            return
        code = self.server.code((role, user), query)
        back = urllib.parse.urlencode({"code": code, "state": query["state"]})
        self.go(f"{query['redirect_uri']}?{back}", f"who={urllib.parse.quote(f'{role}:{user}')}; HttpOnly; SameSite=Lax")

    def do_POST(self):
        """A code for a token."""
        size = min(int(self.headers.get("Content-Length", 0)), 65536)
        form = dict(urllib.parse.parse_qsl(self.rfile.read(size).decode()))
        token = self.server.redeem(form) if self.path == "/token" else None
        if token:
            self.reply(200, {"access_token": token, "id_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})
        else:
            self.reply(400, {"error": "invalid_grant"})

    def ours(self, uri):
        """Whether an address is the portal's."""
        return uri.startswith(self.server.facts["url"] + "/portal/")

    def cookie(self):
        """Who was chosen last, as role:user."""
        for part in self.headers.get("Cookie", "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == "who":
                return urllib.parse.unquote(value)
        return ""

    def go(self, uri, cookie):
        """A redirect to the portal, and nowhere else."""
        if not self.ours(uri):
            self.reply(400, "This page is called by the portal of the same stack.")
            return
        self.send_response(303)
        self.send_header("Location", uri)
        self.send_header("Set-Cookie", cookie)
        self.end_headers()

    def page(self, query):
        """The page of people; each is a link that carries the portal's request on."""
        kept = "".join(f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">' for name, value in query.items())
        parts = []
        for heading, people in cast(self.server.folder):
            items = "".join(
                f'<li><a href="/as?{html.escape(urllib.parse.urlencode({**query, "as_role": role, "as_user": user}))}">'
                f"<strong>{html.escape(name)}</strong><span>{html.escape(what)}</span></a></li>" for role, user, name, what in people)
            parts.append(f"<section><h2>{html.escape(heading)}</h2><ul>{items}</ul></section>")
        roles = "".join(f'<option value="{role}">{name}</option>' for role, name in ROLES.items())
        return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
                f'<title>Sign in as · Upward</title><link rel="stylesheet" href="/style.css"></head><body><main><h1>Sign in as</h1>'
                f"<p>Only this stack on your own machine has this page. Elsewhere people sign in with their organisation.</p>"
                f'<div class="groups">{"".join(parts)}</div>'
                f'<form action="/as"><h2>Anybody else</h2>{kept}<label>User name <input name="as_user" autocomplete="off"></label>'
                f'<label>Role <select name="as_role">{roles}</select></label><button>Sign in</button></form></main></body></html>')

    def reply(self, status, body, kind=None):
        """JSON for an object, a page for a text."""
        kind = kind or ("text/html" if isinstance(body, str) else "application/json")
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(data)), "Cache-Control": "no-store",
                            "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
                            "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
                            "Access-Control-Allow-Origin": self.server.facts["url"]}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """Nothing: a request line holds codes."""


def main():
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, required=True)
    folder = parser.parse_args().dir
    Provider(folder, read_facts(folder)).serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
