"""What a stack is made of: its ports, settings and processes, and the order they start in."""

import json
import os
import shutil
import signal
import socket
import sys
import urllib.error
import urllib.request

import keys
import ports
from cluster import ROLES as SERVICES, ROOT, VOLATILE, Cluster
from supervisor import Process, Supervisor, end_leftovers

sys.path.insert(0, str(ROOT / "deploy/gateway"))
import render  # noqa: E402

DEFAULT_PORT = 8080
# What the portal shows a page of (portal_links of the settings).
PORTAL_NOUNS = ("agreement", "assessment", "enrolment", "goal", "help_request", "pair", "programme", "round",
                "session", "shortlist", "survey")
START_SECONDS = 300  # who ends is noticed at once: this is for a machine that is slow and busy
# detect_stack_use_after_return is off: gcc 12 misaligns 64-byte vectors on the stack that it allocates
# for this, and the AVX-512 kernel crashes (GCC bug 110027).
# verify_asan_link_order is off: fault tests load a library before it.
# report_thread_leaks is off: a service that must stop leaves behind work that does not end in time (stop.c).
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=1:strict_string_checks=1:verify_asan_link_order=0",
              "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
              "LSAN_OPTIONS": "print_suppressions=0",
              "TSAN_OPTIONS": "halt_on_error=0:report_thread_leaks=0:second_deadlock_stack=1"}


def say(text):
    """Prints a line for the user or the stack's log."""
    print(text, flush=True)


def answers(url):
    """Whether a GET of the URL returns 200."""
    try:
        with urllib.request.urlopen(url, timeout=20) as reply:
            return reply.status == 200
    except (OSError, urllib.error.URLError):
        return False


def listens(port):
    """Whether something accepts connections at the address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def read_facts(folder):
    """stack.json, or an empty object."""
    try:
        return json.loads((folder / "stack.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def public_port(wanted):
    """The gateway's port: the requested one; for 0, or if the default is taken, a free one."""
    if wanted == 0:
        return None
    if ports.is_free(wanted):
        return wanted
    if wanted != DEFAULT_PORT:
        raise RuntimeError(f"port {wanted} is in use; choose another with PORT=…")
    for port in range(wanted + 1, wanted + 200):
        if ports.is_free(port):
            say(f"Port {wanted} is in use; using port {port}.")
            return port
    raise RuntimeError(f"ports {wanted} to {port} are all in use; choose another with PORT=…")


