"""Starts, watches and stops the processes of a stack.

A process that ends by itself is restarted, and its end is recorded as a fault unless it was killed from
outside (SIGKILL, SIGTERM). While a file `<dir>/hold/<name>` exists, the process stays stopped: this is
how `stack.py stop` and `start` control a running stack. `<dir>/set/<name>` contains additional settings
for the process, one NAME=VALUE per line."""

import ctypes
import json
import os
import select
import signal
import subprocess
import time

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
STOP_SECONDS = 60  # services give up waiting for requests long before


def end_with_parent(stop_signal):
    """For preexec_fn: the process receives `stop_signal` when the supervisor dies."""
    def prepare():
        LIBC.prctl(PR_SET_PDEATHSIG, stop_signal)
    return prepare


def birth(pid):
    """When a process started, in ticks since boot; None if there is none. Together with the pid it
    identifies a process for good, whereas a pid alone may be reused."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return int(stat.read().rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def end_leftovers(facts):
    """Stops what is left of an earlier stack whose supervisor was killed."""
    left = [pid for name, pid in facts.get("pids", {}).items()
            if pid and birth(pid) == facts.get("births", {}).get(name)]
    deadline, asked = time.monotonic() + STOP_SECONDS, False
    while left:
        for pid in left:
            try:
                # SIGINT: PostgreSQL's fast shutdown, and an orderly stop for the others.
                if not asked:
                    os.kill(pid, signal.SIGINT)
                elif time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        asked = True
        time.sleep(0.02)
        left = [pid for pid in left if birth(pid) is not None]


class Process:
    """One process: how it is started, when it is ready, how it is stopped."""

    def __init__(self, name, argv, ready, *, env=None, stop=signal.SIGTERM, popen=None, log=None):
        self.name, self.argv, self.is_ready, self.env = name, argv, ready, env
        self.stop_signal, self.popen_args, self.log = stop, popen or {}, log
        self.child = None
        self.failures, self.not_before = 0, 0.0

    @property
    def pid(self):
        """Its pid, or None while it is not running."""
        return self.child.pid if self.child else None

    def start(self):
        """Starts it in a new session, so that Ctrl-C reaches only the supervisor."""
        env = {**(os.environ if self.env is None else self.env), **self._further_settings()}
        with open(self.log, "ab") as log:
            self.child = subprocess.Popen(
                self.argv, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                start_new_session=True, preexec_fn=end_with_parent(self.stop_signal),
                **self.popen_args)

    def _further_settings(self):
        try:
            text = (self.log.parent.parent / "set" / self.name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        return dict(line.split("=", 1) for line in text.splitlines())

    def ready(self):
        """Whether it is running and works."""
        return self.child is not None and self.child.poll() is None and self.is_ready(self)

    def tail(self, lines=15):
        """The end of its log."""
        try:
            text = self.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])


class Supervisor:
    """The processes of one stack, by name, and their entries in stack.json: the pid and, as `ended`, the
    last exit status."""

    def __init__(self, folder, say):
        self.folder, self.say = folder, say
        self.processes = {}
        self.facts = {"faults": [], "ended": {}}
        self.stopping = False
        (folder / "hold").mkdir(exist_ok=True)
        self._wake, write = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number, _frame):
        if number == signal.SIGCHLD:
            return
        if self.stopping:
            for process in self.processes.values():
                if process.child and process.child.poll() is None:
                    process.child.kill()
        self.stopping = True

    def add(self, process, held=False):
        """Adds a process and starts it, or leaves it on hold."""
        self.processes[process.name] = process
        if held:
            (self.folder / "hold" / process.name).touch()
        else:
            process.start()

    def wait_ready(self, names, seconds):
        """Waits until all are ready; raises RuntimeError with the end of the log if one fails."""
        deadline = time.monotonic() + seconds
        left = [self.processes[name] for name in names]
        while left:
            left = [process for process in left if not process.ready()]
            for process in left:
                if process.child.poll() is not None:
                    raise RuntimeError(f"{process.name} ended with status "
                                       f"{process.child.returncode}:\n{process.tail()}")
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{process.name} was not ready within {seconds} s:\n"
                                       f"{process.tail()}")
            if self.stopping:
                raise KeyboardInterrupt
            if left:
                time.sleep(0.03)

    def write_facts(self, **facts):
        """Replaces stack.json atomically."""
        self.facts.update(facts)
        self.facts["pids"] = {name: p.pid for name, p in self.processes.items()}
        self.facts["births"] = {name: birth(p.pid) for name, p in self.processes.items()}
        part = self.folder / "stack.json.part"
        part.write_text(json.dumps(self.facts, indent=2) + "\n", encoding="utf-8")
        part.rename(self.folder / "stack.json")

    def watch(self):
        """Keeps everything running until a stop signal or a hold on `stack`."""
        marks = None
        while not self.stopping:
            woken = select.select([self._wake], [], [], 0.05)[0]
            if woken:
                os.read(self._wake, 512)
            before, marks = marks, set(os.listdir(self.folder / "hold"))
            # Most looks find nothing: no signal came, the marks are the same, nobody waits to be started.
            all_run = all(process.child for process in self.processes.values() if process.name not in marks)
            if (woken or marks != before or not all_run) and self.turn():
                self.write_facts()

    def turn(self):
        """Checks all processes once; true if a pid changed."""
        held = {name for name in self.processes if (self.folder / "hold" / name).exists()}
        ended = self._end_held([self.processes[name] for name in held])
        return any([self._look_after(process, name in held)
                    for name, process in self.processes.items()]) or ended

    def _end_held(self, processes):
        """Stops those that are on hold, in parallel; true if there were any."""
        alive = [process for process in processes if process.child and process.child.poll() is None]
        for process in alive:
            process.child.send_signal(process.stop_signal)
        self._await_end(alive)
        for process in alive:
            self.facts["ended"][process.name] = process.child.returncode
            process.child = None
        return bool(alive)

    def _look_after(self, process, held):
        """Checks one process once; true if its pid changed."""
        changed = False
        if process.child and process.child.poll() is not None:
            self.facts["ended"][process.name] = process.child.returncode
            self._note_end(process, process.child.returncode, held)
            process.child, changed = None, True
        if not held and not process.child and time.monotonic() >= process.not_before:
            process.start()
            changed = True
        return changed

    def _note_end(self, process, status, held):
        if held:
            return
        lasted = status in (-signal.SIGKILL, -signal.SIGTERM)
        what = f"signal {-status}" if status < 0 else f"status {status}"
        self.say(f"{process.name} ended with {what}; restarting it")
        # PostgreSQL may need several attempts while old backends still hold its shared memory.
        process.failures = 0 if lasted else process.failures + 1
        process.not_before = time.monotonic() + min(2.0, 0.05 * 2 ** process.failures)
        if not lasted and process.name != "postgres":
            self.facts["faults"].append(f"{process.name} ended with {what}")

    def _await_end(self, processes):
        """Waits for them to end, and kills those that take too long."""
        deadline = time.monotonic() + STOP_SECONDS
        for process in processes:
            try:
                process.child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(f"{process.name} did not stop within {STOP_SECONDS} s; killed")
                self.facts["faults"].append(f"{process.name} did not end in {STOP_SECONDS} s")
                process.child.kill()
                process.child.wait()

    def end(self, *stages):
        """Stops the processes stage by stage, those of a stage in parallel; the rest come last."""
        named = [name for stage in stages for name in stage]
        for stage in [*stages, [name for name in self.processes if name not in named]]:
            alive = [self.processes[name] for name in stage if name in self.processes
                     and self.processes[name].child and self.processes[name].child.poll() is None]
            for process in alive:
                process.child.send_signal(process.stop_signal)
            self._await_end(alive)
            for process in alive:
                status = process.child.returncode
                if status not in (0, -process.stop_signal, -signal.SIGKILL):
                    self.facts["faults"].append(f"{process.name} ended with status {status}")
