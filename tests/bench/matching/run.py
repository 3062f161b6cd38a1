#!/usr/bin/env python3
"""The matching engine beside scipy and LEMON, on the same instance, in the same run.

    run.py [--only M1,M2] [--long] [--repeat 5] [--seed N] [--scratch DIR]

M1 to M6 are the speed targets: exact optimum with proof for 500, 10,000 and 100,000 people a side,
shortlists of three under a cap, stable matching, one changed profile. L1 to L3 are lists as sets, whose
gap is small but rarely 0. `2000` is M2 at a size that
allows more seeds, `civil` the sample of an open-source peer. Two populations: sparse, in which 5 %
of the pairs are allowed, and loose, 17 %. No instance here was used to tune the engine. --long adds
100,000 people (M3), more seeds of M2 and LEMON on its loose population; without it a run takes less
than five minutes on two idle processors.

The objectives must be equal, or the run ends with status 1. Our time is that of layout, scoring,
solving and proof, from people in memory; scipy's and LEMON's are of solving alone, on scores that
are ready; `x` says how many times ours they take. Writes only below build/bench."""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys
import time

import civil
import company
import tools

SAMPLE = tools.ROOT.parent / "shared/data"
HEADINGS = ("what", "instance", "goal", "ours: median (best - worst)", "cpu", "MiB", "passes",
            "threads, width", "scipy", "LEMON", "load")


class Row:
    """One line of the table."""

    def __init__(self, name, instance, goal):
        self.cells = [name, instance, goal] + [""] * (len(HEADINGS) - 3)

    def put(self, heading, text):
        """Fills one cell."""
        self.cells[HEADINGS.index(heading)] = text


class Bench:
    """The options and the table."""

    def __init__(self, options):
        self.options = options
        self.rows, self.wrong = [], []
        self.scratch = pathlib.Path(options.scratch).resolve()
        self.scipy = tools.scipy_python()
        self.lemon = tools.lemon_missing() is None

    def folder(self, name):
        """An empty folder for one instance."""
        folder = self.scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def row(self, name, instance, goal):
        """A new line of the table."""
        self.rows.append(Row(name, instance, goal))
        print(f"{time.strftime('%H:%M:%S')} {name} {instance}", file=sys.stderr, flush=True)
        return self.rows[-1]

    def equal(self, where, ours, theirs):
        """Notes a difference of the objectives."""
        keys = [key for key in ("pairs", "total", "places", "one_department") if key in theirs]
        ours, theirs = ([one[key] for key in keys] for one in (ours, theirs))
        if ours != theirs:
            self.wrong.append(f"{where}: {ours} of ours, {theirs} of the oracle")

    def ours(self, row, folder, mode, repeat, others=()):
        """Our runs, with the others' between them; the last summary."""
        runs = []
        for number in range(repeat):
            runs.append(tools.match(folder, mode, "--threads", "2", *tools.pair_scores(mode)))
            for other in others:
                other(number)
        last = runs[-1]
        if any((run["pairs"], run["total"]) != (last["pairs"], last["total"]) for run in runs):
            self.wrong.append(f"{mode} in {folder}: runs differ")
        if last["gap"] or not last["complete"]:
            self.wrong.append(f"{mode} in {folder}: not proven")
        row.put("ours: median (best - worst)", spread([run["seconds"] for run in runs]))
        row.put("cpu", say(statistics.median(run["cpu_seconds"] for run in runs)))
        row.put("MiB", f"{max(run['peak_rss_kib'] for run in runs) / 1024:.1f}")
        row.put("passes", f"{last['passes']}")
        row.put("threads, width", f"{last['threads']}, {last['simd']}")
        row.put("load", " / ".join(f"{load:.1f}" for load in os.getloadavg()[:2]))
        return tuple(max(statistics.median(run[key] for run in runs), 1e-6)
                     for key in ("seconds", "cpu_seconds"))

    def against(self, row, folder, mode, repeat, times, cap=0, peers=("scipy", "LEMON")):
        """Our runs and, `times` each, scipy (one place a side) and LEMON between them."""
        scores = folder / "scores.i16"
        tools.match(folder, mode, "--scores", scores, *tools.pair_scores(mode))  # warms the files too
        mine = tools.objective(folder, mode)
        found = {"scipy": [], "LEMON": []}

        def scipy(number):
            if self.scipy and mode == "pairs" and not cap and number < times and "scipy" in peers:
                found["scipy"].append(tools.scipy(folder, scores))

        def lemon(number):
            if self.lemon and number < times and "LEMON" in peers:
                found["LEMON"].append(tools.lemon(folder, scores, mode, cap=cap))

        wall, cpu = self.ours(row, folder, mode, repeat, (scipy, lemon))
        for name, runs in found.items():
            if not runs:
                continue
            theirs = statistics.median(run["seconds"] for run in runs)
            busy = statistics.median(run["cpu_seconds"] for run in runs)
            if "places" in runs[0]:
                runs[0]["places"] = [count for count in runs[0]["places"] if count]
            self.equal(f"{row.cells[0]} {row.cells[1]}, {name}", mine, runs[0])
            row.put(name, f"{say(theirs)} x {theirs / wall:.1f}, cpu {say(busy)} x {busy / cpu:.1f},"
                          f" {runs[0]['mib']:.0f} MiB")
        scores.unlink()


