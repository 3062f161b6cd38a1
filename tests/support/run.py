#!/usr/bin/env python3
"""Runs the tests that `make` has built and ends with the line `N passed, N failed`.

    run.py [--flavour F] [--only KIND,…] [--match TEXT] [--long]

Kinds: unit fuzz tools checks sql api journeys faults portal contract. All of this goes on side by side,
since many tests wait more than they work: what needs no stack; the schemas, in databases of their
own on one server; and the API on a few stacks, each program on an empty database. Last the recorded
exchanges are held against the contract. Without --flavour and --long a kind runs in the flavours
that EVERY_DAY gives it."""

import argparse
import concurrent.futures
import fcntl
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from programs import (ROOT, Outcome, execute, run_cmocka, run_tally,  # noqa: E402
                      run_unittest)
from stacks import SEED, STACK, Server, Stack, discard, make_seed, share  # noqa: E402

KINDS = ["unit", "fuzz", "tools", "checks", "sql", "api", "journeys", "faults", "portal", "contract"]
STACKED = ["faults", "journeys", "api"]
EVERY_DAY = {"unit": ["release", "asan"], "fuzz": ["asan"], "sql": ["release"], "api": ["release", "asan"],
             "journeys": ["release", "asan"], "faults": ["release", "asan"]}
# What sanitizers make dear and would see nothing new in: rules that PostgreSQL keeps, behind the C that all
# operations share, and storms. Under sanitizers api/security/test_matrix asks for every operation every day, the
# programs of all C handlers run, and check-long runs these too. The Makefile builds what --programs prints.
RELEASE_ALONE = (
    "api/lifecycle/", "journeys/test_booking_storm", "journeys/test_capacity_storm",
    "journeys/test_hris_year", "journeys/test_insights", "journeys/test_large_closing", "journeys/test_pick_storm",
    "journeys/test_pilot",
    "api/evaluation/test_assessment", "api/evaluation/test_dashboard", "api/evaluation/test_feedback",
    "api/evaluation/test_goal", "api/evaluation/test_report_days", "api/evaluation/test_standstill",
    "api/evaluation/test_waiting", "api/evaluation/test_work_list", "api/matching/test_acting",
    "api/matching/test_coordinator", "api/matching/test_enrolment", "api/matching/test_exclusion",
    "api/matching/test_pair_sides", "api/matching/test_programme", "api/matching/test_shortlist_card",
    "api/matching/test_wish", "api/profiles/test_learning", "api/profiles/test_own_sets", "api/profiles/test_person",
    "api/scheduling/test_delegate", "api/scheduling/test_limits", "api/scheduling/test_messages",
    "api/scheduling/test_moves", "api/security/test_audit", "api/security/test_bodies",
    "api/security/test_conditions", "api/security/test_never", "api/security/test_visibility")
# Unit tests that say more without sanitizers: the full counts, and an allocator of their own.
RELEASE_TOO = ("unit/engine/test_effort", "unit/engine/test_exact", "unit/engine/test_rules", "unit/db/test_memory")
# Faults that take minutes to bring about.
LONG_ONLY = ("faults/test_clocks", "faults/test_cut", "faults/test_disk", "faults/test_memory", "faults/test_upgrade")
NEED_NODE = ("test_recur_reader",)
PROGRAM_SECONDS, LONG_FACTOR = 1200, 10  # a program that takes longer hangs, on a busy machine too
TOOL_SECONDS = 1800  # npm and what it installs
SHOWN_DEAREST = 10  # at the end, of what took the most processor seconds
STACKS, SERVERS, LOOSE_WORKERS = 3, 2, 2  # for two cores: they wait now and then
# The longest: who begins with one of them late waits for it alone.
FIRST = ("api/lifecycle", "api/profiles/test_import_", "faults", "journeys", "api/matching/test_programme_closing",
         "sql/test_nobody", "sql/test_interleaving", "sql/test_safety", "sql/test_migrations",
         "unit/engine/test_rules", "unit/db/test_loss")
CHROMIUM = pathlib.Path("/usr/bin/chromium")
print_lock = threading.Lock()


