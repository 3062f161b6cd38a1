#!/usr/bin/env python3
"""Runs the tests that `make` has built and ends with the line `N passed, N failed`.

    run.py [--flavour F] [--only KIND,…] [--match TEXT] [--long]

Kinds: unit fuzz tools checks sql api journeys faults contract. What needs no stack runs three at a
time; beside it two stacks for each flavour, each test program on an empty database, since many tests
wait more than they work; last the recorded exchanges are held against the contract. Without
--flavour and --long a kind runs in the flavours that EVERY_DAY gives it."""

import argparse
import concurrent.futures
import json
import pathlib
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from programs import (ROOT, Outcome, execute, run_cmocka, run_tally,  # noqa: E402
                      run_unittest)

STACK = [sys.executable, str(ROOT / "deploy/local/stack.py")]
KINDS = ["unit", "fuzz", "tools", "checks", "sql", "api", "journeys", "faults", "contract"]
STACKED = {"": ["sql", "api"], "-journeys": ["journeys", "faults"]}  # by what its folder ends in
EVERY_DAY = {"unit": ["release", "asan"], "fuzz": ["asan"], "sql": ["release"], "api": ["asan"],
             "journeys": ["asan"], "faults": ["asan"]}
# Unit tests that say more without sanitizers: the full counts, and an allocator of their own.
RELEASE_TOO = ("unit/engine/test_effort", "unit/engine/test_exact", "unit/db/test_memory")
UNIT_SECONDS, STACKED_SECONDS, LONG_FACTOR = 400, 400, 10
LOOSE_WORKERS = 3  # for two cores: they wait now and then
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
        self.factor = LONG_FACTOR if options.long else 1
        self.scratch = ROOT / "build/test/results"
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        self.outcomes = []
        self.node = None  # prepare_node's future
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
            if source.name.startswith(wanted) and self.wants(kind, name):
                found.append((short, base / name))
        return found


def indent(text):
    """Text as a block under its heading."""
    return "".join(f"       | {line}\n" for line in text.splitlines())


# ---- without a stack -----------------------------------------------------------------------------
def loose_jobs(run):
    """Everything that needs no stack, as functions that return an outcome; slow ones first."""
    jobs = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        if "node_modules" not in path.parts and run.wants("tools", str(path)):
            jobs.append(lambda p=path: run_unittest(p, UNIT_SECONDS))
    for flavour in reversed(run.flavours()):
        for name, path in run.built(flavour, "unit"):
            jobs.append(lambda n=name, p=path, f=flavour: run_cmocka(
                p, n, f, UNIT_SECONDS * run.factor, run.env, run.scratch))
        for name, path in run.built(flavour, "fuzz"):
            jobs.append(lambda n=name, p=path, f=flavour: run_tally([p], n, UNIT_SECONDS, flavour=f))
    if run.options.long:
        valgrind = ["valgrind", "--quiet", "--error-exitcode=99", "--leak-check=full"]
        for name, path in run.built("release", "unit"):
            jobs.append(lambda n=name, p=path: run_cmocka(
                p, n, "valgrind", UNIT_SECONDS * run.factor, {}, run.scratch, valgrind))
    for path in sorted((ROOT / "tests/checks").glob("*.*")):
        if path.suffix in (".py", ".sh") and run.wants("checks", str(path)):
            program = [sys.executable if path.suffix == ".py" else "bash", path]
            jobs.append(lambda p=path, a=program: run_tally(
                a, str(p.relative_to(ROOT / "tests").with_suffix("")), UNIT_SECONDS))
    return jobs


# ---- with a stack --------------------------------------------------------------------------------
def new_reports(folder, seen):
    """Sanitizer reports and unexpected ends in a stack since the last look."""
    texts = []
    for path in sorted((folder / "log").glob("sanitizer.*")):
        if path not in seen:
            seen.add(path)
            texts.append(f"{path.name}:\n{path.read_text(errors='replace')[:8000]}")
    facts = json.loads((folder / "stack.json").read_text())
    for fault in facts["faults"]:
        count = len(facts["faults"])
        if (fault, count) not in seen:
            seen.add((fault, count))
            texts.append(fault)
    return texts


