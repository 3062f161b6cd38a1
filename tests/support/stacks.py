"""What tests need beside themselves: stacks of services, each program on an empty database, and a
PostgreSQL alone for those that make databases of their own."""

import json
import queue
import shutil
import signal
import sys
import threading
import time
import traceback

from programs import ROOT, Outcome, execute, run_cmocka, run_tally, spent_below

sys.path.insert(0, str(ROOT / "deploy/local"))
from cluster import VOLATILE, Cluster, discard  # noqa: E402
from assembly import read_facts  # noqa: E402
from stack import reset_rows  # noqa: E402
from supervisor import Process  # noqa: E402

STACK = [sys.executable, str(ROOT / "deploy/local/stack.py")]
SEED = ROOT / "build/test/seed"
START_SECONDS = 900


def make_seed(run):
    """The folder of a cluster that stacks and servers begin with."""
    flavour = run.flavours()[0]
    own = Outcome("seed")
    began = time.monotonic()
    status, output, own.processor = execute(
        [sys.executable, ROOT / "tests/support/seed.py", SEED, ROOT / "build" / flavour / "upward-migrate"],
        START_SECONDS)
    own.seconds = time.monotonic() - began
    run.outcomes.append(own)
    if status != 0:
        raise RuntimeError(f"no cluster to begin with:\n{output}")
    return SEED