def say(text):
    """One whole piece of text at a time."""
    with print_lock:
        print(text, flush=True)


class Run:
    """The options of one run and what it has come to so far."""

    def __init__(self, options):
        self.options = options
        self.kinds = set(options.only.split(",")) if options.only else set(KINDS)
        self.seconds = PROGRAM_SECONDS * (LONG_FACTOR if options.long else 1)
        self.scratch = ROOT / "build/test/results"
        self.outcomes = []
        self.node = None  # prepare_node's future
        self.seed = None  # make_seed's
        self.env = {"APP_ENV": "development", **({"UPWARD_LONG": "1"} if options.long else {})}

    def done(self, outcome):
        """Takes an outcome and says it."""
        self.outcomes.append(outcome)
        say(outcome.line() + "".join(f"\n     {test}\n{indent(text)}"
                                     for test, text in outcome.failures))

    def wants(self, kind, name):
        """Whether the options ask for this program."""
        return kind in self.kinds and self.options.match in name

    def flavours(self):
        """The flavours that this run is about."""
        if self.options.flavour:
            return [self.options.flavour]
        return ["release", "asan", "tsan"] if self.options.long else ["release", "asan"]

    def built(self, flavour, kind):
        """(name, path) of the C programs of a kind that this run builds in the flavour."""
        every_day = not (self.options.flavour or self.options.long)
        if every_day and flavour not in EVERY_DAY[kind]:
            return []
        base = ROOT / "build" / flavour
        found = []
        for source in sorted((ROOT / "tests" / kind).rglob("*.c")):
            wanted = "fuzz_" if kind == "fuzz" else "test_"
            name = str(source.relative_to(ROOT).with_suffix(""))
            short = name.removeprefix("tests/")
            if every_day and kind == "unit" and flavour == "release" and not short.startswith(RELEASE_TOO):
                continue
            if short.startswith(LONG_ONLY) and not self.options.long:
                continue
            if every_day and kind in STACKED and (flavour == "release") != short.startswith(RELEASE_ALONE):
                continue
            if source.name.startswith(wanted) and self.wants(kind, name):
                found.append((short, base / name))
        return sorted(found, key=late)


    def pages(self):
        """(name, path) of the programs that click through the portal; they say the same in all flavours."""
        found = []
        for path in sorted((ROOT / "tests/portal").glob("*.mjs")):
            kind = path.name.split("_")[0]
            if kind == "test" or kind == "long" and self.options.long:
                if self.wants("portal", str(path)):
                    found.append((f"portal/{path.stem}", path))
        return found


def late(program):
    """For sorting: the longest first."""
    return not program[0].startswith(FIRST)


def indent(text):
    """Text as a block under its heading."""
    return "".join(f"       | {line}\n" for line in text.splitlines())


# ---- without a stack -----------------------------------------------------------------------------
def run_tool(run, path):
    """A program of Python's; one that asks Node as a second reader has its packages first."""
    if path.stem in NEED_NODE:
        run.node.result()
    return run_unittest(path, run.seconds)


def loose_jobs(run):
    """Everything that needs no stack, as functions that return an outcome; slow ones first."""
    jobs = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if "node_modules" not in path.parts and run.wants("tools", str(path)):
            jobs.append(lambda p=path: run_tool(run, p))
    for flavour in reversed(run.flavours()):
        for name, path in run.built(flavour, "unit"):
            jobs.append(lambda n=name, p=path, f=flavour: run_cmocka(
                p, n, f, run.seconds, run.env, run.scratch))
        for name, path in run.built(flavour, "fuzz"):
            jobs.append(lambda n=name, p=path, f=flavour: run_tally([p], n, run.seconds, flavour=f))
    if run.options.long:
        valgrind = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full",
                    f"--suppressions={ROOT / 'tests/support/valgrind.supp'}"]
        for name, path in run.built("release", "unit"):
            if name == "unit/db/test_memory":
                continue  # it has an allocator of its own, and so has valgrind
            jobs.append(lambda n=name, p=path: run_cmocka(
                p, n, "valgrind", run.seconds, {}, run.scratch, valgrind))
    for path in sorted((ROOT / "tests/checks").glob("*.*")):
        if path.suffix in (".py", ".sh") and run.wants("checks", str(path)):
            program = [sys.executable if path.suffix == ".py" else "bash", path]
            jobs.append(lambda p=path, a=program: run_tally(
                a, str(p.relative_to(ROOT / "tests").with_suffix("")), run.seconds, run.env))
    return jobs


