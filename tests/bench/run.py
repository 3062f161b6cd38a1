#!/usr/bin/env python3
"""Measures the table of speed targets and prints it with today's figures.

    run.py [--only T2,T19] [--quick] [--repeats N] [--people N] [--json FILE]

Everything runs on a private stack in build/bench, ended afterwards: PostgreSQL with huge pages where
the kernel grants them, a company of 100,000 imported through the API, pg_prewarm, ANALYZE. A figure
is a ratio of two runs that were neighbours in time; rounds repeat, and the median counts. Any answer
but 2xx fails the run. Nothing is written outside build/.

  --only     ids of rows: T1 T2 T3 T4 T5 T7 T9 T10 T11 T12 T13 T14 T15 T16 T17 T18 T19 I1 M7 S1 S2 D1 P1 R1 Q1
  --quick    2 s a run, 2 rounds, 20,000 people: whether it works, not how fast it is
  --repeats  rounds (5)
  --people   size of the company (100,000)
  --json     also writes every round's figures to this file

"Foreign" is what other programs took of this machine's cores during a group of rows, median of the
rounds: above a quarter of a core, the figures say more about them than about us."""

import argparse
import json
import os
import pathlib
import re
import resource
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from directory import Directory  # noqa: E402
from files import Files  # noqa: E402
from gateway import HALF_OPEN, Gateway, starts  # noqa: E402
from isolation import Isolation  # noqa: E402
from journey import Journey  # noqa: E402
from mail import Mail  # noqa: E402
from reads import Reads  # noqa: E402
from stand import ROOT, Stand, huge_pages_in_use  # noqa: E402
from writes import Writes  # noqa: E402

# of rows P1
PAGE = [("ratio", "p50 of one reader", "<", 20, 8, " ms"),
        ("work_list", "its work list", "<", 20, 8, " ms"),
        ("many", "page and list, p99 of 32 connections", "<", 150, 60, " ms"),
        ("cpu", "CPU of a page", None, None, None, " ms"),
        ("list_cpu", "of a list", None, None, None, " ms"),
        ("many_cpu", "of either, beside 31", None, None, None, " ms"),
        ("refused", "share refused", "<", 0, None, "")]
