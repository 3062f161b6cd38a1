"""The gateway and what a process needs: T13 many connections, T14 half-open sockets, T15 memory,
T16 start times."""

import pathlib
import shutil
import socket
import subprocess
import time

from load import wrk
from stand import FOLDER, STACK

MANY, FEW, HALF_OPEN = 1000, 10, 3000
LET_GO = 60  # seconds; the gateway keeps an idle connection for 20


def resident(pid):
    """Resident memory in MiB."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def threads(pid):
    return len(list(pathlib.Path(f"/proc/{pid}/task").iterdir()))


class Gateway:
    """Legs through the gateway."""

    def __init__(self, stand, seconds):
        self.stand, self.seconds = stand, seconds
        self.requests = stand.requests("through", stand.reads())
        self.url = f"http://127.0.0.1:{stand.facts['port']}"

    def connections(self):
        """T13: a thousand callers against ten."""
        few = wrk(self.url, self.requests, self.seconds, FEW)
        many = wrk(self.url, self.requests, self.seconds, MANY)
        return {"T13": {"ratio": many["p99"] / many["p50"], "kept": many["rate"] / few["rate"],
                        "p99": many["p99"], "rate": many["rate"]}}

    def half_open(self):
        """T14: the slowest of 20 new requests beside sockets that never finish their first."""
        held = []
        try:
            for _ in range(HALF_OPEN):
                one = socket.create_connection(("127.0.0.1", self.stand.facts["port"]), timeout=10)
                one.sendall(b"GET /api/v1/me HTTP/1.1\r\nHost: ")
                held.append(one)
            times = []
            for _ in range(20):
                began = time.perf_counter()
                status, _headers, _text = self.stand.ask(
                    self.stand.facts["port"], "GET", "/api/v1/people/me", self.stand.tokens[0])
                times.append((time.perf_counter() - began) * 1000)
                if status != 200:
                    raise RuntimeError(f"a request beside half-open sockets got {status}")
        finally:
            for one in held:
                one.close()
        times.sort()
        return {"T14": {"ratio": times[-1], "p50": times[len(times) // 2]}}

    def memory(self):
        """T15: a fresh service idle, after load, and after a thousand connections: while the gateway
        still keeps some of them, and when it has let them go."""
        stand = self.stand
        stand.restart("profiles")
        pid = stand.pid("profiles")
        idle = resident(pid)
        port = stand.facts["services"]["profiles"]["port"]
        wrk(f"http://127.0.0.1:{port}", self.requests, self.seconds)
        loaded = resident(pid)
        few = threads(pid)
        wrk(self.url, self.requests, self.seconds, MANY)
        kept = resident(pid)
        until = time.monotonic() + LET_GO
        while threads(pid) > few:
            if time.monotonic() > until:
                raise RuntimeError(f"{threads(pid)} threads {LET_GO} s after a wave, {few} before it")
            time.sleep(0.1)
        return {"T15": {"ratio": idle, "loaded": loaded, "kept": kept, "many": resident(pid)}}


def start_of_service(stand):
    """T16: milliseconds from exec to the first answer to a person."""
    process, port, _admin = stand.second_profiles("started")
    began = time.perf_counter()
    process.start()
    took = None
    try:
        while took is None and time.perf_counter() - began < 20:
            try:
                if stand.ask(port, "GET", "/api/v1/people/me", stand.tokens[0])[0] == 200:
                    took = (time.perf_counter() - began) * 1000
            except OSError:
                time.sleep(0.001)
    finally:
        process.child.terminate()
        process.child.wait(20)
    if took is None:
        raise RuntimeError(f"the service did not start:\n{process.tail()}")
    return took


def start_of_stack():
    """T16: seconds until a whole new stack is up, its database made and migrated."""
    folder = FOLDER / "start"
    at = ["--dir", str(folder)]
    began = time.perf_counter()
    done = subprocess.run([*STACK, "up", "--port", "0", "--bare", "--fresh", *at],
                          capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    took = time.perf_counter() - began
    subprocess.run([*STACK, "down", *at], capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)
    if done.returncode:
        raise RuntimeError(f"the stack did not start:\n{done.stdout}{done.stderr}")
    return took


def starts(stand):
    """One service, and one stack."""
    return {"T16": {"ratio": start_of_service(stand), "stack": start_of_stack()}}