# ---- on servers, and on stacks -------------------------------------------------------------------
def run_schemas(run):
    """The tests of the schemas, which are the same in all flavours."""
    if "release" in run.flavours():
        share(run, [(run.built("release", "sql"), [Server(run, n + 1) for n in range(SERVERS)])])


def run_stacked(run):
    """The API, the journeys and the outages, one flavour after the other."""
    parts = []
    for flavour in run.flavours():
        programs = sorted((one for kind in STACKED for one in run.built(flavour, kind)), key=late)
        programs += browsed(run) if flavour == "release" else []
        parts.append((programs, [Stack(run, flavour, n + 1) for n in range(STACKS)]))
    share(run, parts)


def browsed(run):
    """The programs that need a browser, if there is one and the portal is built; otherwise it is said why not."""
    programs = run.pages()
    if not programs:
        return []
    missing = "Debian's chromium (make install-test)" if not CHROMIUM.exists() else "" if shutil.which("npm") else "npm"
    if missing:
        run.done(Outcome("portal", skips=[(name, f"needs {missing}") for name, _path in programs]))
        return []
    trouble = run.node.result()
    status, output, _ = (1, trouble, 0) if trouble else execute(["make", "-s", "-C", ROOT, "docs"], TOOL_SECONDS)
    if status != 0:
        run.done(Outcome("portal", failures=[("build", output)]))
        return []
    return programs


# ---- the contract --------------------------------------------------------------------------------
def prepare_node():
    """npm ci of tests/package-lock.json into build/, once for each lock; the error, or None."""
    folder, lock = ROOT / "build/npm/tests", ROOT / "tests/package-lock.json"
    stamp = folder / ".installed"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / "tests" / name, folder)
    status, output, _ = execute(["npm", "ci", "--prefix", folder, "--no-audit", "--no-fund",
                              "--ignore-scripts", "--loglevel=error"], TOOL_SECONDS)
    if status != 0:
        return output
    stamp.write_bytes(lock.read_bytes())
    return None


def judge(run, trouble):
    """Holds every recorded exchange against the contract."""
    records = sorted((ROOT / "build/test").glob("record.*.jsonl"))
    records = [path for path in records if path.name.split(".")[1].split("-")[0] in run.flavours()]
    if not records:
        return
    if trouble:
        run.done(Outcome("contract", failures=[("npm ci", trouble)]))
        return
    partial = ["--partial"] if run.options.match or run.options.only else []
    run.done(run_tally(["node", ROOT / "tests/support/judge.mjs", *partial,
                        ROOT / "build/openapi.json", *records], "contract", TOOL_SECONDS))


def table(outcomes):
    """What a run of all flavours came to: a row for each kind and flavour."""
    rows = {}
    for outcome in outcomes:
        kind = outcome.name.split("/")[0]
        row = rows.setdefault(("tools" if kind == "tests" else kind, outcome.flavour or "-"), [0, 0, 0, 0, 0.0])
        failed = sum(test != "output of the program" for test, _text in outcome.failures)
        for place, figure in enumerate((1, outcome.passed, failed, len(outcome.skips), outcome.processor)):
            row[place] += figure
    lines = [f"{'kind':10}{'flavour':10}{'programs':>9}{'passed':>8}{'failed':>8}{'skipped':>9}{'processor s':>13}"]
    for (kind, flavour), row in sorted(rows.items()):
        lines.append(f"{kind:10}{flavour:10}{row[0]:9}{row[1]:8}{row[2]:8}{row[3]:9}{row[4]:13.0f}")
    return "\n".join(lines)


