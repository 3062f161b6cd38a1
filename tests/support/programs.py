"""Runs one test program of any kind and says what came of it."""

import collections
import ctypes
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
TALLY = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)
UNITTEST = re.compile(r"^(\w+) \(([\w.]+)\)(?:.*?) \.\.\. (ok|FAIL|ERROR|skipped ([^\n]*))$", re.M | re.S)
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
SHOWN_MOST = 20000  # characters of a program's output in the report
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=1:exitcode=99",
              "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
              "TSAN_OPTIONS": "exitcode=99:second_deadlock_stack=1"}


@dataclasses.dataclass
class Outcome:
    """What one program came to."""
    name: str
    flavour: str = ""
    passed: int = 0
    failures: list = dataclasses.field(default_factory=list)  # (test, text)
    skips: list = dataclasses.field(default_factory=list)  # (test, reason)
    seconds: float = 0.0
    processor: float = 0.0  # seconds, with everything it started

    def title(self):
        """Its name, and the flavour where it has one."""
        return f"{self.name} [{self.flavour}]" if self.flavour else self.name

    def line(self):
        """One line for the terminal."""
        word = "FAIL" if self.failures else "ok  " if self.passed else "skip"
        extra = f", {len(self.failures)} failed" if self.failures else ""
        extra += f", {len(self.skips)} skipped" if self.skips else ""
        return f"{word} {self.title():58} {self.passed:4} passed{extra}  {self.seconds:.1f} s ({self.processor:.1f})"


def count_in(report):
    """For preexec_fn: a process between us and the program. It takes in what the program leaves
    behind (a database server, for one), and at the program's end writes its status and the
    processor seconds of them all to `report`."""
    def prepare():
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
        program = os.fork()
        if not program:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            return
        os.dup2(report, 0)
        os.closerange(1, 4096)
        ended, status = os.wait()
        while ended != program:
            ended, status = os.wait()
        used = os.times()
        os.write(0, f"{os.waitstatus_to_exitcode(status)} "
                    f"{used.children_user + used.children_system}".encode())
        os._exit(0)
    return prepare


def execute(argv, seconds, env=None):
    """Status, output and processor seconds; a program over its time is killed with everything it
    started."""
    counted, report = os.pipe()
    try:
        child = subprocess.Popen([str(part) for part in argv], cwd=ROOT, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 env={**os.environ, **SANITIZERS, **(env or {})},
                                 start_new_session=True, preexec_fn=count_in(report))
    except OSError as error:
        os.close(counted)
        return 127, f"{argv[0]}: {error.strerror} (is it built?)", 0.0
    finally:
        os.close(report)
    with child, os.fdopen(counted) as counts:
        try:
            output, _ = child.communicate(timeout=seconds)
            status, processor = counts.read().split()
            return int(status), output.decode(errors="replace"), float(processor)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            output, _ = child.communicate()
            text = output.decode(errors="replace")
            return None, f"{text}\nended after {seconds} s, its time-out", 0.0


def what_ended(status):
    """A sentence about an exit status."""
    if status is None:
        return "timed out"
    return f"ended by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def skip_reason(output, test):
    """Tests say why they skip on a line `skipped <test>: <why>` or `skipped: <why>`."""
    found = (re.search(rf"^skipped {re.escape(test)}: (.*)$", output, re.M)
             or re.search(r"^skipped: (.*)$", output, re.M))
    return found.group(1) if found else "no reason given"


def read_cmocka(outcome, files, output):
    """Adds what cmocka wrote, a file for each group."""
    for file in files:
        # cmocka writes messages into CDATA as they are: bytes XML does not allow are replaced.
        text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "?", file.read_text(errors="replace"))
        for case in ElementTree.fromstring(text).iter("testcase"):
            fault = case.find("failure") if case.find("failure") is not None else case.find("error")
            if fault is not None:
                outcome.failures.append((case.get("name"), (fault.text or "").strip()))
            elif case.find("skipped") is not None:
                outcome.skips.append((case.get("name"), skip_reason(output, case.get("name"))))
            else:
                outcome.passed += 1


