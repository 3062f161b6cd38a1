"""The series of recur_expectations.csv, with which test_recur.c compares our own, read by ical.js: it agrees with
dateutil on when they take place, across all changes of the clocks. By day every third; UPWARD_LONG=1: all."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
EXPECTATIONS = HERE / "recur_expectations.csv"
STEP = 1 if os.environ.get("UPWARD_LONG") else 3
MISSING = not shutil.which("node") or not (HERE.parents[2] / "build/npm/tests/node_modules/ical.js").exists()
ZONES_SINCE = "2023c"  # the rules of the zones in recur_expectations.csv, Egypt's the youngest


def zones():
    """Which tzdata Node has; nothing where it does not say."""
    return subprocess.run(["node", "-p", "process.versions.tz || ''"], capture_output=True, text=True,
                          check=False).stdout.strip()


# What ical.js 2 does not read as RFC 5545 has it: BYSETPOS of days of the month, and in a yearly rule days counted
# over the year, or from the end of a month.
UNREAD = re.compile(r"BYMONTHDAY=[\d,-]+;BYSETPOS|FREQ=YEARLY.*BY(DAY|MONTHDAY)")


class Reader(unittest.TestCase):
    """One run over the series."""

    @unittest.skipIf(MISSING, "no node with ical.js (npm)")
    def test_ical_js_sees_the_same_starts(self):
        if zones() < ZONES_SINCE:
            self.skipTest(f"node knows the zones of {zones() or 'nobody knows when'}, and not those of {ZONES_SINCE}")
        rows = EXPECTATIONS.read_text(encoding="utf-8").splitlines()[::STEP]
        with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:
            file.writelines(f"{row}\n" for row in rows)
            file.flush()
            said = subprocess.run(["node", str(HERE / "recur_reader.mjs"), file.name], capture_output=True,
                                  text=True, check=True, timeout=1800).stdout.splitlines()
        self.assertEqual(len(said), len(rows))
        compared = 0
        for row, seen in zip(rows, said):
            zone, start, rule, *wanted = row.split("\t")
            if not UNREAD.search(rule):
                self.assertEqual(seen.split("\t"), wanted, f"{zone} {start} {rule}")
                compared += 1
        self.assertGreater(compared, 800 // STEP)


if __name__ == "__main__":
    unittest.main()
