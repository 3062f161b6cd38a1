"""upward-match from the command line: what it reads, refuses, writes, and how it ends. Runs the
release and, where it is built, the program with sanitizers."""

import csv
import hashlib
import json
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/bench/matching"))
import civil  # noqa: E402
import company  # noqa: E402

PROGRAMS = [ROOT / "build" / flavour / "upward-match" for flavour in ("release", "asan", "tsan")]
PROGRAMS = [path for path in PROGRAMS if path.exists()] or PROGRAMS[:1]
SAMPLE = ROOT.parent / "shared/data"
FILES = ["certificate.bin", "explanations.jsonl", "pairs.csv", "shortlists.csv", "summary.json",
         "unmatched.csv"]
COLUMNS = company.COLUMNS + "\n"
PEOPLE = COLUMNS + """\
boss,,9,,Board,en,UTC,,,,,
anna,mentee,7,boss,Sales,en|de,Europe/Berlin,mon 09:00-12:00|tue 09:00-12:00,sales:5,python:0>3|ml:1>2,chess,2
ben,mentor,2,boss,IT,en,Europe/London,mon 08:00-11:00,python:4,sales:0>2,chess,1
"cleo, C.",both,4,ben,IT,de,Europe/Berlin,mon 09:00-12:00,python:2|ml:3,sales:1>3,golf,
dora,mentor,1,"cleo, C.",HR,de|en,,mon 08:00-18:00,ml:5,,,3
eve,mentee,3,boss,HR,fr,,,,,,
"""


