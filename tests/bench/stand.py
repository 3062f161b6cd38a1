"""The stand that everything is measured on: a private stack with 100,000 people that came through
the API, the SQL of the services as pgbench scripts, requests made in advance, the baselines."""

import argparse
import http.client
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "deploy/local"))
import keys  # noqa: E402
import ports  # noqa: E402
from assembly import Stack, answers, listens, read_facts  # noqa: E402
from cluster import binaries  # noqa: E402
from load import (busy_seconds, cpu_of_family, own_seconds, raw_request,  # noqa: E402
                  write_requests)
from supervisor import Process  # noqa: E402

FOLDER = ROOT / "build/bench"
STACK = [sys.executable, str(ROOT / "deploy/local/stack.py")]
HUGE = pathlib.Path("/proc/sys/vm/nr_hugepages")
HUGE_PAGES = 192          # of 2 MiB: shared_buffers and what lies beside them
BASE = 100_000_000_000    # the people's ids end in this + 1, 2, 3 …
ID = "5eed0000-0000-4000-8000-"
CALLERS = 64              # people with a token
GIVEN = "Anna Lukas Zofia Rafael Wanjiru Imran Priya Harper Wei Isla Amina Jordan"
FAMILY = "Schneider Khan Nowak Silva Kariuki Patel Iyer Brooks Tan Murphy Reed Costa"
SYLLABLES = "an ba cha de el fi gu har in jo ka lo ma ne or pa ri sa tu va wen ya zo".split()
PREPARED = 8192           # requests made in advance for one kind of read

# The ids of imported people are random. pgbench has no way to pick one of them, so they are
# numbered: as the superuser, with constraints and audit off. Everything else stays as imported.
NUMBER = f"""
SET session_replication_role = replica;
CREATE TEMP TABLE numbered AS SELECT id AS was, ('{ID}' ||
	({BASE} + substr(external_id, 3)::bigint))::uuid AS id FROM profiles.person;
CREATE INDEX ON numbered (was);
ANALYZE numbered;
UPDATE profiles.person p SET id = n.id, manager_id = (SELECT m.id FROM numbered m
	WHERE m.was = p.manager_id) FROM numbered n WHERE n.was = p.id;
INSERT INTO profiles.person_language (person_id, language)
SELECT id, language FROM profiles.person, (VALUES ('en'), ('de')) l (language);
"""
SETTLE = """
VACUUM (FULL) profiles.person;
VACUUM (ANALYZE) profiles.person;
VACUUM (ANALYZE) profiles.person_language;
ANALYZE;
CHECKPOINT;
CREATE EXTENSION IF NOT EXISTS pg_prewarm;
SELECT sum(pg_prewarm(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'profiles' AND c.relkind IN ('r', 'i');
"""


def names(draw, frequent, count):
    """Names as people bear them: some are frequent, the first for one person in forty or so, most are rare."""
    known = frequent.split()
    while len(known) < count:
        known.append("".join(draw.choice(SYLLABLES) for _ in range(draw.randint(2, 3))).capitalize())
    shares = list(itertools.accumulate(1 / (rank + 10) for rank in range(count)))
    return lambda by: by.choices(known, cum_weights=shares)[0]


def company(people):
    """The employee file: a tree of eight reports each, plausible and always the same."""
    draw = random.Random(20270111)
    given, family = names(draw, GIVEN, 600), names(draw, FAMILY, 3000)
    places = [("Berlin", "DE", "Europe/Berlin"), ("London", "GB", "Europe/London"),
              ("Nairobi", "KE", "Africa/Nairobi"), ("Austin", "US", "America/Chicago")]
    areas = "Engineering Sales Finance People Legal Operations Data Marketing".split()
    yield ("external_id,user_name,given_name,family_name,email,title,department,location,country,"
           "time_zone,level,manager_external_id,hired_on,active")
    depth = [0] * (people + 1)
    for n in range(1, people + 1):
        boss = (n + 6) // 8 if n > 1 else 0
        depth[n] = depth[boss] + 1 if boss else 0
        place, area = draw.choice(places), draw.choice(areas)
        yield (f"B-{n},bench.{n},{given(draw)},{family(draw)},bench.{n}@halden.example,"
               f"{area} specialist,{area},{place[0]},{place[1]},{place[2]},{9 - depth[n]},"
               f"{f'B-{boss}' if boss else ''},20{draw.randint(10, 25)}-0{draw.randint(1, 9)}-11,true")


