"""Running upward-match, scipy and LEMON on the same instance; used by the benchmark and by the
oracle tests."""

import csv
import json
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MATCH = ROOT / "build/upward-match"
BUILT = ROOT / "build/bench"


class Failed(Exception):
    """A program ended badly; the text is what it said."""


def call(argv, seconds=None):
    """Standard output of a program."""
    done = subprocess.run([str(part) for part in argv], capture_output=True, text=True,
                          timeout=seconds, check=False)
    if done.returncode != 0:
        raise Failed(f"{argv[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def match(folder, mode, *more, program=MATCH):
    """Runs upward-match on the files of a folder; the summary."""
    argv = [program, "--people", folder / "people.csv", "--mode", mode, "--out", folder / "out"]
    for option, name in (("--policy", "policy.json"), ("--blocked", "blocked.csv")):
        if (folder / name).exists():
            argv += [option, folder / name]
    call([*argv, *more])
    return json.loads((folder / "out/summary.json").read_text())


def pair_scores(mode):
    """The options of a run whose optimum is that of pairs, as the oracles know it."""
    return ("--objective", "pairs") if mode == "shortlist" else ()


def people(folder):
    """The rows of the people file."""
    with open(folder / "people.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sides(folder):
    """Mentees and mentors in the order of the score matrix."""
    rows = people(folder)
    return ([r for r in rows if r["role"] in ("mentee", "both")],
            [r for r in rows if r["role"] in ("mentor", "both")])


def scipy_python():
    """A Python that has scipy, or None."""
    for python in (sys.executable, "/usr/bin/python3"):
        found = subprocess.run([python, "-c", "import scipy.optimize"], capture_output=True,
                               check=False)
        if found.returncode == 0:
            return python
    return None


def scipy(folder, scores):
    """What scipy finds for one place on both sides."""
    return scipy_all([(scores, *map(len, sides(folder)))])[0]


def scipy_all(matrices):
    """The same for many: (scores, mentees, mentors) each. It takes long to start."""
    told = call([scipy_python(), HERE / "oracle_scipy.py", *(part for one in matrices for part in one)])
    return [json.loads(line) for line in told.splitlines()]


def lemon_missing():
    """Why LEMON cannot be used, or None."""
    if not shutil.which("g++"):
        return "no g++"
    return None if pathlib.Path("/usr/include/lemon/network_simplex.h").exists() else "no LEMON"


def lemon_program():
    """Builds the LEMON oracle when its source is newer; a rename, for tests side by side."""
    source, program = HERE / "oracle_lemon.cc", BUILT / "oracle_lemon"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        BUILT.mkdir(parents=True, exist_ok=True)
        part = program.with_suffix(f".{os.getpid()}")
        call(["g++", "-O2", "-std=c++17", source, "-o", part])
        part.rename(program)
    return program


def lemon(folder, scores, mode, shortlist_size=3, cap=0):
    """What LEMON finds; for shortlists with the cap that was in force."""
    mentees, mentors = sides(folder)
    listed = mode == "shortlist"
    numbers = {}
    wanted = [shortlist_size if listed else int(r["capacity"] or 1) for r in mentees]
    places = [cap if listed else int(r["capacity"] or 1) for r in mentors]
    departments = [numbers.setdefault(r["department"], len(numbers)) for r in mentors]
    limit = shortlist_size - 1 if listed and shortlist_size >= 3 else 0
    text = "\n".join(" ".join(map(str, line)) for line in
                     ([len(mentees), len(mentors), limit], wanted, places, departments))
    (folder / "lemon.txt").write_text(text + "\n")
    return json.loads(call([lemon_program(), folder / "lemon.txt", scores]))


def objective(folder, mode, two_departments=True):
    """What upward-match found, counted from its files alone, in the oracles' words."""
    name = "shortlists.csv" if mode == "shortlist" else "pairs.csv"
    with open(folder / "out" / name, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    department = {r["id"]: r["department"] for r in people(folder)}
    mine = {}
    for row in rows:
        mine.setdefault(row["mentee"], []).append(department[row["mentor"]])
    most = max((len(held) for held in mine.values()), default=0)
    return {"pairs": len(rows), "total": sum(int(r["score"]) for r in rows),
            "places": [sum(len(held) >= p for held in mine.values()) for p in range(1, most + 1)],
            "one_department": sum(len(held) >= 3 and len(set(held)) == 1 for held in mine.values())
            if mode == "shortlist" and two_departments else 0}