class Stack:
    """One stack in one folder, and everything needed to start it."""

    def __init__(self, options):
        self.options, self.folder = options, options.dir
        self.binaries = ROOT / "build" / options.flavour
        self.log = self.folder / "log"
        self.cluster = None
        self.copied = False  # from a folder that was set up, and kept its empty copy

    def prepare(self):
        """Prepares folders, keys and ports: everything that needs no process."""
        missing = [str(path.relative_to(ROOT)) for path in
                   [self.binaries / f"upward-{name}" for name in (*SERVICES, "migrate", "token")]
                   if not path.exists()]
        if missing:
            raise RuntimeError(f"not built: {' '.join(missing)}; make "
                               f"FLAVOUR={self.options.flavour} services")
        end_leftovers(read_facts(self.folder))
        for name in ("log", "tmp"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir(mode=0o700)
        for name in ("hold", "set", "mail"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        if self.options.fresh:
            (self.folder / "demo.json").unlink(missing_ok=True)
            for name in ("pg", "keys"):
                path = self.folder / name
                path.unlink() if path.is_symlink() else shutil.rmtree(path, ignore_errors=True)
        self.cluster = Cluster(self.folder, disposable=self.options.volatile)
        if self.options.like and not (self.cluster.data / "PG_VERSION").exists():
            self.cluster.begin_as(Cluster(self.options.like))
            self.copied = True
        keys.prepare(self.folder / "keys", self.binaries / "upward-token")
        own = ports.block_for(self.folder, 2 * len(SERVICES) + 4)
        port = public_port(self.options.port) or own.pop()
        url = f"http://127.0.0.1:{port}"
        sign_in = own[2 * len(SERVICES)]
        return {"url": url, "port": port, "sign_in": f"http://127.0.0.1:{sign_in}", "sign_in_port": sign_in, "dir": str(self.folder), "flavour": self.options.flavour,
                "supervisor": os.getpid(), "state": "starting", "faults": [],
                "services": {name: {"url": f"http://127.0.0.1:{own[i]}", "port": own[i],
                                    "admin_url": f"http://127.0.0.1:{own[i + len(SERVICES)]}",
                                    "admin_port": own[i + len(SERVICES)]}
                             for i, name in enumerate(SERVICES)},
                "dsn": self.cluster.dsns(), "socket": str(self.cluster.socket),
                "mail": {"port": own[2 * len(SERVICES) + 1], "dir": str(self.folder / "mail"),
                         "url": f"http://127.0.0.1:{own[2 * len(SERVICES) + 2]}",
                         "url_port": own[2 * len(SERVICES) + 2]},
                "data": str(self.cluster.data), "keys": str(self.folder / "keys"),
                "token_tool": str(self.binaries / "upward-token")}

    def postgres(self):
        """The database's process."""
        argv, arguments = self.cluster.command()
        if self.options.volatile:
            argv += VOLATILE
        return Process("postgres", argv, lambda p: self.cluster.ready(p.pid),
                       stop=signal.SIGINT, popen=arguments, log=self.log / "postgres.log")

    def service(self, name, facts):
        """One service's process, with its settings in the environment."""
        at = facts["services"][name]
        sanitizers = {key: f"{value}:log_path={self.log}/sanitizer.{name}"
                      for key, value in SANITIZERS.items()}
        env = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **sanitizers, "APP_ENV": "development",
               "LISTEN": "127.0.0.1", "PORT": str(at["port"]), "ADMIN_PORT": str(at["admin_port"]),
               "DATABASE_URL": facts["dsn"][name], "PUBLIC_BASE_URL": facts["url"],
               "ISSUERS_FILE": str(keys.issuers_file(self.folder / "keys")),
               "SECRET_KEY_FILE": str(keys.secret_file(self.folder / "keys")),
               "LOG_LEVEL": os.environ.get("LOG_LEVEL", "info"), **self.options.set}
        if name == "scheduling" and not self.options.bare:
            env["MAIL_SERVER"] = f"smtp://127.0.0.1:{facts['mail']['port']}"
        return Process(name, [str(self.binaries / f"upward-{name}")],
                       lambda p: answers(at["admin_url"] + "/readyz"), env=env,
                       log=self.log / f"{name}.log")

    def sign_in(self, facts):
        """The page on which one becomes a person of the demo; there is no such thing outside a local stack."""
        return Process("sign-in", [sys.executable, str(ROOT / "deploy/local/sign_in.py"), "--dir", str(self.folder)],
                       lambda p: listens(facts["sign_in_port"]), log=self.log / "sign-in.log")

    def mail(self, facts):
        """A mail server that keeps what it takes, with Debian's Python and its aiosmtpd."""
        at = facts["mail"]
        return Process("mail", ["/usr/bin/python3", str(ROOT / "deploy/local/mailbox.py"), "--dir", at["dir"],
                                "--smtp", str(at["port"]), "--http", str(at["url_port"])],
                       lambda p: listens(at["port"]), log=self.log / "mail.log")

    def gateway(self, facts):
        """nginx's process; writes its configuration."""
        for name in ("body", "proxy"):
            (self.folder / "tmp" / name).mkdir(exist_ok=True)
        config = self.folder / "nginx.conf"
        config.write_text(render.render({
            "USER": f"user {self._account()};" if os.geteuid() == 0 else "",
            "DIR": self.folder, "ERROR_LOG": self.log / "gateway.error.log",
            "ACCESS_LOG": self.log / "gateway.access.log", "STATIC": ROOT / "build",
            "LISTEN": f"127.0.0.1:{facts['port']}", "PUBLIC_BASE_URL": facts["url"],
            "CORS_ORIGINS": self.options.set.get("CORS_ORIGINS", ""), "PORTAL_ISSUER": facts["sign_in"],
            "CONNECTIONS": 4000, "REQUESTS_PER_SECOND": 50000, "BURST": 20000,
            **{name.upper(): f"127.0.0.1:{facts['services'][name]['port']}"
               for name in SERVICES}}), encoding="utf-8")
        argv = ["/usr/sbin/nginx", "-c", str(config), "-e", str(self.log / "gateway.error.log")]
        return Process("gateway", argv, lambda p: listens(facts["port"]),
                       stop=signal.SIGTERM, log=self.log / "gateway.log")

    @staticmethod
    def _account():
        return "root"  # its workers read the checkout, which may lie under /root

    def portal_links(self, facts):
        """Where tasks, notifications and mails lead: to the portal. The stacks of tests have no such setting."""
        page = f"{facts['url']}/portal/#/"
        links = {noun: f"{page}{noun.replace('_', '-')}s/{{id}}" for noun in PORTAL_NOUNS}
        return {} if self.options.bare else {"PORTAL_LINKS": json.dumps(links)}

    def serve(self, when_ready):
        """Starts everything, calls when_ready(facts), and waits for a stop signal."""
        facts = self.prepare()
        supervisor = Supervisor(self.folder, say)
        supervisor.write_facts(**facts)
        try:
            self.cluster.prepare()
            supervisor.add(self.postgres())
            supervisor.add(self.gateway(facts))
            supervisor.add(self.sign_in(facts))
            supervisor.add(self.mail(facts), held=self.options.bare)
            supervisor.wait_ready(["postgres"], START_SECONDS)
            if not self.copied:
                self.cluster.set_up(self.binaries / "upward-migrate", settings=self.portal_links(facts))
            if self.options.bare and self.options.fresh and not self.copied:
                self.cluster.keep_empty()
            for name in SERVICES:
                supervisor.add(self.service(name, facts))
            supervisor.wait_ready([*SERVICES, "gateway"], START_SECONDS)
            supervisor.write_facts(state="ready")
            when_ready(facts)
            supervisor.watch()
        except KeyboardInterrupt:
            pass
        finally:
            supervisor.stopping = True
            supervisor.end(["gateway", "sign-in"], SERVICES, ["postgres"])
            supervisor.write_facts(state="down")
