"""The gateway as a caller meets it: nginx with the real configuration before an upstream that says
what reached it."""

import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "deploy/gateway"), str(ROOT / "deploy/local")]
import ports  # noqa: E402
import render  # noqa: E402

AT_ONCE = 20  # requests of one address
SERVICES = ["profiles", "matching", "scheduling", "evaluation"]


class Upstream(http.server.BaseHTTPRequestHandler):
    """Answers every request with what it saw of it."""
    protocol_version = "HTTP/1.1"

    def answer(self):
        if self.path.endswith("/hung"):
            with self.server.counting:
                self.server.hanging += 1
            self.server.end.wait()
            self.close_connection = True  # nobody waits any more
            return
        if self.path.endswith("/early"):
            self.send_error(401)
            return
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        if self.path.endswith("/-long"):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("ETag", '"1.00000001"')
            self.send_header("Content-Length", "4002")
            self.end_headers()
            self.wfile.write(b'"' + b"a" * 4000 + b'"')
            return
        body = json.dumps({"service": self.server.service, "method": self.command,
                           "path": self.path, "length": length,
                           "headers": {k.lower(): v for k, v in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Request-Id", self.headers["X-Request-Id"])
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

    def log_message(self, *_arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    """With room for many callers at once."""
    request_queue_size = 2 * AT_ONCE


class Answer:
    """One raw HTTP answer."""

    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin1").split("\r\n")
        self.status = int(lines[0].split()[1]) if raw else 0
        self.names = [line.split(":")[0].lower() for line in lines[1:]]
        self.headers = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip()
                        for line in lines[1:]}

    def json(self):
        return json.loads(self.body)


class Gateway(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        base = pathlib.Path(cls.folder.name)
        for name in ("tmp", "static/problems", "static/docs"):
            (base / name).mkdir(parents=True)
        (base / "static/openapi.json").write_text("{}")
        (base / "static/problems/not_found.html").write_text("<p>page")
        # One service is down: nothing listens at its port.
        *own, cls.port = ports.block_for(base, len(SERVICES) + 1)
        cls.upstreams = []
        for name, port in zip(SERVICES[:3], own):
            server = Server(("127.0.0.1", port), Upstream)
            server.service, server.daemon_threads = name, True
            server.end, server.counting, server.hanging = threading.Event(), threading.Lock(), 0
            threading.Thread(target=server.serve_forever, daemon=True).start()
            cls.upstreams.append(server)
        cls.url = f"http://127.0.0.1:{cls.port}"
        cls.base = base
        (base / "nginx.conf").write_text(render.render({
            "USER": "user root;" if os.geteuid() == 0 else "", "DIR": base,
            "ERROR_LOG": base / "error.log", "ACCESS_LOG": base / "access.log",
            "STATIC": base / "static", "LISTEN": f"127.0.0.1:{cls.port}",
            "PUBLIC_BASE_URL": cls.url, "CORS_ORIGINS": "https://portal.example, http://localhost:3000",
            "REQUESTS_PER_SECOND": 1000, "BURST": 500, "CONNECTIONS": AT_ONCE,
            **{name.upper(): f"127.0.0.1:{port}" for name, port in zip(SERVICES, own)}}))
        cls.nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", base / "nginx.conf", "-e",
                                      base / "error.log"])
        deadline = time.monotonic() + 300
        while socket.socket().connect_ex(("127.0.0.1", cls.port)):
            if time.monotonic() > deadline or cls.nginx.poll() is not None:
                raise RuntimeError((base / "error.log").read_text())
            time.sleep(0.01)

    @classmethod
    def tearDownClass(cls):
        cls.nginx.terminate()
        cls.nginx.wait()
        for server in cls.upstreams:
            server.end.set()
            server.shutdown()
            server.server_close()
        cls.folder.cleanup()

    def send(self, raw):
        with socket.create_connection(("127.0.0.1", self.port), timeout=300) as connection:
            connection.sendall(raw)
            parts = []
            try:
                while part := connection.recv(65536):
                    parts.append(part)
            except ConnectionResetError:
                pass  # an answer given before the body was read
        return Answer(b"".join(parts))

    def ask(self, path, method="GET", headers=(), body=b"", host="127.0.0.1"):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return self.send("\r\n".join([*lines, "", ""]).encode() + body)

    def refused(self, answer, status, code):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        problem = answer.json()
        self.assertEqual((problem["status"], problem["code"]), (status, code))
        self.assertEqual(problem["type"], f"{self.url}/problems/{code}")
        self.assertEqual(problem["request_id"], answer.headers["x-request-id"])
        self.assertEqual(answer.names.count("x-request-id"), 1)
        return answer

    def test_every_operation_reaches_the_service_that_owns_it(self):
        asked = 0
        for service in SERVICES[:3]:
            for file in sorted((ROOT / "api" / service).glob("*.yaml")):
                for path in yaml.safe_load(file.read_text()).get("paths", ()):  # some have schemas alone
                    answer = self.ask(path.replace("{", "x").replace("}", "x"))
                    self.assertEqual(answer.status, 200, path)
                    self.assertEqual(answer.json()["service"], service, path)
                    asked += 1
        self.assertGreater(asked, 20)

    def test_a_service_that_is_down_is_502_with_retry_after(self):
        answer = self.refused(self.ask("/api/v1/reports"), 502, "bad_gateway")
        self.assertEqual(answer.headers["retry-after"], "1")
        self.refused(self.ask("/api/v1/feedback", "POST", body=b"{}"), 502, "bad_gateway")

    def test_a_service_that_hangs_is_503_with_retry_after(self):
        for method in ("GET", "POST"):
            answer = self.refused(self.ask("/api/v1/people/hung", method), 503, "gateway_timeout")
            self.assertIn("retry-after", answer.headers)

    def test_a_body_reaches_the_service_before_it_is_whole(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=300) as connection:
            connection.sendall(b"POST /api/v1/people/early HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                               b"Content-Length: 1000\r\n\r\nabc")
            self.assertIn(b" 401 ", connection.recv(65536).split(b"\r\n")[0])

    def test_unknown_first_segments_are_404(self):
        for path in ("/api/v1/peoples", "/api/v1/", "/api/v2/people", "/people", "/-/problem/404",
                     "/metrics", "/readyz", "/nginx.conf"):
            self.refused(self.ask(path), 404, "not_found")

    def test_paths_that_two_readers_read_differently_are_400(self):
        for path in ("/api/v1//people", "//api/v1/people", "/api/v1/people%00", "/api/v1/%2e%2e/x",
                     "/api/v1/people/../skills", "/api/v1/people/.", "/api/v1/people%2Fx",
                     "/api/v1/people\\x", "/api/v1/people%5cx", "/api/v1/people%0d%0ax"):
            self.refused(self.ask(path), 400, "bad_request")
        self.assertEqual(self.ask("/api/v1/people?q=a//b%2F..").json()["path"],
                         "/api/v1/people?q=a//b%2F..")

    def test_malformed_requests_are_400(self):
        head = b"POST /api/v1/people HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        for raw in (b"nonsense\r\n\r\n", b"GET /api/v1/people HTTP/1.1\r\n\r\n",
                    head + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
                    head + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                    head + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    head + b"Content-Length: -1\r\n\r\n"):
            self.refused(self.send(raw), 400, "bad_request")
        self.refused(self.send(head + b"Transfer-Encoding: gzip\r\n\r\n"), 501, "not_implemented")

    def test_methods_that_nobody_knows_are_405_with_allow(self):
        for method in ("TRACE", "CONNECT", "PROPFIND", "X"):
            answer = self.ask("/api/v1/people", method)
            self.refused(answer, 405, "method_not_allowed")
            self.assertIn("PATCH", answer.headers["allow"])
        self.refused(self.ask("/openapi.json", "POST", body=b"x"), 405, "method_not_allowed")

    def test_what_is_only_read_says_so(self):
        for path in ("/calendar/x.ics", "/docs/index.html", "/openapi.json", "/problems/not_found",
                     "/elements/upward.js", "/portal/"):
            answer = self.ask(path, "POST")
            self.assertEqual((answer.status, answer.headers["allow"]), (405, "GET, HEAD, OPTIONS"), path)

    def test_listed_origins_may_read_what_the_gateway_answers(self):
        asked = [("/api/v1/sessions", "POST", 413, b"x" * 70000), ("/nowhere", "GET", 404, b""),
                 ("/nowhere", "OPTIONS", 404, b""), ("/api/v1/people?q=" + "a" * 17000, "GET", 414, b""),
                 ("/api/v1/goals", "GET", 502, b""), ("/api/v1/me/hung", "GET", 503, b"")]
        for origin, listed in (("https://portal.example", True), ("http://localhost:3000", True),
                               ("https://portal.example.evil.example", False), ("null", False)):
            for path, method, status, body in asked if listed else asked[:4]:
                answer = self.ask(path, method, [f"Origin: {origin}"], body)
                self.assertEqual(answer.status, status)
                self.assertEqual(answer.headers.get("access-control-allow-origin"), origin if listed else None)
                self.assertIn("origin", answer.headers["vary"].lower())
                self.assertEqual("X-Request-Id" in answer.headers.get("access-control-expose-headers", ""), listed)
                self.assertEqual(answer.names.count("access-control-allow-origin"), int(listed))

    def test_who_asks_for_too_much_at_once_is_told_so(self):
        origin, before = "https://portal.example", self.upstreams[0].hanging
        request = f"GET /api/v1/people/hung HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {origin}\r\n\r\n".encode()
        # another address, whose requests no other test's are counted with
        held = [socket.create_connection(("127.0.0.1", self.port), 20, ("127.0.0.2", 0)) for _ in range(AT_ONCE + 1)]
        try:
            for connection in held[:AT_ONCE]:
                connection.sendall(request)
            deadline = time.monotonic() + 300
            while self.upstreams[0].hanging < before + AT_ONCE:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)
            held[AT_ONCE].sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            answer = self.refused(Answer(b"".join(iter(lambda: held[AT_ONCE].recv(65536), b""))), 429, "rate_limited")
        finally:
            for connection in held:
                connection.close()
        self.assertEqual(answer.headers["access-control-allow-origin"], origin)
        self.assertEqual(answer.headers["retry-after"], "1")
        self.assertIn("Retry-After", answer.headers["access-control-expose-headers"])

    def test_a_body_in_chunks_is_limited(self):
        head = (b"POST /api/v1/pairs HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n")
        chunk = b"400\r\n" + b"x" * 1024 + b"\r\n"
        for count in (65, 200):
            self.refused(self.send(head + chunk * count + b"0\r\n\r\n"), 413, "too_large")

    def test_an_origin_that_is_none_is_refused(self):
        for bad in ("portal.example", "https://a.example/path", 'https://a.example" x;', "*"):
            with self.assertRaises(ValueError):
                render.render({"CORS_ORIGINS": bad})

    def test_answers_are_shorter_for_who_takes_gzip(self):
        plain = self.ask("/api/v1/me/-long")
        short = self.ask("/api/v1/me/-long", headers=["Accept-Encoding: gzip"])
        self.assertEqual(short.headers["content-encoding"], "gzip")
        self.assertLess(len(short.body), len(plain.body) / 10)
        self.assertEqual((plain.headers["etag"], short.headers["etag"]), ('"1.00000001"', 'W/"1.00000001"'))
        told_once = self.ask("/api/v1/calendar-feeds/-long", "POST", ["Accept-Encoding: gzip"], b"{}")
        self.assertEqual((told_once.status, "content-encoding" in told_once.headers), (200, False))

    def test_other_hosts_are_421(self):
        self.refused(self.ask("/api/v1/people", host="evil.example"), 421, "host_unknown")

    def test_bodies_are_limited(self):
        self.assertEqual(self.ask("/api/v1/pairs", "POST", body=b"x" * 65536).json()["length"], 65536)
        self.refused(self.ask("/api/v1/pairs", "POST", body=b"x" * 65537), 413, "too_large")
        imported = self.ask("/api/v1/imports", "POST", body=b"x" * (1 << 20)).json()
        self.assertEqual((imported["service"], imported["length"]), ("profiles", 1 << 20))
        self.refused(self.ask("/api/v1/imports", "POST", ["Content-Length: 33554433"]), 413,
                     "too_large")

    def test_heads_are_limited(self):
        token = "Authorization: Bearer " + "t" * 15360  # as long as the services take one
        self.assertEqual(self.ask("/api/v1/people", headers=[token]).status, 200)
        self.refused(self.ask("/api/v1/people", headers=["A: " + "a" * 17500]), 431,
                     "header_too_large")
        self.refused(self.ask("/api/v1/people?q=" + "a" * 17500), 414, "uri_too_long")
        self.refused(self.ask("/api/v1/people?q=" + "a" * 40000), 414, "uri_too_long")
        self.refused(self.ask("/api/v1/people", headers=["A: " + "a" * 40000]), 431, "header_too_large")
        self.refused(self.ask("/api/v1/people", headers=["A: " + "a" * 9000, "B: " + "b" * 9000]), 431,
                     "header_too_large")
        self.assertEqual(self.ask("/api/v1/people?q=" + "a" * 15000).status, 200)

    def test_nobody_says_by_header_who_they_are(self):
        lies = ["X-Forwarded-For: 6.6.6.6", "X-Forwarded-Host: evil", "Forwarded: for=6.6.6.6",
                "X-User-Id: 1", "X-User-Roles: admin", "X-Real-IP: 6.6.6.6", "Remote-User: root",
                "X-HTTP-Method-Override: DELETE", "Cookie: a=b", "X_User_Id: 1"]
        seen = self.ask("/api/v1/people", headers=lies).json()["headers"]
        self.assertEqual({name for name in seen if name.startswith(("x-", "x_", "fo", "re", "co"))},
                         {"x-request-id", "x-forwarded-for", "x-forwarded-proto"})
        self.assertEqual(seen["x-forwarded-for"], "127.0.0.1")

    def test_a_good_request_id_is_kept_and_a_bad_one_replaced(self):
        answer = self.ask("/api/v1/people", headers=["X-Request-Id: a-1.b_2"])
        self.assertEqual(answer.headers["x-request-id"], "a-1.b_2")
        self.assertEqual(answer.names.count("x-request-id"), 1)
        for bad in ("a b", "a" * 129, '"', "é"):
            answer = self.ask("/api/v1/people", headers=["X-Request-Id: " + bad])
            self.assertRegex(answer.headers["x-request-id"], "^[0-9a-f]{32}$")

    def test_static_parts_are_served(self):
        self.assertEqual(self.ask("/openapi.json").headers["content-type"], "application/json")
        self.assertEqual(self.ask("/problems/not_found").body, b"<p>page")
        self.refused(self.ask("/problems/none"), 404, "not_found")
        self.assertEqual(self.ask("/docs").headers["location"], f"{self.url}/docs/")
        self.assertEqual(self.ask("/docs/").status, 503)  # until it is built, with a page to wait

    def test_the_portal_says_where_to_sign_in_and_runs_nothing_inline(self):
        self.assertEqual(self.ask("/portal").headers["location"], f"{self.url}/portal/")
        self.assertEqual(self.ask("/portal/").status, 503)  # until it is built
        self.assertEqual(self.ask("/elements/upward.js").status, 503)
        self.assertEqual(self.ask("/portal/config.json").json()["client_id"], "upward-portal")
        pages = self.base / "static/portal"
        pages.mkdir()
        (pages / "index.html").write_text("<p>portal")
        answer = self.ask("/portal/")
        self.assertEqual(answer.body, b"<p>portal")
        self.assertIn("script-src 'self'; style-src 'self'", answer.headers["content-security-policy"])
        self.assertNotIn("unsafe", answer.headers["content-security-policy"])

    def test_calendar_tokens_are_in_no_log(self):
        answer = self.ask("/calendar/Secret-Token-1.ics")
        self.assertEqual(answer.json()["service"], "scheduling")
        self.ask("/api/v1/reports/Secret-Token-2?q=Secret-Token-3")
        self.ask("/api/v1/surveys")  # logged after the others
        deadline = time.monotonic() + 300
        while '"segment":"api/v1/surveys"' not in (self.base / "access.log").read_text():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        logs = [(self.base / name).read_text() for name in ("access.log", "error.log")]
        self.assertNotIn("Secret-Token", "".join(logs))
        self.assertIn('"segment":"api/v1/reports"', logs[0])
        for line in logs[0].splitlines():
            json.loads(line)

    def test_every_problem_is_one_of_the_catalogue(self):
        catalogue = yaml.safe_load((ROOT / "api/problems.yaml").read_text())["problems"]
        for _answered, status, code, title, _detail, _headers in render.PROBLEMS:
            self.assertEqual((catalogue[code]["status"], catalogue[code]["title"]), (status, title))

    def test_an_unknown_name_is_refused(self):
        with self.assertRaises(ValueError):
            render.render({"NOBODY": 1})


if __name__ == "__main__":
    unittest.main()