def say(seconds):
    """A time with its unit."""
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def spread(values):
    """Median, best and worst."""
    return f"{say(statistics.median(values))} ({say(min(values))} - {say(max(values))})"


def one_to_one(bench, name, size, goal, seeds, times, peers=lambda _shape: ("scipy", "LEMON")):
    """One place on both sides: both shapes, so many seeds of each, none used twice."""
    for number in range(seeds):
        for which, shape in enumerate(company.SHAPES):
            seed = bench.options.seed + size + 2 * number + which
            folder = bench.folder(f"{name}-{shape}-{number}")
            company.write(folder, seed, size, size, shape)
            row = bench.row(name, f"{size:,} x {size:,} {shape}, seed {seed}", goal)
            bench.against(row, folder, "pairs", bench.options.repeat, times, peers=peers(shape))


def m1(bench):
    """500 a side."""
    one_to_one(bench, "M1", 500, "8 ms (5)", 3, 3)


def middle(bench):
    """2,000 a side."""
    one_to_one(bench, "2000", 2000, "", 2, 1)


def m2(bench):
    """10,000 a side. LEMON needs minutes and gigabytes for all pairs of the loose population."""
    one_to_one(bench, "M2", 10000, "0.20 s, 32 MiB, x 100 (0.12 s, 24 MiB, x 200)",
               3 if bench.options.long else 1, 1,
               lambda shape: ("scipy", "LEMON") if shape == "sparse" or bench.options.long
               else ("scipy",))


def m3(bench):
    """100,000 a side: nobody else can hold the matrix."""
    folder = bench.folder("M3")
    seed = bench.options.seed + 20
    company.write(folder, seed, 100000, 100000, "sparse")
    row = bench.row("M3", f"100,000 x 100,000 sparse, seed {seed}", "20 s, 300 MiB (12 s, 200 MiB)")
    bench.ours(row, folder, "pairs", 1)


def m4(bench):
    """Shortlists of three under a cap."""
    folder = bench.folder("M4")
    seed = bench.options.seed + 30
    company.write(folder, seed, 10000, 10000, "sparse", policy={"exposure_cap": 4})
    row = bench.row("M4", f"lists of 3, cap 4, 10,000, seed {seed}", "0.25 s (0.12 s)")
    bench.against(row, folder, "shortlist", bench.options.repeat, 1, cap=4)


def m5(bench):
    """Stable matching with the proof of stability; no peer does it on a matrix."""
    for capacities in (False, True):
        folder = bench.folder(f"M5-{capacities}")
        seed = bench.options.seed + 40 + capacities
        company.write(folder, seed, 10000, 10000, "sparse", capacities=capacities)
        kind = "with places" if capacities else "1:1"
        row = bench.row("M5", f"stable {kind}, 10,000, seed {seed}", "0.4 s (0.15 s)")
        bench.ours(row, folder, "stable", bench.options.repeat)