def run_stacked(run, flavour, which):
    """The programs of one flavour that one of its stacks is for."""
    programs = [(kind, *pair) for kind in STACKED[which] for pair in run.built(flavour, kind)
                if kind != "sql" or flavour == "release"]
    if not programs:
        return
    folder = ROOT / "build/test" / (flavour + which)
    record = ROOT / "build/test" / f"record.{flavour}{which}.jsonl"
    record.unlink(missing_ok=True)
    at = ["--dir", str(folder)]
    execute([*STACK, "down", *at], 90)
    status, output = execute([*STACK, "up", *at, "--flavour", flavour, "--port", "0", "--bare",
                              "--fresh"], 200)
    if status != 0:
        run.done(Outcome(f"stack/{flavour}{which}", flavour, failures=[("start", output)]))
        return
    seen = set()
    env = {**run.env, "UPWARD_STACK": str(folder / "stack.json"), "UPWARD_RECORD": str(record)}
    try:
        run_programs(run, flavour, programs, env, folder, seen)
    finally:
        status, output = execute([*STACK, "down", *at], 90)
        ends = new_reports(folder, seen)
        if status != 0 or ends:
            run.done(Outcome(f"stack/{flavour}{which}", flavour,
                             failures=[("end", text) for text in [*ends, output]]))


def run_programs(run, flavour, programs, env, folder, seen):
    """One after the other, each on an empty database. Tests of the schemas make databases of their
    own: they run beside the others."""
    def one(name, path):
        return run_cmocka(path, name, flavour, STACKED_SECONDS * run.factor, env, run.scratch)

    def schemas():
        for _kind, name, path in [p for p in programs if p[0] == "sql"]:
            run.done(one(name, path))
    beside = threading.Thread(target=schemas)
    beside.start()
    try:
        fresh = True
        for kind, name, path in [p for p in programs if p[0] != "sql"]:
            if kind == "journeys":
                run.node.result()  # they read calendars with its packages
            if not fresh:
                status, output = execute([*STACK, "reset", "--dir", folder], 120)
                if status != 0:
                    run.done(Outcome(f"stack/{flavour}", flavour,
                                     failures=[(f"reset before {name}", output)]))
                    return
            outcome = one(name, path)
            outcome.failures += [("a service", text) for text in new_reports(folder, seen)]
            run.done(outcome)
            fresh = False
    finally:
        beside.join()


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
    status, output = execute(["npm", "ci", "--prefix", folder, "--no-audit", "--no-fund",
                              "--ignore-scripts", "--loglevel=error"], 300)
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
                        ROOT / "build/openapi.json", *records], "contract", 300))


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
    say(f"in {time.monotonic() - began:.0f} s")
    say(f"{passed} passed, {len(failed)} failed" + (f", {len(skips)} skipped" if skips else ""))
    return 1 if failed or not passed else 0


def main():
    """Reads the options, runs everything, prints the count."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flavour", help="one flavour instead of release and asan")
    parser.add_argument("--only", help="kinds, joined by commas")
    parser.add_argument("--match", default="", help="programs whose name contains this")
    parser.add_argument("--long", action="store_true", help="full counts; sets UPWARD_LONG=1")
    run = Run(parser.parse_args())
    unknown = run.kinds - set(KINDS)
    if unknown:
        parser.error(f"unknown kinds: {', '.join(sorted(unknown))}")
    began = time.monotonic()
    with (concurrent.futures.ThreadPoolExecutor() as stacks,
          concurrent.futures.ThreadPoolExecutor(LOOSE_WORKERS) as pool):
        contract = "contract" in run.kinds and run.kinds & set(sum(STACKED.values(), []))
        if contract or "journeys" in run.kinds:
            run.node = stacks.submit(prepare_node)
        stacked = [stacks.submit(run_stacked, run, flavour, which)
                   for flavour in run.flavours() for which in STACKED]
        loose = [pool.submit(job) for job in loose_jobs(run)]
        for future in concurrent.futures.as_completed(loose):
            run.done(future.result())
        for future in stacked:
            future.result()
        if contract:
            judge(run, run.node.result())
    return summary(run, began)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        for facts in (ROOT / "build/test").glob("*/stack.json"):
            subprocess.run([*STACK, "down", "--dir", facts.parent], check=False)
        sys.exit(130)