class Match(unittest.TestCase):
    """A folder and a way to run every build of the program in it."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.put("people.csv", PEOPLE)

    def put(self, name, text):
        """Writes a file of the folder."""
        data = text.encode() if isinstance(text, str) else text
        (self.folder / name).write_bytes(data)

    def run_one(self, program, *more, mode="pairs"):
        """One run: status, standard output, standard error."""
        done = subprocess.run([program, "--people", "people.csv", "--mode", mode, "--out", "out",
                               *more], cwd=self.folder, capture_output=True, text=True, check=False,
                              timeout=100)
        return done.returncode, done.stdout, done.stderr

    def ends(self, status, *more, says="", mode="pairs"):
        """Every build ends so, and says so."""
        for program in PROGRAMS:
            got, _out, error = self.run_one(program, *more, mode=mode)
            self.assertEqual((got, says in error), (status, True), error)

    def table(self, name):
        """The rows of a written table."""
        with open(self.folder / "out" / name, encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def lines(self):
        """The explanations."""
        text = (self.folder / "out/explanations.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def summary(self):
        """The summary."""
        return json.loads((self.folder / "out/summary.json").read_text())


class Results(Match):
    """What is written."""

    def test_pairs(self):
        self.ends(0, "--verify")
        self.assertEqual(sorted(p.name for p in (self.folder / "out").iterdir()), FILES)
        pairs = self.table("pairs.csv")
        self.assertEqual(pairs[0], ["mentee", "mentor", "score"])
        # ben has the same manager as anna and stands above cleo; dora stands below cleo
        self.assertEqual([row[:2] for row in pairs[1:]], [["anna", "cleo, C."], ["anna", "dora"]])
        self.assertEqual(self.table("shortlists.csv"), [["mentee", "rank", "mentor", "score"]])
        self.assertEqual(self.table("unmatched.csv"),
                         [["id", "reason"], ["cleo, C.", "too_close"], ["eve", "no_need"]])
        summary = self.summary()
        self.assertEqual(list(summary)[:7], ["pairs", "total", "gap", "seconds", "cpu_seconds",
                                             "peak_rss_kib", "passes"])
        self.assertEqual((summary["pairs"], summary["gap"], summary["verified"]), (2, 0, True))
        self.assertEqual(summary["total"], sum(int(row[2]) for row in pairs[1:]))

    def test_explanations_sum_to_the_scores(self):
        self.ends(0)
        scores = {(row[0], row[1]): int(row[2]) for row in self.table("pairs.csv")[1:]}
        why = {(line["mentee"], line["mentor"]): line for line in self.lines() if "mentor" in line}
        self.assertEqual(scores.keys(), why.keys())
        for pair, line in why.items():
            self.assertEqual(sum(line["parts"].values()), line["score"])
            self.assertEqual(line["score"], scores[pair])
        line = why["anna", "cleo, C."]
        self.assertEqual((line["lifted"], line["taught_back"], line["shared_languages"],
                          line["common_half_hours"], line["level_gap"]),
                         (["python", "ml"], ["sales"], ["de"], 6, 3))
        short = {line["mentee"]: line for line in self.lines() if "mentor" not in line}
        self.assertEqual(sorted(short), ["cleo, C.", "eve"])
        for line in short.values():
            self.assertEqual(sum(line["refused"].values()) + line["allowed"], line["mentors"])

    def test_relaxations_that_are_named_help(self):
        # gil shares no language with anybody and needs what nobody offers: two rules together
        self.put("people.csv", PEOPLE + "gil,mentee,8,,Law,pt,,mon 08:00-18:00,,law:1>2,,\n")
        self.ends(0)
        relaxation = {line["mentee"]: line.get("relaxation") for line in self.lines()
                      if "mentor" not in line}["gil"]
        self.assertEqual([rule["rule"] for rule in relaxation["rules"]], ["language", "need"])
        self.assertGreater(relaxation["yields"], 0)
        self.put("policy.json", '{"shared_language": false, "need_covered": false}')
        self.ends(0, "--policy", "policy.json")
        best = {row[0]: row[1:] for row in self.table("pairs.csv")[1:]}["gil"]
        self.assertEqual(best, [relaxation["mentor"], str(relaxation["score"])])

    def test_an_empty_policy_is_the_default(self):
        written = []
        for more in ((), ("--policy", "policy.json")):
            self.put("policy.json", "{}")
            self.ends(0, *more)
            written.append([(self.folder / "out" / name).read_bytes() for name in FILES[1:4]])
        self.assertEqual(*written)

    def test_shortlists(self):
        self.put("policy.json", '{"shortlist_size": 2, "level_gap_min": 2}')
        self.ends(0, "--policy", "policy.json", "--verify", mode="shortlist")
        rows = self.table("shortlists.csv")[1:]
        self.assertEqual([row[:3] for row in rows], [["anna", "1", "cleo, C."],
                                                     ["anna", "2", "dora"]])
        self.assertGreaterEqual(int(rows[0][3]), int(rows[1][3]))
        self.assertEqual(self.table("pairs.csv"), [["mentee", "mentor", "score"]])

    def test_repeat_share(self):
        for shares, says in (("[0.3, 0.1]", ""), ("[1, 1]", ""), ("[0.1, 0.3]", "rises"),
                             ("[0.3]", "two numbers"), ("[0.305, 0]", "hundredths"),
                             ("[1.5, 0]", "two numbers"), ('["a", 0]', "two numbers"),
                             ("0.3", "two numbers")):
            self.put("policy.json", f'{{"repeat_share": {shares}}}')
            self.ends(1 if says else 0, "--policy", "policy.json", mode="shortlist", says=says)

    def test_stable(self):
        self.ends(0, "--verify", mode="stable")
        self.assertEqual(len(self.table("pairs.csv")), 3)

    def test_preferences(self):
        # hal scores low with cleo and she with him, but each states the other first
        self.put("people.csv", PEOPLE + "hal,mentee,7,,IT,de|en,UTC,mon 08:00-18:00,,ml:2>3,,1\n")
        self.ends(0, "--verify", mode="stable")
        silent = (self.folder / "out/pairs.csv").read_bytes()
        self.assertIn(["hal", "dora"], [row[:2] for row in self.table("pairs.csv")])
        self.assertEqual((self.folder / "out/certificate.bin").read_bytes()[:8], b"UPWCERT1")
        self.put("r.csv", "id,choice\n")
        self.ends(0, "--verify", "--preferences", "r.csv", mode="stable")
        self.assertEqual((self.folder / "out/pairs.csv").read_bytes(), silent)
        self.put("r.csv", "side,id,choice\n,anna,ben\n,anna,dora\n,hal,ben\n,hal,\"cleo, C.\"\n"
                          ",eve,dora\n,eve,hal\nmentor,\"cleo, C.\",hal\n,dora,eve\n")
        self.ends(0, "--verify", "--preferences", "r.csv", mode="stable")
        pairs = [line for line in self.lines() if "score" in line]
        self.assertEqual([(line["mentee"], line["mentor"], line["rank"], line["choice_of_mentee"],
                           line["choice_of_mentor"]) for line in pairs],
                         [("anna", "dora", 1, 2, None), ("hal", "cleo, C.", 1, 2, 1)])
        self.assertEqual([list(line.values()) for line in self.lines() if "stated_by" in line], [
            ["anna", "mentee", [{"choice": "ben", "place": 1, "rule": "same_manager"}]],
            ["eve", "mentee", [{"choice": "dora", "place": 1, "rule": "language"},
                               {"choice": "hal", "place": 2, "rule": "role"}]],
            ["hal", "mentee", [{"choice": "ben", "place": 1, "rule": "need"}]],
            ["dora", "mentor", [{"choice": "eve", "place": 1, "rule": "language"}]]])
        self.assertEqual(self.table("unmatched.csv"), [
            ["id", "reason", "choices_not_allowed"], ["cleo, C.", "too_close", ""],
            ["eve", "no_need", "language:dora|role:hal"]])
        summary = self.summary()
        self.assertEqual((summary["choices"], summary["choices_not_allowed"]), (8, 5))
        data = (self.folder / "out/certificate.bin").read_bytes()
        self.assertEqual((data[:8], data[104:136]), (b"UPWCERT2", hashlib.sha256(
            (self.folder / "r.csv").read_bytes()).digest()))

    def test_preferences_give_the_same_bytes_again(self):
        company.write(self.folder, 4, 150, 120, "loose", capacities=True)
        lines = [f"e{n},j{n * k * 7 % 120}" for n in range(150) for k in (1, 3, 4)]
        lines += [f"j{n},e{n * k * 11 % 150}" for n in range(120) for k in (1, 2)]
        self.put("r.csv", "id,choice\n" + "\n".join(dict.fromkeys(lines)))
        seen = set()
        for program in PROGRAMS:
            for more in (("--threads", "1", "--simd", "portable"), ("--threads", "4")):
                status, _out, error = self.run_one(program, "--preferences", "r.csv", "--verify",
                                                   *more, mode="stable")
                self.assertEqual(status, 0, error)
                seen.add(b"".join((self.folder / "out" / name).read_bytes() for name in FILES
                                  if name != "summary.json"))
        self.assertEqual(len(seen), 1)

    def test_scores(self):
        self.ends(0, "--scores", "s.i16")
        data = (self.folder / "s.i16").read_bytes()
        values = struct.unpack("<9h", data)  # anna, cleo, eve by ben, cleo, dora
        pairs = {row[1]: int(row[2]) for row in self.table("pairs.csv")[1:]}
        self.assertEqual(values, (-32768, pairs["cleo, C."], pairs["dora"]) + (-32768,) * 6)

    def test_blocked_pairs_in_either_order(self):
        for text in ("a,b\nanna,dora\n", "dora,anna\n", "dora,anna\r\nanna,dora"):
            self.put("blocked.csv", text)
            self.ends(0, "--blocked", "blocked.csv", "--verify")
            self.assertEqual([row[1] for row in self.table("pairs.csv")[1:]], ["cleo, C."])

    def test_same_bytes_again(self):
        company.write(self.folder, 3, 150, 120, "loose", capacities=True)
        seen = set()
        for program in PROGRAMS:
            for threads in ("1", "4"):
                status, _out, error = self.run_one(program, "--threads", threads, "--seed", "9")
                self.assertEqual(status, 0, error)
                seen.add(b"".join((self.folder / "out" / name).read_bytes() for name in FILES
                                  if name != "summary.json"))
        self.assertEqual(len(seen), 1)

    def test_nobody_at_all(self):
        for text in (COLUMNS, COLUMNS + "a,mentee,5,,,,,,,,,\n", COLUMNS + "a,mentor,5,,,,,,,,,\n"):
            self.put("people.csv", text)
            for mode in ("pairs", "shortlist", "stable"):
                self.ends(0, "--verify", "--scores", "s.i16", mode=mode)
                self.assertEqual(self.summary()["pairs"], 0)

    @unittest.skipUnless((SAMPLE / "civil_service_mentees.csv").exists(), "the sample is not here")
    def test_civil_service_sample(self):
        self.assertEqual(civil.write(SAMPLE, self.folder), (500, 500))
        status, _out, error = self.run_one(PROGRAMS[0], "--policy", "policy.json", "--verify")
        self.assertEqual(status, 0, error)
        self.assertGreater(self.summary()["pairs"], 300)
        with open(self.folder / "people.csv", encoding="utf-8", newline="") as file:
            level = {row["id"]: int(row["level"]) for row in csv.DictReader(file)}
        for mentee, mentor, _score in self.table("pairs.csv")[1:]:
            self.assertLess(level[mentor], level[mentee])


class Endings(Match):
    """What is refused, and how the program ends."""

    def test_help(self):
        for program in PROGRAMS:
            text = subprocess.run([program, "--help"], capture_output=True, text=True,
                                  check=True).stdout
            for option in ("people", "policy", "blocked", "mode", "objective", "preferences",
                           "threads", "seed", "simd", "verify", "scores", "out"):
                self.assertIn(f"  --{option} ", text)
            schema = json.loads(text[text.index("\n{") + 1:])
            defaults = {name: rule["default"] for name, rule in schema["properties"].items()
                        if "default" in rule}
            defaults["weights"] = {name: rule["default"] for name, rule in
                                   schema["properties"]["weights"]["properties"].items()}
            self.put("policy.json", json.dumps(defaults))
            self.ends(0)
            first = (self.folder / "out/pairs.csv").read_bytes()
            self.ends(0, "--policy", "policy.json")
            self.assertEqual((self.folder / "out/pairs.csv").read_bytes(), first)

    def test_usage(self):
        for more in (["--threads", "0"], ["--threads", "65"], ["--seed", "-1"], ["--simd", "mmx"],
                     ["--mode", "best"], ["--unknown"], ["left over"], ["--people"]):
            self.ends(2, *more)
        for program in PROGRAMS:
            done = subprocess.run([program, "--people", "x"], capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("--mode is missing", done.stderr)

    def test_faults_of_all_files_in_one_run(self):
        self.put("people.csv", PEOPLE + "finn,boss,x,nobody,,,,,,,,\n")
        self.put("policy.json", '{\n "exposure_cap": 0,\n "nonsense": 1\n}')
        self.put("blocked.csv", "anna,zoe\n")
        for program in PROGRAMS:
            status, out, error = self.run_one(program, "--policy", "policy.json", "--blocked",
                                              "blocked.csv")
            self.assertEqual((status, out), (1, ""))
            self.assertEqual(re.findall(r"^([a-z]+\.\w+:\d+:\d+):", error, re.M),
                             ["policy.json:2:2", "policy.json:3:2", "people.csv:8:2",
                              "people.csv:8:3", "people.csv:8:4", "blocked.csv:1:2"])
            self.assertFalse((self.folder / "out").exists())

    def test_preferences_are_for_stable_matchings(self):
        self.put("r.csv", "id,choice\nanna,dora\n")
        for mode in ("pairs", "shortlist"):
            self.ends(2, "--preferences", "r.csv", says="requires --mode stable", mode=mode)
        self.ends(2, "--objective", "lists", says="requires --mode shortlist")
        self.ends(2, "--objective", "best", says="must be one of lists pairs", mode="shortlist")
        self.ends(3, "--preferences", "nowhere.csv", says="nowhere.csv", mode="stable")
        self.put("r.csv", "id,choice\nanna,dora\nanna,zoe\nboss,dora\n")
        for program in PROGRAMS:
            status, out, error = self.run_one(program, "--preferences", "r.csv", mode="stable")
            self.assertEqual((status, out), (1, ""))
            self.assertEqual(re.findall(r"^([a-z]+\.\w+:\d+:\d+):", error, re.M),
                             ["r.csv:3:2", "r.csv:4:1"])

    def test_files_that_are_not_there(self):
        self.ends(3, "--policy", "nowhere.json", says="nowhere.json")
        self.ends(3, "--blocked", ".", says="directory")
        self.put("out", "a file, no directory")
        self.ends(3)

    def test_scores_above_two_gib_are_refused(self):
        lines = (f"p{n},both,1,,,,,,,,,\n" for n in range(32769))
        self.put("people.csv", COLUMNS + "".join(lines))
        status, _out, error = self.run_one(PROGRAMS[0], "--scores", "s.i16")
        self.assertEqual(status, 3)
        self.assertIn("2 GiB", error)
        self.assertFalse((self.folder / "s.i16").exists())

    def test_deep_line_and_cycle(self):
        chain = [f"p{n},both,{n},{f'p{n + 1}' if n < 5000 else ''},,en,,mon 09:00-10:00,x:5,y:0>5,,\n"
                 for n in range(5001)]
        self.put("people.csv", COLUMNS + "".join(chain))
        self.ends(0)
        self.put("people.csv", COLUMNS + "".join(chain[:-1]) + "p5000,both,5000,p0,,,,,,,,\n")
        for program in PROGRAMS:
            status, _out, error = self.run_one(program)
            self.assertEqual((status, error.count("comes back")), (1, 5001))

    def test_progress_is_for_terminals(self):
        self.assertEqual(self.run_one(PROGRAMS[0])[2], "")
        company.write(self.folder, 8, 500, 500, "loose")
        company.repeat(self.folder, 6)
        primary, secondary = pty.openpty()
        try:
            child = subprocess.Popen([PROGRAMS[0], "--people", "people.csv", "--mode", "pairs",
                                      "--out", "out", "--threads", "1", "--simd", "portable"],
                                     cwd=self.folder, stdout=subprocess.DEVNULL, stderr=secondary)
            os.close(secondary)
            seen = b""
            with child:
                while True:
                    try:
                        piece = os.read(primary, 4096)
                    except OSError:  # the other end is closed
                        break
                    if not piece:
                        break
                    seen += piece
            self.assertEqual(child.returncode, 0)
            self.assertRegex(seen.decode(), r"passes over all pairs, \d+ of 3000 places open")
        finally:
            os.close(primary)

    def test_interrupted_run_says_its_bound(self):
        """The signal comes with the first line of progress: the run is under way then."""
        company.write(self.folder, 8, 500, 500, "loose")
        company.repeat(self.folder, 16)
        primary, secondary = pty.openpty()
        try:
            child = subprocess.Popen([PROGRAMS[0], "--people", "people.csv", "--mode", "pairs",
                                      "--out", "out", "--threads", "1", "--simd", "portable"],
                                     cwd=self.folder, stdout=subprocess.DEVNULL, stderr=secondary)
            os.close(secondary)
            with child:
                os.read(primary, 1)
                child.send_signal(signal.SIGINT)
                child.wait(timeout=60)
            self.assertEqual(child.returncode, 130)
            summary = self.summary()
            self.assertFalse(summary["complete"])
            self.assertGreater(summary["gap"], 0)
        finally:
            os.close(primary)


if __name__ == "__main__":
    unittest.main()
