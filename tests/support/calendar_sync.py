#!/usr/bin/python3
"""Sends an iCalendar file round by programs that people use: vdirsyncer puts it on a CalDAV server (radicale),
fetches it from there into a folder, and khal reads the folder. Prints a line for each event, as calendar_reader.py
does: `khal uid start end status sequence summary`. Whatever an event has lost or gained on the way is an error.

    calendar_sync.py FILE"""

import datetime
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

from icalendar import Calendar

DEADLINE = 60
RADICALE = """[server]
hosts = 127.0.0.1:{port}
[auth]
type = none
[storage]
filesystem_folder = {folder}/server
[logging]
level = warning
"""
VDIRSYNCER = """[general]
status_path = "{folder}/status/"
[pair there]
a = "file"
b = "server"
collections = null
[pair back]
a = "server"
b = "folder"
collections = null
[storage file]
type = "singlefile"
path = "{folder}/given.ics"
[storage server]
type = "caldav"
url = "http://127.0.0.1:{port}/ada/meetings/"
username = "ada"
password = "x"
[storage folder]
type = "filesystem"
path = "{folder}/fetched/"
fileext = ".ics"
"""
KHAL = """[calendars]
[[meetings]]
path = {folder}/fetched/
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M:%S
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M:%S
longdatetimeformat = %Y-%m-%dT%H:%M:%S
[sqlite]
path = {folder}/khal.db
"""
COLLECTION = b"""<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop><resourcetype>
<collection/><C:calendar/></resourcetype></prop></set></mkcol>"""


def free_port():
    """One that is free now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def run(*command, folder):
    """What a program prints; its complaints if it fails."""
    home = {**os.environ, "HOME": str(folder), "TZ": "UTC", "LC_ALL": "C.UTF-8",
            "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(command, capture_output=True, text=True, env=home, cwd=folder, input="",
                          timeout=10 * DEADLINE, check=False)
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def make_collection(port):
    """An empty calendar on the server, as soon as it listens."""
    deadline = time.monotonic() + DEADLINE
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as to:
                to.sendall(f"MKCOL /ada/meetings/ HTTP/1.0\r\nAuthorization: Basic YWRhOng=\r\nContent-Type: text/xml\r\n"
                           f"Content-Length: {len(COLLECTION)}\r\n\r\n".encode() + COLLECTION)
                answer = to.makefile("rb").readline()
            if b" 201 " not in answer:
                sys.exit(f"no calendar: {answer}")
            return
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                sys.exit("radicale does not listen")
            time.sleep(0.05)


def events(paths):
    """uid -> the sorted lines of the event."""
    found = {}
    for path in paths:
        for event in Calendar.from_ical(path.read_bytes()).walk("VEVENT"):
            found[str(event["UID"])] = (event, sorted(event.to_ical().decode().replace("\r\n ", "").split("\r\n")))
    return found


def seconds(text):
    """Of the wall clock of UTC."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp())


def main():
    """There and back."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = pathlib.Path(name), free_port()
        (folder / "given.ics").write_bytes(pathlib.Path(sys.argv[1]).read_bytes())
        for file, text in (("radicale", RADICALE), ("vdirsyncer", VDIRSYNCER), ("khal", KHAL)):
            (folder / file).write_text(text.format(folder=folder, port=port), encoding="utf-8")
        (folder / "fetched").mkdir()
        with open(folder / "log", "wb") as log:
            server = subprocess.Popen(["radicale", "--config", folder / "radicale"], stdout=log, stderr=log)
        try:
            make_collection(port)
            for pair in ("there", "back"):
                run("vdirsyncer", "-c", folder / "vdirsyncer", "discover", pair, folder=folder)
                run("vdirsyncer", "-c", folder / "vdirsyncer", "sync", pair, folder=folder)
        finally:
            server.terminate()
            server.wait()
        given, fetched = events([folder / "given.ics"]), events((folder / "fetched").glob("*.ics"))
        for uid in given.keys() | fetched.keys():
            if uid not in fetched or uid not in given or given[uid][1] != fetched[uid][1]:
                sys.exit(f"{uid} has changed on its way:\n{given.get(uid)}\n{fetched.get(uid)}")
        if not given:
            return
        days = sorted(event["DTSTART"].dt for event, _lines in given.values())
        shown = run("khal", "-c", folder / "khal", "list", "--day-format", "", "--format",
                    "{uid}|{start-long}|{end-long}|{status}|{title}", days[0].strftime("%Y-%m-%d"),
                    (days[-1] + datetime.timedelta(days=2)).strftime("%Y-%m-%d"), folder=folder)
        for line in filter(None, shown.split("\n")):
            uid, start, end, status, title = line.split("|", 4)
            print("khal", uid, seconds(start), seconds(end), status.strip() or "-", given[uid][0]["SEQUENCE"], title)


main()