def covered(folder):
    """Of the wants that somebody allowed teaches, the part that the lists cover; departments a list."""
    lines = [json.loads(line) for line in
             (folder / "out/explanations.jsonl").read_text(encoding="utf-8").splitlines()]
    lists = [line for line in lines if "coverable" in line]
    return (sum(line["covered"] for line in lists) / max(sum(line["coverable"] for line in lists), 1),
            sum(line["departments"] for line in lists) / max(len(lists), 1))


def lists_row(bench, row, folder, coverage):
    """Our runs of lists as sets: proven to within a gap, which is said."""
    runs = [tools.match(folder, "shortlist", "--threads", "2") for _ in range(bench.options.repeat)]
    last = runs[-1]
    if any((run["value"], run["bound"]) != (last["value"], last["bound"]) for run in runs) or \
            not last["complete"]:
        bench.wrong.append(f"{row.cells[0]} {row.cells[1]}: runs differ, or one was cut short")
    gap = 100 * last["gap"] / max(last["bound"], 1)
    told = f"gap {gap:.4f} %"
    if coverage:
        part, departments = covered(folder)
        told = f"covered {part:.3f}, departments {departments:.2f}, " + told
    row.put("ours: median (best - worst)", f"{spread([run['seconds'] for run in runs])}; {told}")
    row.put("cpu", say(statistics.median(run["cpu_seconds"] for run in runs)))
    row.put("MiB", f"{max(run['peak_rss_kib'] for run in runs) / 1024:.1f}")
    row.put("passes", f"{last['passes']}")
    row.put("threads, width", f"{last['threads']}, {last['simd']}")
    row.put("load", " / ".join(f"{load:.1f}" for load in os.getloadavg()[:2]))


def l1(bench):
    """Lists as sets in a company of 2,500: caps that leave room, and one that does not."""
    for shape in company.SHAPES:
        for cap in (1, 2, 3):
            folder = bench.folder(f"L1-{shape}-{cap}")
            seed = bench.options.seed + 70 + cap
            company.write(folder, seed, 500, 2000, shape, policy={"exposure_cap": cap})
            row = bench.row("L1", f"lists, 500 x 2,000 {shape}, cap {cap}, seed {seed}",
                            "60 ms, 0.1 % (20, 0.05)" if cap == 1 else "60 ms, 0.02 % (20, 0.01)")
            lists_row(bench, row, folder, False)


def l2(bench):
    """Lists as sets, 10,000 a side; cap 3 is a place for every entry and none to spare."""
    for cap, goal in ((4, "1.0 s, 0.05 %, 40 MiB (0.7 s, 0.025 %, 32)"), (3, "3 s, 0.1 %")):
        folder = bench.folder(f"L2-{cap}")
        seed = bench.options.seed + 30
        company.write(folder, seed, 10000, 10000, "sparse", policy={"exposure_cap": cap})
        lists_row(bench, bench.row("L2", f"lists, 10,000 x 10,000 sparse, cap {cap}, seed {seed}",
                                   goal), folder, False)


def l3(bench):
    """Lists as sets in a small company; against lists of the best pairs."""
    for number in range(3):
        folder = bench.folder(f"L3-{number}")
        seed = bench.options.seed + 80 + number
        company.write(folder, seed, 34, 195, "small", policy={"exposure_cap": 3})
        lists_row(bench, bench.row("L3", f"lists, 34 x 195 small, cap 3, seed {seed}",
                                   "0.97, 2.9, 0.01 %, 10 ms (0.99, 2.95, 0, 4)"), folder, True)


def live_program():
    """Builds the program that changes profiles."""
    libraries = [f"build/release/lib{name}.a" for name in ("match", "engine", "shared")]
    tools.call(["make", "-s", "-C", tools.ROOT, *libraries])
    program = tools.BUILT / "live"
    tools.BUILT.mkdir(parents=True, exist_ok=True)
    tools.call(["gcc", "-std=gnu17", "-O2", "-D_GNU_SOURCE", "-pthread", f"-I{tools.ROOT}",
                f"-I{tools.ROOT}/shared", f"-I{tools.ROOT}/services", f"-I{tools.ROOT}/build",
                tools.HERE / "live.c", *(tools.ROOT / name for name in libraries), "-ljansson", "-lnettle", "-lunistring", "-lz",
                "-o", program])
    return program


