"""The runner's eyes: failures, crashes, time-outs and skips of every kind of program are seen."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/support"))
import programs  # noqa: E402
import run  # noqa: E402

GROUP = """<?xml version="1.0"?><testsuites><testsuite name="g" tests="3">
<testcase name="good" time="0.1"></testcase>
<testcase name="bad" time="0.1"><failure><![CDATA[1 != 2\x01]]></failure></testcase>
<testcase name="left_out" time="0.1"><skipped/></testcase>
</testsuite></testsuites>"""


class Programs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.base = pathlib.Path(self.folder.name)

    def script(self, text):
        path = self.base / "program"
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return path

    def cmocka(self, text, xml=None, seconds=20):
        (self.base / "group.xml").write_text(xml or "")
        copy = f'cp {self.base}/group.xml "$(echo $CMOCKA_XML_FILE | sed s/%g/g/)"\n' if xml else ""
        return programs.run_cmocka(self.script(copy + text), "unit/x", "release", seconds, {},
                                   self.base)

    def test_passes_failures_and_skips_are_counted(self):
        outcome = self.cmocka("echo 'skipped left_out: no such file'; exit 1", GROUP)
        self.assertEqual(outcome.passed, 1)
        self.assertEqual(outcome.failures[0], ("bad", "1 != 2?"))
        self.assertEqual(outcome.skips, [("left_out", "no such file")])

    def test_a_crash_after_good_tests_is_a_failure(self):
        good = GROUP.replace("<failure><![CDATA[1 != 2\x01]]></failure>", "")
        for end in ("kill -SEGV $$", "exit 99", "exit 23"):
            outcome = self.cmocka(end, good)
            self.assertEqual((outcome.passed, len(outcome.failures)), (2, 1), end)

    def test_failures_that_do_not_match_the_exit_status_are_reported(self):
        self.assertEqual(len(self.cmocka("exit 99", GROUP).failures), 2)

    def test_a_program_without_results_is_a_failure(self):
        self.assertTrue(self.cmocka("exit 0").failures)
        self.assertTrue(self.cmocka("exit 0", "<testsuites><testsuite/></testsuites>").failures)
        self.assertTrue(self.cmocka("exit 0", "<testsuites>").failures)

    def test_results_of_an_earlier_run_are_not_taken(self):
        self.assertFalse(self.cmocka("exit 0", GROUP.replace("<failure>", "<system-out>")
                                     .replace("</failure>", "</system-out>")).failures)
        self.assertTrue(self.cmocka("exit 0").failures)

    def test_a_program_that_hangs_is_ended(self):
        outcome = self.cmocka("sleep 600", seconds=1)
        self.assertEqual(outcome.failures[0][0], "timed out")

    def test_a_program_that_is_not_there_is_a_failure(self):
        outcome = programs.run_cmocka(self.base / "none", "unit/x", "", 20, {}, self.base)
        self.assertIn("is it built?", outcome.failures[0][1])

    def test_tallies_and_exit_statuses_count(self):
        run = lambda text: programs.run_tally([self.script(text)], "check", 20)  # noqa: E731
        outcome = run("echo '5 passed, 2 failed, 1 skipped'; exit 1")
        self.assertEqual((outcome.passed, len(outcome.failures), len(outcome.skips)), (5, 2, 1))
        self.assertEqual((run("exit 0").passed, len(run("exit 0").failures)), (1, 0))
        self.assertEqual(len(run("exit 1").failures), 1)
        self.assertEqual(len(run("echo '5 passed, 0 failed'; exit 1").failures), 1)

    def test_python_tests_are_counted_by_name(self):
        file = self.base / "test_three.py"
        file.write_text("import unittest\nclass T(unittest.TestCase):\n"
                        "    def test_good(self):\n        '''Says what it does.'''\n"
                        "    def test_bad(self):\n        self.fail('so')\n"
                        "    @unittest.skip('not here')\n    def test_left(self):\n        pass\n")
        programs.ROOT, kept = self.base, programs.ROOT
        self.addCleanup(setattr, programs, "ROOT", kept)
        outcome = programs.run_unittest(file, 60)
        self.assertEqual(outcome.passed, 1)
        self.assertEqual(outcome.failures[0][0], "test_bad")
        self.assertEqual(outcome.skips, [("test_left", "not here")])

    def test_what_breaks_in_the_runner_is_a_failure_of_its_own(self):
        def broken():
            raise OSError("no such file")
        outcome = run.guarded("runner", broken)
        self.assertIn("no such file", outcome.failures[0][1])
        self.assertEqual(run.guarded("runner", lambda: 7), 7)

    def test_the_table_has_a_row_for_each_kind_and_flavour(self):
        good = programs.Outcome("unit/a", "asan", passed=3, skips=[("t", "why")], processor=1.4)
        bad = programs.Outcome("unit/b", "asan", passed=1, processor=2.2,
                               failures=[("t", ""), ("output of the program", "")])
        tool = programs.Outcome("tests/unit/x/test_y", passed=5)
        rows = [line.split() for line in run.table([good, bad, tool]).splitlines()[1:]]
        self.assertEqual(rows, [["tools", "-", "1", "5", "0", "0", "0"],
                                ["unit", "asan", "2", "4", "1", "1", "4"]])


if __name__ == "__main__":
    unittest.main()