def grant_huge_pages(wanted):
    """Asks the kernel for huge pages; what it had before, or None when it gives none."""
    try:
        before = int(HUGE.read_text(encoding="ascii"))
        if before < wanted:
            HUGE.write_text(f"{wanted}\n", encoding="ascii")
        return before
    except OSError:
        return None


def huge_pages_in_use():
    """Huge pages that somebody has reserved or touched."""
    text = pathlib.Path("/proc/meminfo").read_text(encoding="ascii")
    figure = {m[0]: int(m[1]) for m in re.findall(r"^HugePages_(\w+):\s+(\d+)", text, re.M)}
    return figure["Total"] - figure["Free"] + figure["Rsvd"]


def person(number):
    """The id of the n-th person, from 1."""
    return f"{ID}{BASE + number}"


class Stand:
    """Starts what is measured; knows where it is."""

    def __init__(self, people, say):
        self.people, self.say = people, say
        self.facts, self.extra, self.statements, self.parameters = {}, [], {}, {}
        self.huge_before = grant_huge_pages(HUGE_PAGES)
        shutil.rmtree(FOLDER / "files", ignore_errors=True)
        (FOLDER / "files").mkdir(parents=True)
        self.spare, self.own_ports = iter(()), {}
        self.import_seconds = None

    # ---- the stack ---------------------------------------------------------------------------
    def start(self):
        """The stack, its people, and everything prepared from them."""
        self._stack("down")
        self._stack("up", "--flavour", "release", "--port", "0", "--bare", "--fresh")
        self.facts = read_facts(FOLDER)
        self.spare = iter(ports.block_for(FOLDER / "spare", 12))
        self.host = f"127.0.0.1:{self.facts['port']}"
        self._import()
        self.sql(NUMBER)
        self.sql(SETTLE)
        for name in ("stop", "start"):  # caches of ids that are no more
            self._stack(name, "profiles")
        self.facts = read_facts(FOLDER)
        self._read_statements()
        self.tokens = [self.token("participant", f"bench.{n}") for n in range(1, CALLERS + 1)]
        self.hris = self.token("hris")

    def _stack(self, *words):
        done = subprocess.run([*STACK, *words, "--dir", str(FOLDER)], capture_output=True,
                              text=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise RuntimeError(f"stack.py {' '.join(words)}:\n{done.stdout}{done.stderr}")

    def restart(self, name, *settings):
        """Stops and starts one process of the stack, with other settings until it is next restarted."""
        self._stack("stop", name)
        self._stack("start", name, *(word for one in settings for word in ("--set", one)))
        self.facts = read_facts(FOLDER)

    def token(self, role, user=None):
        """A bearer token."""
        return keys.token(FOLDER / "keys", self.facts["token_tool"], role, user, 4 * 3600)

    def ask(self, port, method, path, token, body=None, headers=None):
        """(status, headers, text) of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        connection.request(method, path, body, {"Authorization": f"Bearer {token}",
                                                "Host": self.host, **(headers or {})})
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        return reply.status, dict(reply.getheaders()), text

    def _import(self):
        """All people at once."""
        counts, self.import_seconds, megabytes = self.import_file("\n".join(company(self.people)) + "\n", "mode=full")
        if counts["created"] != self.people:
            raise RuntimeError(f"the import ended so: {counts}")
        self.say(f"imported {self.people} people ({megabytes:.1f} MB) in {self.import_seconds:.1f} s")

    def import_file(self, text, query):
        """An employee file through the gateway, as an HR system sends it: what was counted, seconds, megabytes."""
        hris, content = self.token("hris"), text.encode()
        began = time.monotonic()
        status, _headers, reply = self.ask(self.facts["port"], "POST", f"/api/v1/imports?{query}", hris, content,
                                           {"Content-Type": "text/csv"})
        if status != 202:
            raise RuntimeError(f"the import was refused: {status} {reply}")
        path = f"/api/v1/imports/{json.loads(reply)['id']}"
        while time.monotonic() < began + 600:
            job = json.loads(self.ask(self.facts["port"], "GET", path, hris)[2])
            if job.get("status") not in ("queued", "checking", "applying"):
                break
            time.sleep(0.1)
        if job.get("status") != "done":
            raise RuntimeError(f"the import ended so: {job}")
        return job["counts"], time.monotonic() - began, len(content) / 1e6

    def sql(self, text, *options):
        """Runs SQL as the superuser; what it prints."""
        done = subprocess.run([binaries() / "psql", "-XqAtd", self.facts["dsn"]["superuser"], "-v",
                               "ON_ERROR_STOP=1", *options], input=text, text=True,
                              capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"psql failed:\n{done.stderr}")
        return done.stdout

    # ---- prepared files ----------------------------------------------------------------------
    def _read_statements(self):
        """The SQL of profiles and of the shared layers, as generated: text with $1, $2 …"""
        for name in ("profiles", "shared"):
            text = (ROOT / f"build/gen/{name}/statements.c").read_text(encoding="utf-8")
            for found in re.finditer(r'\.name = "(\w+)",\s+\.sql =((?:\s+"(?:[^"\\]|\\.)*")+)', text):
                self.statements[found.group(1)] = "".join(
                    json.loads(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', found.group(2)))
            for found in re.finditer(r"/\* \S+:(\w+): (\$1 .*?) \*/", text, re.S):
                self.parameters[found.group(1)] = re.findall(r"\$\d+ (\w+)", found.group(2))

    def script(self, name, text):
        """A pgbench script; its path."""
        path = FOLDER / "files" / f"{name}.sql"
        path.write_text(text, encoding="utf-8")
        return path

    def with_values(self, statement, *values):
        """A statement's SQL for pgbench, with expressions or :variables in the place of $n."""
        return re.sub(r"\$(\d+)", lambda m: values[int(m.group(1)) - 1], self.statements[statement])

    def with_named(self, statement, **values):
        """The same by the parameters' names, whose numbers follow the text."""
        return self.with_values(statement, *(values[name] for name in self.parameters[statement]))

    def requests(self, name, made):
        """A file of requests; its path."""
        return write_requests(FOLDER / "files" / f"{name}.txt", made)

    def reads(self, token=None, prefix="/api/v1/people/"):
        """Reads of people at random, by one caller."""
        return [raw_request(prefix + person(random.randint(1, self.people)),
                            token or self.tokens[0], host=self.host) for _ in range(PREPARED)]

    # ---- other processes ---------------------------------------------------------------------
    def run_aside(self, process, ready, what):
        """Starts a process of our own and waits until it is ready."""
        process.start()
        self.extra.append(process)
        deadline = time.monotonic() + 30
        while not ready():
            if process.child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{what} does not start:\n{process.tail()}")
            time.sleep(0.02)

    def second_profiles(self, name, **settings):
        """Another profiles service with other settings: (process, port, admin port), not started."""
        if name not in self.own_ports:  # started anew in each round, it listens where it did
            self.own_ports[name] = next(self.spare), next(self.spare)
        port, admin_port = self.own_ports[name]
        facts = json.loads(json.dumps(self.facts))
        facts["services"]["profiles"].update(
            port=port, admin_port=admin_port, admin_url=f"http://127.0.0.1:{admin_port}")
        options = argparse.Namespace(dir=FOLDER, flavour="release", set=settings, volatile=False)
        process = Stack(options).service("profiles", facts)
        process.log = FOLDER / "log" / f"{name}.log"
        return process, port, admin_port

    def unbatched(self):
        """The port of a profiles service without the lane."""
        process, port, admin_port = self.second_profiles("unbatched", LANE="off")
        self.run_aside(process, lambda: answers(f"http://127.0.0.1:{admin_port}/readyz"), "profiles")
        return port, process

    def fastify(self, name):
        """The port and process of a baseline."""
        folder = ROOT / "build/npm/bench"
        lock = HERE / "fastify/package-lock.json"
        stamp = folder / ".installed"
        if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for file in ("package.json", "package-lock.json", ".npmrc"):
                shutil.copy(HERE / "fastify" / file, folder)
            subprocess.run(["npm", "ci", "--prefix", folder, "--no-audit", "--no-fund",
                            "--ignore-scripts", "--loglevel=error"], check=True, cwd=folder)
            stamp.write_bytes(lock.read_bytes())
        for file in (HERE / "fastify").glob("*.mjs"):
            shutil.copy(file, folder)
        statement = FOLDER / "files/person_read.sql"
        statement.write_text(self.with_named("person_read", actor="$1", roles="$2", person_id="$3"),
                             encoding="utf-8")
        port = next(self.spare)
        process = Process(
            name, ["node", str(folder / f"{name}.mjs")], None, log=FOLDER / "log" / f"{name}.log",
            env={"PATH": os.environ["PATH"], "NODE_ENV": "production", "PORT": str(port),
                 "PGUSER": "upward_profiles", "PGDATABASE": "upward",
                 "PGHOST": self.facts["socket"], "STATEMENT_FILE": str(statement),
                 "JWKS_FILE": str(FOLDER / "keys/jwks.json")})
        self.run_aside(process, lambda: listens(port), name)
        return port, process

    def nginx_static(self):
        """The port of an nginx that serves one file of 1 KiB."""
        port, home = next(self.spare), FOLDER / "static"
        shutil.rmtree(home, ignore_errors=True)
        (home / "www").mkdir(parents=True)
        (home / "www/1k").write_text("x" * 1023 + "\n", encoding="ascii")
        user = "user root;" if os.geteuid() == 0 else ""
        (home / "nginx.conf").write_text(
            f"{user} worker_processes auto; daemon off; pid {home}/pid; error_log {home}/log crit;\n"
            "events { worker_connections 2000; }\n"
            f"http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;\n"
            f"open_file_cache max=10; client_body_temp_path {home}/b; proxy_temp_path {home}/p;\n"
            f"fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;\n"
            f"server {{ listen 127.0.0.1:{port}; root {home}/www; }} }}\n", encoding="utf-8")
        process = Process("static", ["/usr/sbin/nginx", "-c", str(home / "nginx.conf"), "-e",
                                     str(home / "log")], None, log=home / "out")
        self.run_aside(process, lambda: listens(port), "nginx")
        return port

    # ---- watching ----------------------------------------------------------------------------
    def pid(self, name):
        """The id of a process of the stack."""
        return self.facts["pids"][name]

    def clock(self, *pids):
        """CPU seconds of these and of PostgreSQL, together."""
        return sum(map(cpu_of_family, [self.pid("postgres"), *pids]))

    def foreign(self):
        """CPU seconds that the machine spent on anything that is not ours, since some beginning."""
        mine = [*self.facts["pids"].values(), *[p.pid for p in self.extra if p.pid]]
        return busy_seconds() - own_seconds() - sum(map(cpu_of_family, mine))

    def end(self):
        """Ends everything; a kept folder holds logs alone."""
        for process in self.extra:
            if process.child.poll() is None:
                process.child.send_signal(signal.SIGTERM)
                try:
                    process.child.wait(15)
                except subprocess.TimeoutExpired:
                    process.child.kill()
                    process.child.wait()
        if self.facts:
            self._stack("down")
        if self.huge_before is not None:
            HUGE.write_text(f"{self.huge_before}\n", encoding="ascii")