# id: what, then (figure, its name, better, goal, stretch, scale, unit) for each figure of the row
TARGETS = {
    "T1": ("empty handler / nginx static 1 KiB", [("ratio", "", ">", 0.90, 1.0, "")]),
    "T2": ("read of a person, cached token / pgbench, same SQL",
           [("ratio", "", ">", 0.55, 0.60, ""), ("p99", "p99 of 32", "<", 8, 5, " ms")]),
    "T2 unbatched": ("the same with LANE=off", [("ratio", "", None, None, None, "")]),
    "T3": ("own profile, 64 callers / pgbench, same SQL", [("ratio", "", ">", 0.85, 1.0, "")]),
    "T4": ("read / Fastify tuned", [("ratio", "requests/s", ">", 2.0, 2.5, ""),
                                    ("per_cpu", "per CPU second", ">", 2.5, 3, "")]),
    "T5": ("read / Fastify as usually written", [("ratio", "", ">", 10, 14, "")]),
    "T7": ("with cached token / without, by instructions", [("ratio", "", ">", 0.95, 0.98, "")]),
    "T9": ("through the gateway / direct", [("ratio", "", ">", 0.70, 0.8, "")]),
    "T10": ("the directory, 8 connections",
            [("ratio", "type-ahead of 20, p99", "<", 10, 5, " ms"), ("typed_p50", "p50", None, None, None, " ms"),
             ("rate", "requests/s", None, None, None, ""), ("cpu", "CPU of one", None, None, None, " ms"),
             ("pages", "pages of 50, p99", "<", 10, 5, " ms"), ("pages_p50", "p50", None, None, None, " ms"),
             ("pages_cpu", "CPU of one", None, None, None, " ms")]),
    "T11": ("PATCH with event / pgbench, same transaction", [("ratio", "", ">", 0.85, 0.95, "")]),
    "T12": ("p99 of 32 connections / Fastify tuned", [("ratio", "", "<", 1.0, 0.7, "")]),
    "T13": ("1,000 connections through the gateway",
            [("ratio", "p99/p50", "<", 4, 2.5, ""), ("kept", "rate against 10", ">", 0.85, 0.95, "")]),
    "T14": (f"new request beside {HALF_OPEN:,} half-open sockets",
            [("ratio", "slowest of 20", "<", 10, None, " ms")]),
    "T15": ("resident memory", [("ratio", "idle", "<", 13, None, " MiB"),
                                ("loaded", "after load", "<", 16, None, " MiB"),
                                ("kept", "while 512 are kept", None, None, None, " MiB"),
                                ("many", "after 1,000 connections", "<", 32, None, " MiB")]),
    "T16": ("start to first answer", [("ratio", "service", "<", 100, 50, " ms"),
                                      ("stack", "whole new stack", "<", 5, 3, " s")]),
    "T17": ("instructions a read", [("ratio", "", "<", 110000, 80000, "")]),
    "T18": ("mallocs a read", [("ratio", "", "<", 90, 70, "")]),
    "T19": ("readers beside two 500 ms statements",
            [("ratio", "p99", "<", 15, 6, " ms"), ("loss", "loss", "<", 0.10, None, ""),
             ("lock_p99", "p99 beside a row lock", "<", 15, 6, " ms"),
             ("refused", "refused", "<", 0.5, None, "")]),
    "I1": ("import of the company", [("ratio", "", "<", 10, 4, " s")]),
    "I2": ("import of three skills, three interests and two languages of everybody",
           [("ratio", "", None, None, None, " s"), ("size", "", None, None, None, " MB")]),
    "I3": ("export of everybody as JSON lines",
           [("ratio", "", None, None, None, " s"), ("size", "", None, None, None, " MB"),
            ("grown", "what the service grew by", "<", 16, None, " MiB")]),
    "M7": ("a round of 500 mentees and 2,000 mentors, from POST to published",
           [("ratio", "", "<", 2, 0.5, " s"), ("solved", "of it until ready", None, None, None, " s"),
            ("shown", "until the first hundred are shown", None, None, None, " s")]),
    "S1": ("beside 30 sessions for every tenth person",
           [("ratio", "slots of a pair over 13 weeks, p50", "<", 5, 1, " ms"),
            ("slots_p99", "p99", None, None, None, " ms"),
            ("feed", "a calendar feed, p50", "<", 5, 1, " ms"),
            ("feed_p99", "p99", None, None, None, " ms")]),
    "S2": ("64 clients that book the same hour, the two of 32 pairs, hour after hour",
           [("ratio", "p99 of a booking", None, None, None, " ms"), ("p50", "p50", None, None, None, " ms"),
            ("faults", "answers of 5xx", "<", 0, None, ""), ("deadlocks", "deadlocks", "<", 0, None, ""),
            ("wrong", "hours that one of the two did not get alone", "<", 0, None, "")]),
    "P1": ("page of a programme: a tenth of all in pairs, 30 meetings each", PAGE),
    "P1 troubled": ("the same, with 8 % of its pairs on the work list", PAGE),
    "R1": ("adherence of that programme", [("ratio", "p50", "<", 200, 50, " ms"),
                                           ("refused", "share refused", "<", 0, None, "")]),
    "Q1": ("100,000 mails (10,000 with --quick) from one transaction to a server that takes them all",
           [("ratio", "sent a second", ">", 500, 1000, ""), ("queued", "queued in", None, None, None, " s"),
            ("cpu", "CPU of one, with PostgreSQL", None, None, None, " ms"),
            ("lost", "lost", "<", 0, None, ""), ("doubled", "doubled", "<", 0, None, "")]),
    "D1": ("the portal's page call",
           [("ratio", "p99 of 32 connections", None, None, None, " ms"),
            ("rate", "requests/s", None, None, None, ""),
            ("alone", "p50 of one", None, None, None, " ms"),
            ("refused", "share refused", "<", 0, None, "")]),
}
FOUND = "foreign"


def say(text):
    """A line for the onlooker."""
    print(text, flush=True)