def m6(bench):
    """One profile changed, exact again; places on both sides."""
    folder = bench.folder("M6")
    seed = bench.options.seed + 50
    company.write(folder, seed, 10000, 10000, "sparse", capacities=True, changes=400)
    (folder / "blocked.csv").unlink()
    row = bench.row("M6", f"one profile changed, 10,000 with places, seed {seed}",
                    "p50 5 ms, p99 50 ms (1, 10)")
    program = live_program()
    found = json.loads(tools.call(["nice", program, folder / "people.csv", folder / "policy.json",
                                   folder / "changes.csv"]))
    taken = sorted(found["milliseconds"])
    row.put("ours: median (best - worst)",
            f"p50 {statistics.median(taken):.2f} ms, p99 {taken[len(taken) * 99 // 100]:.2f} ms, "
            f"worst {taken[-1]:.1f} ms of {len(taken)}")
    row.put("load", " / ".join(f"{load:.1f}" for load in os.getloadavg()[:2]))
    if not found["verified"] or found["gap"] or \
            (found["pairs"], found["total"]) != (found["pairs_anew"], found["total_anew"]):
        del found["milliseconds"]
        bench.wrong.append(f"M6: not exact again: {found}")


def places(bench):
    """Places on both sides, against LEMON."""
    folder = bench.folder("places")
    seed = bench.options.seed + 60
    company.write(folder, seed, 10000, 10000, "sparse", capacities=True)
    row = bench.row("places", f"mentee 1-2, mentor 1-3, 10,000, seed {seed}", "")
    bench.against(row, folder, "pairs", bench.options.repeat, 1, cap=1)


def civil_service(bench):
    """The sample of an open-source peer, whose own record for it is 97 s."""
    if not (SAMPLE / "civil_service_mentees.csv").exists():
        print("civil: skipped, the sample is not here", file=sys.stderr)
        return
    folder = bench.folder("civil")
    mentees, mentors = civil.write(SAMPLE, folder)
    row = bench.row("civil", f"civil service sample, {mentees} x {mentors}", "")
    bench.against(row, folder, "pairs", bench.options.repeat, bench.options.repeat)


PARTS = {"M1": m1, "civil": civil_service, "2000": middle, "M4": m4, "M5": m5, "M6": m6, "places": places,
         "L1": l1, "L2": l2, "L3": l3,
         "M2": m2, "M3": m3}


def machine():
    """The processor's name."""
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "unknown"


def report(bench):
    """The table."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    print(f"\n{machine()}, {os.cpu_count()} processors, {memory} GiB; "
          f"load now {' / '.join(f'{one:.1f}' for one in os.getloadavg())}")
    print(f"scipy: {'same instance, solving alone' if bench.scipy else 'absent'}; "
          f"LEMON: {'network simplex on all allowed pairs' if bench.lemon else 'absent'}\n")
    table = [HEADINGS, *(row.cells for row in bench.rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEADINGS))]
    for line in table:
        print("  ".join(cell.ljust(size) for cell, size in zip(line, widths)).rstrip())
    print("\n" + ("\n".join(bench.wrong) if bench.wrong else
                  "every objective equal to the oracles', every gap 0 but those of lists"))


def main():
    """Runs the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help=f"parts, joined by commas: {','.join(PARTS)}")
    parser.add_argument("--long", action="store_true", help="adds what takes minutes")
    parser.add_argument("--repeat", type=int, default=5, help="runs of ours per row")
    parser.add_argument("--seed", type=int, default=2026, help="of the first instance")
    parser.add_argument("--scratch", default=str(tools.BUILT / "matching"))
    options = parser.parse_args()
    chosen = options.only.split(",") if options.only else \
        [name for name in PARTS if options.long or name != "M3"]
    unknown = set(chosen) - set(PARTS)
    if unknown:
        parser.error(f"unknown parts: {', '.join(sorted(unknown))}")
    bench = Bench(options)
    for name, part in PARTS.items():
        if name in chosen:
            try:
                done = len(bench.rows)
                part(bench)
                for row in bench.rows[done:]:
                    print("  ".join(filter(None, row.cells)), file=sys.stderr, flush=True)
            except tools.Failed as error:  # the others still have something to say
                bench.wrong.append(f"{name}: {error}")
    report(bench)
    return 1 if bench.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