class Server:
    """A PostgreSQL without services, in a folder of its own."""

    def __init__(self, run, number):
        self.run, self.folder = run, ROOT / "build/test" / f"server-{number}"
        self.postgres = None

    def start(self):
        """The superuser's connection string; RuntimeError when it does not start."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        cluster = Cluster(self.folder, disposable=True)
        cluster.begin_as(Cluster(self.run.seed.result()))
        cluster.prepare()
        argv, arguments = cluster.command()
        self.postgres = Process("postgres", argv + VOLATILE, lambda p: cluster.ready(p.pid), popen=arguments,
                                stop=signal.SIGINT, log=self.folder / "postgres.log")
        self.postgres.start()
        deadline = time.monotonic() + START_SECONDS
        while not self.postgres.ready():
            if self.postgres.child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start:\n{self.postgres.tail()}")
            time.sleep(0.02)
        return cluster.dsn("postgres", "postgres")

    def work(self, programs):
        """Starts, takes programs from the queue until it is empty, and ends."""
        try:
            env = {**self.run.env, "TEST_DATABASE_URL": self.start()}
            while True:
                name, path = programs.get_nowait()
                before = spent_below(self.postgres.pid)
                outcome = run_cmocka(path, name, "release", self.run.seconds, env, self.run.scratch)
                outcome.processor += spent_below(self.postgres.pid) - before
                self.run.done(outcome)
        except queue.Empty:
            pass
        except RuntimeError as error:
            self.run.done(Outcome(self.folder.name, failures=[("start", str(error))]))
        finally:
            if self.postgres:
                self.postgres.child.send_signal(signal.SIGINT)
                self.postgres.child.wait()
            discard(self.folder)


class Stack:
    """One stack in build/test, and what it has cost beside the programs."""

    def __init__(self, run, flavour, number):
        self.run, self.flavour, self.name = run, flavour, f"stack/{flavour}-{number}"
        self.folder = ROOT / "build/test" / f"{flavour}-{number}"
        self.record = ROOT / "build/test" / f"record.{flavour}-{number}.jsonl"
        self.own = Outcome(f"{self.name}, start and resets", flavour)
        self.supervisor = None
        self.seen = set()

    def command(self, *words):
        """Runs stack.py; an error becomes a failure. Whether it went well."""
        before, began = self.spent(), time.monotonic()
        status, output, processor = execute([*STACK, *words, "--dir", self.folder], START_SECONDS)
        self.own.seconds += time.monotonic() - began
        self.own.processor += processor
        if words[0] == "up" and status == 0:
            facts = json.loads((self.folder / "stack.json").read_text())
            self.supervisor = facts["supervisor"]
        self.own.processor += self.spent() - before
        if status != 0:
            self.run.done(Outcome(self.name, self.flavour, failures=[(words[0], output)]))
        return status == 0

    def reset(self):
        """Gives it an empty database; whether it went well. Mostly within this process: Python starts slowly."""
        before, began = self.spent(), time.monotonic()
        if not reset_rows(self.folder, read_facts(self.folder)):
            return self.command("reset")
        self.own.seconds += time.monotonic() - began
        self.own.processor += self.spent() - before
        return True

    def spent(self):
        """The processor seconds of its processes."""
        return spent_below(self.supervisor) if self.supervisor else 0.0

    def program(self, name, path):
        """Runs one program on it."""
        before = self.spent()
        env = {**self.run.env, "UPWARD_STACK": str(self.folder / "stack.json"), "UPWARD_RECORD": str(self.record)}
        if path.suffix == ".mjs":
            outcome = run_tally(["node", path], name, self.run.seconds, {**env, "UPWARD_CHROMIUM": "/usr/bin/chromium"}, self.flavour)
        else:
            outcome = run_cmocka(path, name, self.flavour, self.run.seconds, env, self.run.scratch)
        outcome.processor += self.spent() - before
        outcome.failures += [("a service", text) for text in self.new_reports()]
        self.run.done(outcome)

    def new_reports(self):
        """Sanitizer reports and unexpected ends since the last look."""
        texts = []
        for path in sorted((self.folder / "log").glob("sanitizer.*")):
            if path not in self.seen:
                self.seen.add(path)
                texts.append(f"{path.name}:\n{path.read_text(errors='replace')[:8000]}")
        faults = json.loads((self.folder / "stack.json").read_text())["faults"]
        for fault in faults:
            if (fault, len(faults)) not in self.seen:
                self.seen.add((fault, len(faults)))
                texts.append(fault)
        return texts

    def work(self, programs):
        """Starts, takes programs from the queue until it is empty, and ends."""
        self.record.unlink(missing_ok=True)
        fresh = self.command("down") and self.command(
            "up", "--flavour", self.flavour, "--port", "0", "--bare", "--fresh", "--volatile",
            "--like", self.run.seed.result())
        if not fresh:
            discard(self.folder)
            return
        try:
            while True:
                name, path = programs.get_nowait()
                if not fresh and not self.reset():
                    return
                if name.startswith("journeys/"):
                    self.run.node.result()  # they read calendars with its packages
                self.program(name, path)
                fresh = False
        except queue.Empty:
            pass
        finally:
            self.command("down")
            discard(self.folder)
            self.own.failures += [("end", text) for text in self.new_reports()]
            if self.own.failures:
                self.run.done(self.own)
            else:
                self.run.outcomes.append(self.own)  # its cost, and nothing to say


def waiting_line(programs):
    """The (name, path) that still have to be run, in their order."""
    waiting = queue.SimpleQueue()
    for program in programs:
        waiting.put(program)
    return waiting


def share(run, parts):
    """Runs the programs of each part, as (programs, workers), in their order: who has ended one takes the next.
    The first worker of a part that finds nothing more to do makes place for the first of the next part, so that
    nobody waits for the last program of a part."""
    lines = [waiting_line(programs) for programs, _workers in parts]

    def work(place):
        for line, (programs, workers) in zip(lines, parts):
            try:
                if place < min(len(workers), len(programs)) and not line.empty():
                    workers[place].work(line)
            except Exception:  # pylint: disable=broad-except
                run.done(Outcome("runner", failures=[("the runner", traceback.format_exc())]))
    threads = [threading.Thread(target=work, args=(place,))
               for place in range(max((len(workers) for _programs, workers in parts), default=0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for line in lines:
        while not line.empty():
            run.done(Outcome(line.get()[0], failures=[("not run", "what it runs on has ended")]))
