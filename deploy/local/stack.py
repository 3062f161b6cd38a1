#!/usr/bin/env python3
"""Runs a complete Upward on this machine: PostgreSQL, migrations, four services and the gateway, all on
127.0.0.1 and all in one folder.

    stack.py run    [--flavour release] [--port 8080] [--no-demo]   in the foreground; Ctrl-C stops it
    stack.py up     (the same options)      in the background; returns when everything is ready
    stack.py down                           stops it
    stack.py status | logs [NAME]           shows what is running, or its logs
    stack.py stop NAME | start NAME         stops or starts one process (profiles, postgres, gateway …);
                                            --set changes its settings until it is next started
    stack.py reset                          empties the database; the services forget what they knew of it
    stack.py token --role ROLE [--sub USER] prints a bearer token, valid for twelve hours

    --dir DIR (default build/run), --fresh (discard an earlier database), --bare (no demo, no hints),
    --volatile (a database that need not survive a crash of the machine)

<dir>/stack.json tells tests and tools where everything is; <dir>/log has a log for each process."""

import argparse
import fcntl
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hints  # noqa: E402
import keys  # noqa: E402
from assembly import (DEFAULT_PORT, START_SECONDS, Stack, answers, listens,  # noqa: E402
                      read_facts, say)
from cluster import ROLES as SERVICES, ROOT, Cluster  # noqa: E402
from demo import Company  # noqa: E402

END_SECONDS = 200
RENEWED, FORGET_SECONDS = b'"event":"renewed"', 60


def lock(folder):
    """The open lock of the folder, held while the stack runs; None if one is running already."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = open(folder / "lock", "a", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        return None
    return handle


def wait_until_ready(folder, child=None):
    """Waits until the folder's stack is ready; returns its facts, or None if it has ended."""
    deadline = time.monotonic() + 2 * START_SECONDS
    while time.monotonic() < deadline:
        if child is not None and child.poll() is not None:
            return None
        facts = read_facts(folder)
        if facts.get("state") == "ready" and (not child or facts["supervisor"] == child.pid):
            return facts
        if child is None:
            free = lock(folder)
            if free:
                free.close()
                return None
        time.sleep(0.02)
    return None


def build_pages(folder):
    """Makes the pages that need no npm; starts building the portal and the rest, for which nothing waits."""
    subprocess.run([sys.executable, ROOT / "shared/tools/docs.py", "--out", "build", "--plain"], cwd=ROOT, check=False)
    with open(folder / "log/docs.log", "wb") as log:
        subprocess.Popen(["nice", "bash", "-c", "bash deploy/local/install.sh docs && make -s docs || "
                          "echo 'The portal and the documentation are not built; the API works without them.'"],
                         cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                         start_new_session=True)


def play_demo(options):
    """Fills a new stack with the demo company, plays the main job, prints where everything is."""
    if options.bare:
        return 0
    build_pages(options.dir)
    play = [sys.executable, str(ROOT / "deploy/local/play.py"), "--dir", str(options.dir)]
    if not options.demo:
        play.append("--no-demo")
    return subprocess.run(play, check=False, stdin=subprocess.DEVNULL).returncode


def run(options):
    """Runs the stack in the foreground."""
    held = lock(options.dir)
    if not held:
        say(f"Already up: {read_facts(options.dir).get('url')}; `make down` stops it.")
        return 1
    started = time.monotonic()

    def when_ready(facts):
        say(f"Up in {time.monotonic() - started:.1f} s: {facts['url']}")
        if play_demo(options):
            say("The demo failed; the stack stays up. See the messages above.")
        say("Press Ctrl-C to stop everything.")
    Stack(options).serve(when_ready)
    say("Everything has stopped.")
    return 0