class Bench:
    """The options, the rounds so far, and what other programs took meanwhile."""

    def __init__(self, options):
        self.options = options
        self.only = set(options.only.split(",")) if options.only else None
        self.rounds = {}
        self.faults = {}  # by group of rows

    def wants(self, *rows):
        """Whether any of these rows was asked for."""
        return self.only is None or bool(self.only & set(rows))

    def repeat(self, name, stand, work, times):
        """Runs one group of rows again and again."""
        for turn in range(times):
            began, before = time.monotonic(), stand.foreign()
            rows = work()
            cores = (stand.foreign() - before) / (time.monotonic() - began)
            for row, figures in rows.items():
                self.rounds.setdefault(row, []).append({**figures, FOUND: max(0.0, cores)})
            say(f"  {name} {turn + 1}/{times}, load {os.getloadavg()[0]:.1f}, foreign {cores:.2f} cores")
            for row, figures in rows.items():
                say(f"    {row}: " + ", ".join(f"{one} {number(value)}" for one, value in figures.items()))
            self.keep()

    def keep(self):
        """Writes what has been measured so far, if a file is asked for."""
        if self.options.json:
            self.options.json.write_text(json.dumps(self.rounds, indent=1) + "\n", encoding="utf-8")

    def group(self, rows, work):
        """Measures some rows if they are asked for; a failure is named, and the other groups go on."""
        if not self.wants(*rows):
            return
        try:
            work()
        except Exception as error:  # pylint: disable=broad-except
            self.fault(" ".join(rows), error)

    def fault(self, rows, error):
        """Names what could not be measured, now and at the end."""
        self.faults[rows] = f"{type(error).__name__}: {error}"
        say(f"  {rows} failed: {str(error).splitlines()[0] if str(error) else error!r}")

    def counted(self):
        """T7, T17 and T18 by the check that guards them."""
        done = subprocess.run([sys.executable, str(ROOT / "tests/checks/speed.py")],
                              capture_output=True, text=True, check=False)
        found = re.search(r"^figures (.*)$", done.stdout, re.M)
        if not found:
            raise RuntimeError(f"tests/checks/speed.py:\n{done.stdout}{done.stderr}")
        figures = json.loads(found.group(1))
        whole = figures["instructions"]
        for row, value in (("T17", whole), ("T18", figures["mallocs"]),
                           ("T7", (whole - figures["identify"]) / whole)):
            self.rounds[row] = [{"ratio": value}]

    def measure(self, stand):
        """All groups that are asked for."""
        seconds, times = self.options.seconds, self.options.repeats
        self.rounds["I1"] = [{"ratio": stand.import_seconds}]
        self.group(("T1", "T2", "T3", "T4", "T5", "T9", "T12"), lambda: self.reads(stand, seconds, times))
        self.group(("T10",), lambda: self.repeat("directory", stand, Directory(stand, seconds).round, times))
        self.group(("I2", "I3"), lambda: self.repeat("files", stand, Files(stand).round, 1))
        self.group(("T11",), lambda: self.repeat("writes", stand, Writes(stand, seconds).round, times))
        gateway = Gateway(stand, seconds)
        for row, work in (("T13", gateway.connections), ("T14", gateway.half_open),
                          ("T16", lambda: starts(stand))):
            self.group((row,), lambda name=row, work=work: self.repeat(name, stand, work, times))
        self.group(("T15",), lambda: self.repeat("T15", stand, gateway.memory, 1))
        self.group(("T19",), lambda: self.isolation(stand, Isolation(stand, seconds), times))
        self.group(("Q1",), lambda: self.mail(stand, Mail(stand, min(stand.people, 10_000 if self.options.quick
                                                                     else 100_000)), min(times, 2)))
        self.group(("M7", "S1", "S2", "D1", "P1", "R1"), lambda: self.journeys(stand, Journey(stand, seconds), times))

    def reads(self, stand, seconds, times):
        """Rows that share their legs; each fails alone."""
        reads = Reads(stand, seconds, self.wants)
        try:
            self.repeat("reads", stand, reads.round, times)
        finally:
            for row, error in reads.faults.items():
                self.fault(row, error)

    def journeys(self, stand, journey, times):
        """What builds on the people of the programmes."""
        self.group(("M7",), lambda: self.repeat("M7", stand, journey.round, times))
        self.group(("S1", "S2", "D1", "P1", "R1"), lambda: self.journey(stand, journey, times))

    def isolation(self, stand, isolation, times):
        """Its own load ends with it."""
        try:
            self.repeat("T19", stand, isolation.round, times)
        finally:
            isolation.end()

    def mail(self, stand, mail, times):
        """Mail is off for all other rows."""
        try:
            self.repeat("mail", stand, mail.round, times)
        finally:
            mail.end()

    def journey(self, stand, journey, times):
        """What the people of a programme ask for every day."""
        journey.fill()
        if self.wants("S1", "D1"):
            self.repeat("pages", stand, journey.pages, times)
        if self.wants("S2"):
            self.repeat("booking", stand, journey.booking, times)
        if self.wants("P1", "R1"):
            self.repeat("programme", stand, journey.programme_pages, times)


