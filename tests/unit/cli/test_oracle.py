"""upward-match against solvers of another kind on the same scores: scipy for one place on each side,
LEMON for places on both sides and for shortlists. Pairs, places by rank and totals must be equal;
and the certificate must prove the optimum to a reader who has nothing but the files."""

import json
import os
import pathlib
import struct
import sys
import tempfile
import unittest
import zlib
from array import array

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/bench/matching"))
import company  # noqa: E402
import tools  # noqa: E402

FORBIDDEN = -32768
LONG = 8 if os.environ.get("UPWARD_LONG") else 1
NO_SCIPY = None if tools.scipy_python() else "no Python with scipy"
NO_LEMON = tools.lemon_missing()


class Instance(unittest.TestCase):
    """One company in a folder of its own."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        self.scores = self.folder / "scores.i16"

    def solve(self, mode, *more):
        """Runs with --verify; the summary and what the files say."""
        summary = tools.match(self.folder, mode, "--verify", "--scores", self.scores,
                              *tools.pair_scores(mode), *more)
        self.assertEqual(summary["gap"], 0)
        self.assertTrue(summary["complete"] and summary["verified"])
        found = tools.objective(self.folder, mode)
        self.assertEqual((summary["pairs"], summary["total"]), (found["pairs"], found["total"]))
        return summary, found

    def each(self, sizes, shapes=("sparse", "loose")):
        """(seed, mentees, mentors, shape), seeds of their own for every test."""
        base = sum(map(ord, self.id())) * 1000
        return [(base + seed, *size, shape) for shape in shapes for seed, size in
                enumerate(sizes * LONG)]


@unittest.skipIf(NO_SCIPY, NO_SCIPY)
class Scipy(Instance):
    """One place on each side."""

    def test_one_place_each(self):
        matrices, ours = [], []
        for seed, mentees, mentors, shape in self.each([(400, 400), (300, 380), (250, 120)]):
            self.scores = self.folder / f"scores-{seed}-{shape}.i16"
            company.write(self.folder, seed, mentees, mentors, shape)
            ours.append((seed, shape, self.solve("pairs")[1]))
            matrices.append((self.scores, mentees, mentors))
        for (seed, shape, found), best in zip(ours, tools.scipy_all(matrices), strict=True):
            with self.subTest(seed=seed, shape=shape):
                self.assertEqual((found["pairs"], found["total"]), (best["pairs"], best["total"]))


@unittest.skipIf(NO_LEMON, NO_LEMON)
class Lemon(Instance):
    """Places on both sides, and shortlists."""

    def compare(self, mode, summary, found, size=3):
        """Everything the objective says, in its order."""
        best = tools.lemon(self.folder, self.scores, mode, size, summary.get("exposure_cap", 0))
        places = [count for count in best["places"] if count]
        self.assertEqual(found["places"], places)
        self.assertEqual(found["one_department"], best["one_department"])
        self.assertEqual((found["pairs"], found["total"]), (best["pairs"], best["total"]))

    def test_capacities(self):
        for seed, mentees, mentors, shape in self.each([(400, 300), (200, 400), (350, 100)]):
            with self.subTest(seed=seed, shape=shape):
                company.write(self.folder, seed, mentees, mentors, shape, capacities=True)
                self.compare("pairs", *self.solve("pairs"))

    def test_shortlists(self):
        for seed, mentees, mentors, shape in self.each([(300, 300), (400, 150), (150, 400)]):
            for cap in (3, 4):
                with self.subTest(seed=seed, shape=shape, cap=cap):
                    company.write(self.folder, seed, mentees, mentors, shape,
                                  policy={"exposure_cap": cap})
                    self.compare("shortlist", *self.solve("shortlist"))

    def test_shortlists_of_other_sizes(self):
        for size in (1, 2, 5):
            with self.subTest(size=size):
                company.write(self.folder, 77 + size, 200, 220, "sparse",
                              policy={"shortlist_size": size, "exposure_cap": size})
                self.compare("shortlist", *self.solve("shortlist"), size)


class Certificate(Instance):
    """certificate.bin and scores, read by someone who knows only the described layout."""

    def read(self, magic=b"UPWCERT1"):
        """The head's numbers, mentees, mentors and pairs."""
        data = (self.folder / "out/certificate.bin").read_bytes()
        self.assertEqual(data[:8], magic)
        self.assertEqual(zlib.crc32(data[:-4]), struct.unpack("<I", data[-4:])[0])
        names = ("mode", "flags", "k", "cap", "place", "soft", "gap", "total", "mentees",
                 "mentors", "pairs")
        at = 8 + 96
        head = dict(zip(names, struct.unpack_from("<4I4q4I", data, at)))
        at += struct.calcsize("<4I4q4I")
        parts = []
        for count, layout in (("mentees", "<IIqIIq"), ("mentors", "<IIq"), ("pairs", "<IIiI")):
            size = struct.calcsize(layout)
            parts.append([struct.unpack_from(layout, data, at + n * size)
                          for n in range(head[count])])
            at += head[count] * size
        self.assertEqual(at + 4, len(data))
        return head, *parts

    def test_prices_prove_the_optimum(self):
        company.write(self.folder, 4711, 180, 150, "loose", capacities=True)
        summary, _found = self.solve("pairs")
        head, mentees, mentors, pairs = self.read()
        self.assertEqual((head["total"], head["pairs"]), (summary["total"], summary["pairs"]))
        scores = array("h", self.scores.read_bytes())
        row = {mentee[0]: number for number, mentee in enumerate(mentees)}
        column = {mentor[0]: number for number, mentor in enumerate(mentors)}
        taken = {(row[a], column[b]): score for a, b, score, _rank in pairs}
        self.assertEqual(len(taken), head["pairs"])
        dual = sum(places * price for _person, places, price in mentors)
        primal = sum(taken.values())
        for number, (_person, places, price, *_limits) in enumerate(mentees):
            held = sum(1 for a, _b in taken if a == number)
            losses = [(head["k"] - p + 1) * head["place"] for p in range(1, places + 1)]
            dual += places * price + sum(max(0, -loss - price) for loss in losses)
            primal -= sum(losses[held:])
        for i, mentee in enumerate(mentees):
            for j, mentor in enumerate(mentors):
                score = scores[i * len(mentors) + j]
                if score == FORBIDDEN:
                    self.assertNotIn((i, j), taken)
                    continue
                over = score - mentee[2] - mentor[2]
                if (i, j) in taken:
                    self.assertEqual(taken[i, j], score)
                    dual += max(0, over)
                else:
                    self.assertLessEqual(over, 0)
        self.assertGreaterEqual(min(price for _person, _places, price in mentors), 0)
        self.assertEqual(dual, primal)  # so no choice of pairs is better

    def test_lists_are_worth_no_more_than_their_bound(self):
        company.write(self.folder, 4712, 150, 180, "loose", policy={"exposure_cap": 3})
        first = None
        for more in (("--threads", "1"), ("--threads", "3"), ("--simd", "portable")):
            summary = tools.match(self.folder, "shortlist", "--verify", *more)
            self.assertTrue(summary["complete"] and summary["verified"])
            head, mentees, mentors, pairs = self.read(b"UPWCERT3")
            bound = sum(price for _person, _places, price, *_more in mentees) + \
                sum(places * price for _person, places, price in mentors)
            self.assertEqual(head["soft"], bound)  # where the bound stands
            self.assertEqual(head["gap"], bound - head["place"])
            self.assertEqual(round(100 * summary["gap"]), head["gap"])
            self.assertGreaterEqual(min(head["gap"], *(price for _a, _b, price in mentors)), 0)
            first = first or (head, mentees, mentors, pairs)
            self.assertEqual((head, mentees, mentors, pairs), first)
        lines = [json.loads(line) for line in
                 (self.folder / "out/explanations.jsonl").read_text().splitlines()]
        worth = sum(line["worth"] for line in lines if "coverable" in line)
        self.assertEqual(round(100 * worth), head["place"])  # the explanations sum up to it
        self.assertEqual(head["cap"], 3)

    def test_stable_has_no_blocking_pair(self):
        company.write(self.folder, 99, 200, 160, "loose", capacities=True)
        self.solve("stable")
        _head, mentees, mentors, pairs = self.read()
        scores = array("h", self.scores.read_bytes())
        held, given = {}, {}
        for a, b, score, _rank in pairs:
            held.setdefault(a, []).append((score, -b))
            given.setdefault(b, []).append((score, -a))
        for i, (mentee, wanted, *_prices) in enumerate(mentees):
            for j, (mentor, places, _price) in enumerate(mentors):
                score = scores[i * len(mentors) + j]
                mine, theirs = held.get(mentee, []), given.get(mentor, [])
                if score == FORBIDDEN or (score, -mentor) in mine:
                    continue
                wants = len(mine) < wanted or (score, -mentor) > min(mine)
                wanted_back = len(theirs) < places or (score, -mentee) > min(theirs)
                self.assertFalse(wants and wanted_back, (mentee, mentor))

    def test_same_bytes_for_all_threads_and_widths(self):
        company.write(self.folder, 5, 300, 260, "sparse", capacities=True)
        for mode in ("pairs", "shortlist", "stable"):
            first = None
            for more in (("--threads", "1"), ("--threads", "3"), ("--simd", "portable"),
                         ("--simd", "avx2"), ("--simd", "avx512")):
                try:
                    self.solve(mode, *more)
                except tools.Failed as error:
                    self.assertIn("ended with 5", str(error))  # a width this processor lacks
                    continue
                out = {name: (self.folder / "out" / name).read_bytes() for name in
                       ("pairs.csv", "shortlists.csv", "unmatched.csv", "explanations.jsonl")}
                out["scores"] = self.scores.read_bytes()
                out["certificate"] = json.dumps(self.read()[0])
                first = first or out
                self.assertEqual(out, first, (mode, more))


if __name__ == "__main__":
    unittest.main()