def up(options):
    """Starts the stack in the background."""
    held = lock(options.dir)
    if not held:
        facts = wait_until_ready(options.dir)
        if facts:
            say(f"Already up: {facts['url']} (flavour {facts['flavour']}); nothing was started.")
            return 0
        held = lock(options.dir)
        if not held:
            say("Another stack in this folder is stuck while starting or stopping; see log/stack.log.")
            return 1
    started = time.monotonic()
    own_log = options.dir / "stack.log"
    with open(own_log, "wb") as log:
        child = subprocess.Popen(
            [sys.executable, __file__, "supervise", *sys.argv[2:]], stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True, pass_fds=[held.fileno()])
    facts = wait_until_ready(options.dir, child)
    if not facts:
        sys.stderr.write(own_log.read_text(encoding="utf-8", errors="replace"))
        say("The stack did not start.")
        return 1
    say(f"Up in {time.monotonic() - started:.1f} s: {facts['url']}")
    return play_demo(options)


def supervise(options):
    """The process that `up` leaves running; it has inherited the folder's lock."""
    Stack(options).serve(lambda facts: None)
    return 0


def down(options):
    """Stops the stack and waits until it has ended."""
    held = lock(options.dir)
    facts = read_facts(options.dir)
    if held or not facts:
        say("Nothing is running here.")
        return 0
    os.kill(facts["supervisor"], signal.SIGTERM)
    deadline = time.monotonic() + END_SECONDS
    while time.monotonic() < deadline:
        held = lock(options.dir)
        if held:
            say("Stopped.")
            return 0
        time.sleep(0.02)
    say(f"It did not stop within {END_SECONDS} s; see stack.log.")
    return 1


def status(options):
    """Prints what is running; returns 0 if the stack is ready, 3 if there is none."""
    facts = read_facts(options.dir)
    held = lock(options.dir)
    if held:
        say("down")
        return 3
    say(f"{facts['state']}: {facts['url']}, flavour {facts['flavour']}, in {facts['dir']}")
    for name, pid in facts["pids"].items():
        at = facts["services"].get(name)
        say(f"  {name:12} pid {pid}" + (f"  {at['url']}  admin {at['admin_url']}" if at else ""))
    for fault in facts["faults"]:
        say(f"  failure: {fault}")
    return 0


def logs(options):
    """Shows the end of the logs, and new lines, until Ctrl-C."""
    pattern = f"{options.name or '*'}*.log"
    files = sorted(str(path) for path in (options.dir / "log").glob(pattern))
    if not files:
        say(f"no log matches {pattern}")
        return 1
    os.execvp("tail", ["tail", "-n", "20", "-F", *files])


def works(name, facts, pid):
    """Whether a process of a running stack works."""
    if name == "postgres":
        return Cluster(pathlib.Path(facts["dir"])).ready(pid)
    if name in ("gateway", "mail"):
        return listens(facts["port"] if name == "gateway" else facts["mail"]["port"])
    return answers(facts["services"][name]["admin_url"] + "/readyz")


def give_settings(folder, name, settings):
    """Sets additional settings for the next starts of a process."""
    file = folder / "set" / name
    file.unlink(missing_ok=True)
    if settings:
        file.parent.mkdir(exist_ok=True)
        file.write_text("".join(f"{key}={value}\n" for key, value in settings.items()), encoding="utf-8")


def hold(options):
    """Stops or starts one process."""
    facts = read_facts(options.dir)
    if options.name not in facts.get("pids", {}):
        say(f"there is no process {options.name!r} in {options.dir}")
        return 2
    mark = options.dir / "hold" / options.name
    before = facts["pids"][options.name]
    if options.command == "stop":
        mark.touch()
    else:
        give_settings(options.dir, options.name, options.set)
        mark.unlink(missing_ok=True)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        pid = read_facts(options.dir)["pids"].get(options.name)
        if options.command == "stop" and pid is None:
            return 0
        if options.command == "start" and pid is not None:
            if works(options.name, facts, pid):
                return 0
        time.sleep(0.02)
    say(f"{options.name} (pid {before}): {options.command} did not finish within {START_SECONDS} s")
    return 1