def verdict(median, better, goal, stretch):
    """Whether a figure meets its goal, and its stretch."""
    if better is None:
        return "-"
    def meets(limit):
        return limit is not None and (median >= limit if better == ">" else median <= limit)
    return "stretch" if meets(stretch) else "goal" if meets(goal) else "MISSED"


def number(value):
    """A figure with as many digits as say something."""
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 20 \
        else f"{value:.2f}"


def table(rounds):
    """The table as lines of Markdown, and how many goals were missed."""
    yield "| id | what | goal | stretch | median | best | spread | rates | foreign | |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for row, (what, figures) in TARGETS.items():
        if row not in rounds:
            continue
        seen = rounds[row]
        for place, (name, label, better, goal, stretch, unit) in enumerate(figures):
            values = sorted(one[name] for one in seen)
            median = statistics.median(values)
            best = values[-1] if better in (">", None) else values[0]
            sign = {">": "≥ ", "<": "≤ ", None: ""}[better]
            rates = ""
            if place == 0 and "other" in seen[0]:
                rates = " / ".join(number(statistics.median(one[side] for one in seen))
                                   for side in ("p99" if row == "T12" else "rate", "other"))
            foreign = statistics.median(one.get(FOUND, 0) for one in seen)
            yield (f"| {row if not place else ''} | {(what + ': ') * (not place)}{label} | "
                   f"{sign}{number(goal)} | {number(stretch)} | {number(median)}{unit} | "
                   f"{number(best)}{unit} | {number(values[0])} – {number(values[-1])} | {rates} | "
                   f"{foreign:.2f} | {verdict(median, better, goal, stretch)} |")


def run(bench):
    """Everything that is asked for; then the stand is given back."""
    options = bench.options
    bench.group(("T7", "T17", "T18"), bench.counted)
    if bench.wants(*(set(TARGETS) - {"T7", "T17", "T18"})):
        stand = Stand(options.people, say)
        try:
            stand.start()
            say(f"huge pages in use: {huge_pages_in_use()}")
            bench.measure(stand)
        except Exception as error:  # pylint: disable=broad-except
            bench.fault("the stand", error)  # what was measured is printed
        finally:
            stand.end()


def report(bench):
    """The table, and what is missing from it."""
    options = bench.options
    say(f"\nload at the end: {' '.join(f'{one:.2f}' for one in os.getloadavg())}; rounds of "
        f"{options.seconds} s\n")
    for line in table(bench.rounds):
        say(line)
    bench.keep()
    for name, fault in bench.faults.items():
        say(f"\nFAILED {name}: {fault}")


def main():
    """Reads the options, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--repeats", type=int)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--people", type=int)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    options.repeats = options.repeats or (2 if options.quick else 5)
    options.seconds = options.seconds or (2 if options.quick else 5)
    options.people = options.people or (20_000 if options.quick else 100_000)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the stack and huge pages are given back
    bench = Bench(options)
    unknown = (bench.only or set()) - set(TARGETS)
    if unknown:
        parser.error(f"unknown rows: {', '.join(sorted(unknown))}")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # half-open sockets are ours to hold
    say(f"load at the start: {' '.join(f'{one:.2f}' for one in os.getloadavg())}; "
        f"{os.cpu_count()} cores")
    try:
        run(bench)
    finally:  # also when it is told to end
        report(bench)
    return 1 if bench.faults else 0


if __name__ == "__main__":
    sys.exit(main())
