"""The load generators wrk and pgbench, and the CPU time that a measurement cost."""

import json
import os
import pathlib
import re
import resource
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "deploy/local"))
from cluster import binaries  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")


def raw_request(path, token=None, *, host, method="GET", body=None, headers=()):
    """One whole HTTP/1.1 request as text."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if body is not None:
        lines += ["Content-Type: application/merge-patch+json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines) + "\r\n\r\n" + (body or "")


def write_requests(path, requests):
    """The file that requests.lua reads."""
    path.write_text("".join(f"{request}\n---\n" for request in requests), encoding="utf-8",
                    newline="")
    return path


def start_wrk(url, requests, seconds, connections=32):
    """A wrk that runs; finish_wrk reads what it says."""
    return subprocess.Popen(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s",
         str(HERE / "requests.lua"), url, "--", str(requests)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish_wrk(child, seconds, strict=True):
    """Requests per second and latencies in ms; RuntimeError when any answer was not 2xx."""
    output, _ = child.communicate(timeout=seconds + 60)
    found = re.search(r"^RESULT (.*)$", output, re.M)
    if child.returncode or not found:
        raise RuntimeError(f"wrk failed:\n{output}")
    raw = json.loads(found.group(1))
    if strict and (raw["bad"] or raw["lost"] or not raw["requests"]):
        raise RuntimeError(f"{raw['bad']} answers were refusals, {raw['lost']} requests were lost:"
                           f"\n{output}")
    return {"rate": raw["requests"] / raw["us"] * 1e6, "count": raw["requests"],
            "bad": raw["bad"], "lost": raw["lost"],
            **{name: raw[name] / 1000 for name in ("p50", "p99", "worst")}}


def wrk(url, requests, seconds, connections=32):
    """One run of wrk."""
    return finish_wrk(start_wrk(url, requests, seconds, connections), seconds)


def pgbench(dsn, script, seconds, clients, **variables):
    """Transactions per second of one script, prepared."""
    command = [str(binaries() / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j",
               str(min(2, clients)), "-T", str(seconds), "-f", str(script)]
    for name, value in variables.items():
        command += ["-D", f"{name}={value}"]
    done = subprocess.run([*command, dsn], capture_output=True, text=True, check=False)
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.M)
    failed = re.search(r"^number of failed transactions: (\d+)", done.stdout, re.M)
    if done.returncode or not found or (failed and int(failed.group(1))):
        raise RuntimeError(f"pgbench failed:\n{done.stdout}{done.stderr}")
    return float(found.group(1))


def cpu_of(pid):
    """CPU seconds of a process and of its children that ended."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICK


def children_of(pid):
    """Ids of the living children."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="utf-8") as listed:
            return [int(word) for word in listed.read().split()]
    except OSError:
        return []


def cpu_of_family(pid):
    """CPU seconds of a process with its children, such as PostgreSQL and its backends."""
    total = 0.0
    for one in [pid, *children_of(pid)]:
        try:
            total += cpu_of(one)
        except OSError:
            pass  # ended meanwhile: its parent's sum has it at the next look
    return total


def busy_seconds():
    """CPU seconds that the whole machine has been busy."""
    with open("/proc/stat", encoding="utf-8") as stat:
        fields = list(map(int, stat.readline().split()[1:9]))
    return (sum(fields) - fields[3] - fields[4]) / TICK


def own_seconds():
    """CPU seconds of what this program ran and has ended, and of itself."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    return sum(u.ru_utime + u.ru_stime for u in used)