def forget(folder, facts):
    """Makes the services forget cached callers; returns whether all have confirmed it."""
    logs = {name: folder / "log" / f"{name}.log" for name in SERVICES}
    ends = {name: log.stat().st_size for name, log in logs.items()}
    for name in SERVICES:
        os.kill(facts["pids"][name], signal.SIGHUP)
    deadline = time.monotonic() + FORGET_SECONDS
    while logs and time.monotonic() < deadline:
        time.sleep(0.01)
        logs = {name: log for name, log in logs.items() if RENEWED not in log.read_bytes()[ends[name]:]}
    return not logs


def reset_rows(folder, facts):
    """Empties the tables while services run; false if that is not enough."""
    as_started = all(facts["pids"].get(name) and not (folder / "hold" / name).exists()
                     and not (folder / "set" / name).exists() for name in SERVICES)
    return as_started and Cluster(folder).empty_rows() and forget(folder, facts)


def reset(options):
    """Gives the stack an empty database, as after a first start without a demo."""
    facts = read_facts(options.dir)
    if not facts or facts["state"] != "ready":
        say(f"no stack is running in {options.dir}; run make up")
        return 1
    (options.dir / "demo.json").unlink(missing_ok=True)
    if reset_rows(options.dir, facts):
        return 0
    for command, names in (("stop", SERVICES), ("start", SERVICES)):
        for name in names:
            mark = options.dir / "hold" / name
            if command == "stop":
                give_settings(options.dir, name, {})
                mark.touch()
            else:
                mark.unlink(missing_ok=True)
        options.command = command
        for options.name in names:
            if hold(options):
                return 1
        if command == "stop":
            Cluster(options.dir).empty(ROOT / "build" / facts["flavour"] / "upward-migrate")
    return 0


def token(options):
    """Prints one token and nothing else."""
    facts = read_facts(options.dir)
    folder = options.dir / "keys"
    if not facts or not folder.exists():
        sys.exit(f"there is no stack in {options.dir}; run make up")
    user = options.sub or hints.person_for(options.dir, Company(), options.role)
    # mentor and mentee are not roles of a token: any participant may be either.
    role = "participant" if options.role in ("mentee", "mentor") else options.role
    print(keys.token(folder, facts["token_tool"], role, user, hints.HOURS * 3600))
    return 0


def main():
    """Reads the command line and runs the command."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = {"run": run, "up": up, "supervise": supervise, "down": down, "status": status,
                "logs": logs, "stop": hold, "start": hold, "reset": reset, "token": token}
    parser.add_argument("command", choices=commands, metavar="COMMAND")
    parser.add_argument("name", nargs="?", help="a process (for logs, stop and start)")
    parser.add_argument("--dir", type=pathlib.Path, default=ROOT / "build/run")
    parser.add_argument("--flavour", default="release")
    parser.add_argument("--port", default=str(DEFAULT_PORT), help="the gateway's port; 0 picks a free one")
    parser.add_argument("--no-demo", dest="demo", action="store_false")
    parser.add_argument("--fresh", action="store_true", help="discard an earlier database")
    parser.add_argument("--like", type=pathlib.Path, help="the folder of a stopped stack, whose data a new one takes")
    parser.add_argument("--bare", action="store_true", help="no demo, and no hints at the end")
    parser.add_argument("--volatile", action="store_true", help="a database that need not survive a crash of the machine")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                        help="a setting for the services")
    parser.add_argument("--role", default="participant")
    parser.add_argument("--sub")
    options = parser.parse_args()
    options.dir = options.dir.resolve()
    options.like = options.like and options.like.resolve()
    options.port = int(options.port or DEFAULT_PORT)
    options.set = dict(pair.split("=", 1) for pair in options.set)
    try:
        return commands[options.command](options)
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"stack.py: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