def spent_below(pid):
    """Processor seconds of a process and of all that it has started, ended or not."""
    children, spent = collections.defaultdict(list), {}
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        children[int(fields[1])].append(int(path.parent.name))
        spent[int(path.parent.name)] = sum(int(ticks) for ticks in fields[11:15])
    found, ticks = [pid], 0
    while found:
        one = found.pop()
        ticks += spent.get(one, 0)
        found += children[one]
    return ticks / os.sysconf("SC_CLK_TCK")


def run_cmocka(path, name, flavour, seconds, env, scratch, prefix=()):
    """A C test program. Its results come as XML, since the other formats hide skips."""
    outcome = Outcome(name, flavour)
    mark = f"{flavour}-{name.replace('/', '-')}"
    for old in scratch.glob(f"{mark}.*.xml"):  # cmocka never overwrites a file
        old.unlink()
    began = time.monotonic()
    status, output, outcome.processor = execute([*prefix, path], seconds, {
        **env, "CMOCKA_MESSAGE_OUTPUT": "xml", "CMOCKA_XML_FILE": f"{scratch}/{mark}.%g.xml"})
    outcome.seconds = time.monotonic() - began
    try:
        read_cmocka(outcome, sorted(scratch.glob(f"{mark}.*.xml")), output)
    except ElementTree.ParseError as error:
        outcome.failures.append(("results", f"cmocka's XML is broken: {error}"))
    # The exit status of a cmocka program is the number of failed tests.
    if status != 0 and (status is None or status < 0 or status != len(outcome.failures)):
        outcome.failures.append((what_ended(status), output[-SHOWN_MOST:]))
    elif outcome.failures and output.strip():
        outcome.failures.append(("output of the program", output[-SHOWN_MOST:]))
    if not (outcome.passed or outcome.failures or outcome.skips):
        outcome.failures.append(("results", f"no test ran\n{output[-SHOWN_MOST:]}"))
    return outcome


def run_tally(argv, name, seconds, env=None, flavour=""):
    """A program that ends with the line `N passed, N failed`, or with its exit status alone."""
    outcome = Outcome(name, flavour)
    began = time.monotonic()
    status, output, outcome.processor = execute(argv, seconds, env)
    outcome.seconds = time.monotonic() - began
    tallies = TALLY.findall(output)
    if tallies:
        passed, failed, skipped = (int(part or 0) for part in tallies[-1])
        outcome.passed = passed
        outcome.failures = [(f"{failed} failed", output[-SHOWN_MOST:])] if failed else []
        outcome.failures += [("", "counted in the output above")] * max(0, failed - 1)
        outcome.skips = [(f"skip {i + 1}", skip_reason(output, "")) for i in range(skipped)]
    elif status == 0:
        outcome.passed = 1
    if status != 0 and not outcome.failures:
        outcome.failures.append((what_ended(status), output[-SHOWN_MOST:]))
    return outcome


def run_unittest(path, seconds):
    """A Python test file."""
    name = str(path.relative_to(ROOT).with_suffix(""))
    outcome = Outcome(name)
    began = time.monotonic()
    status, output, outcome.processor = execute(
        [sys.executable, "-m", "unittest", "discover", "-v", "-s", path.parent, "-p", path.name],
        seconds, {"PYTHONDONTWRITEBYTECODE": "1"})
    outcome.seconds = time.monotonic() - began
    for test, _where, word, reason in UNITTEST.findall(output):
        if word == "ok":
            outcome.passed += 1
        elif word.startswith("skipped"):
            outcome.skips.append((test, reason.strip("'\"")))
        else:
            outcome.failures.append((test, "see the output of the program"))
    if status != 0:
        outcome.failures.append((what_ended(status) if not outcome.failures else
                                 "output of the program", output[-SHOWN_MOST:]))
    if status == 0 and not outcome.passed and not outcome.skips:
        outcome.failures.append(("results", f"no test ran\n{output[-SHOWN_MOST:]}"))
    return outcome
