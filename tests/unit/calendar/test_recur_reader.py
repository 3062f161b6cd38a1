"""The series of recur_expectations.csv, with which test_recur.c compares our own, read by ical.js: it agrees with
dateutil on when they take place, across all changes of the clocks."""

import pathlib
import re
import shutil
import subprocess
import unittest

HERE = pathlib.Path(__file__).resolve().parent
EXPECTATIONS = HERE / "recur_expectations.csv"
MISSING = not shutil.which("node") or not (HERE.parents[2] / "build/npm/tests/node_modules/ical.js").exists()
# What ical.js 2 does not read as RFC 5545 has it: BYSETPOS of days of the month, and in a yearly rule days counted
# over the year, or from the end of a month.
UNREAD = re.compile(r"BYMONTHDAY=[\d,-]+;BYSETPOS|FREQ=YEARLY.*BY(DAY|MONTHDAY)")


class Reader(unittest.TestCase):
    """One run over all series."""

    @unittest.skipIf(MISSING, "no node with ical.js (npm)")
    def test_ical_js_sees_the_same_starts(self):
        said = subprocess.run(["node", str(HERE / "recur_reader.mjs"), str(EXPECTATIONS)], capture_output=True,
                              text=True, check=True, timeout=600).stdout.splitlines()
        rows = EXPECTATIONS.read_text(encoding="utf-8").splitlines()
        self.assertEqual(len(said), len(rows))
        compared = 0
        for row, seen in zip(rows, said):
            zone, start, rule, *wanted = row.split("\t")
            if not UNREAD.search(rule):
                self.assertEqual(seen.split("\t"), wanted, f"{zone} {start} {rule}")
                compared += 1
        self.assertGreater(compared, 800)


if __name__ == "__main__":
    unittest.main()