def summary(run, began):
    """The end of the report; the exit status."""
    failed = [(o, test) for o in run.outcomes for test, _text in o.failures
              if test != "output of the program"]
    skips = [(o, test, reason) for o in run.outcomes for test, reason in o.skips]
    for outcome, test, reason in skips:
        say(f"skipped {outcome.name} {test}: {reason}")
    for outcome, test in failed:
        say(f"failed  {outcome.name} [{outcome.flavour}] {test}")
    passed = sum(o.passed for o in run.outcomes)
    dearest = sorted(run.outcomes, key=lambda outcome: -outcome.processor)
    for outcome in dearest[:SHOWN_DEAREST]:
        say(f"{outcome.processor:7.1f} processor seconds in {outcome.seconds:6.1f} s  {outcome.title()}")
    if run.options.long:
        say(table(run.outcomes))
    total = sum(outcome.processor for outcome in run.outcomes)
    say(f"in {time.monotonic() - began:.0f} s, {total:.0f} processor seconds")
    say(f"{passed} passed, {len(failed)} failed" + (f", {len(skips)} skipped" if skips else ""))
    return 1 if failed or not passed else 0


def guarded(name, job):
    """The outcome of a job; what breaks in the runner itself is a failure, and loses nothing else."""
    try:
        return job()
    except Exception:  # pylint: disable=broad-except
        return Outcome(name, failures=[("the runner", traceback.format_exc())])


def run_all(run):
    """Everything, side by side; then the contract."""
    shutil.rmtree(run.scratch, ignore_errors=True)
    run.scratch.mkdir(parents=True)
    for record in (ROOT / "build/test").glob("record.*.jsonl"):
        record.unlink()
    contract = "contract" in run.kinds and run.kinds & set(STACKED)
    with (concurrent.futures.ThreadPoolExecutor() as others,
          concurrent.futures.ThreadPoolExecutor(LOOSE_WORKERS) as pool):
        if contract or run.kinds & {"tools", "journeys", "portal"}:
            run.node = others.submit(prepare_node)
        if run.kinds & {"sql", "portal", *STACKED}:
            run.seed = others.submit(make_seed, run)
        shared = [others.submit(guarded, "runner", lambda part=part: part(run))
                  for part in (run_stacked, run_schemas)]
        loose = [pool.submit(guarded, "runner", job) for job in loose_jobs(run)]
        for future in concurrent.futures.as_completed(loose):
            run.done(future.result())
        for future in shared:
            if future.result():
                run.done(future.result())
    discard(SEED)
    if contract:
        judge(run, run.node.result())


def alone():
    """Refuses a second run in this folder, which would remove the servers and results of the first; returns
    what to keep until the end."""
    lock = open(ROOT / "build/test.lock", "w", encoding="utf-8")  # pylint: disable=consider-using-with
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit("run.py: another test run is at work in this folder")
    return lock


def programs_of(options):
    """The C programs of a flavour that a run without options needs."""
    everything = Run(options)
    return [path.relative_to(ROOT) for kind in EVERY_DAY for _name, path in everything.built(options.programs, kind)]


def main():
    """Reads the options, runs everything, prints the count."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flavour", help="one flavour instead of release and asan")
    parser.add_argument("--only", help="kinds, joined by commas")
    parser.add_argument("--match", default="", help="programs whose name contains this")
    parser.add_argument("--long", action="store_true", help="full counts; sets UPWARD_LONG=1")
    parser.add_argument("--programs", metavar="FLAVOUR", help="prints what is run in it every day, to be built")
    options = parser.parse_args()
    if options.programs:
        print(*programs_of(options))
        return 0
    lock = alone()
    run = Run(options)
    unknown = run.kinds - set(KINDS)
    if unknown:
        parser.error(f"unknown kinds: {', '.join(sorted(unknown))}")
    began = time.monotonic()
    run_all(run)
    status = summary(run, began)
    lock.close()
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        for facts in (ROOT / "build/test").glob("*/stack.json"):
            subprocess.run([*STACK, "down", "--dir", facts.parent], check=False)
        sys.exit(130)
