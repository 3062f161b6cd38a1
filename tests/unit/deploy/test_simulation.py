"""The simulation: its effects have the size that they say, its judge counts by hand, and (UPWARD_LONG=1) what
the product reports of a played half-year is what was played."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/simulation"))
import judge  # noqa: E402
from fate import Effects, Fate  # noqa: E402


def pair(fades, parted, begins=0, **flags):
    """A pair of the log; each flag is {week: number}."""
    return {"begins": begins, "fades": fades, "parted": parted, "ended": parted,
            "flags": {rule: {week: {"age": number, "in_a_row": 2, "missed": 2} for week, number in weeks.items()}
                      for rule, weeks in flags.items()}}


class Effect(unittest.TestCase):
    def share(self, draws):
        """How often something happens."""
        draws = list(draws)
        return sum(draws) / len(draws)

    def test_each_effect_has_its_size(self):
        fate, effects, some = Fate(7), Effects(), range(4000)
        self.assertAlmostEqual(self.share(fate.leaves(i, 1, False) for i in some), effects.leave_week, delta=0.004)
        self.assertAlmostEqual(self.share(fate.leaves(i, 1, True) for i in some),
                               effects.leave_week * effects.leave_ratio, delta=0.002)
        self.assertAlmostEqual(self.share(fate.course(i, 0)[1] is not None for i in some), effects.die, delta=0.04)
        self.assertAlmostEqual(self.share(fate.outcome(i, 1, True) == "held" for i in some),
                               effects.fading[0], delta=0.04)
        change = [fate.answer(i, "q", True, False) - fate.answer(i, "q", False, False) for i in some]
        self.assertAlmostEqual(sum(change) / len(change), effects.shift, delta=0.08)  # the ends of the scale cut some

    def test_a_question_has_one_answer_whenever_it_is_asked(self):
        one, other = Fate(3), Fate(3)
        other.course(9, 0)
        self.assertEqual(one.course(5, 2), other.course(5, 2))
        self.assertNotEqual([Fate(3).course(i, 0) for i in range(50)], [Fate(4).course(i, 0) for i in range(50)])


class Judge(unittest.TestCase):
    def figures(self, pairs, until=20, **thresholds):
        """The figures of some rules together."""
        return judge.Backtest(pairs, until).figures(thresholds)

    def test_early_is_three_weeks_before_and_not_before_the_fading(self):
        for weeks, early in (({7: 5}, 1), ({8: 5}, 0), ({4: 5}, 0), ({5: 5}, 1)):
            row = self.figures([pair(5, 10, unreported=weeks)], unreported=5)
            self.assertEqual(row["told_early"], early, weeks)

    def test_a_false_alarm_counts_once_for_as_long_as_it_stands(self):
        pairs = [pair(None, None, unreported={2: 5, 3: 12, 4: 19, 9: 5}), pair(6, 12, unreported={7: 5})]
        row = self.figures(pairs, unreported=5)
        self.assertEqual(row["false_alarms"], 2)
        self.assertEqual(self.figures(pairs, unreported=10)["false_alarms"], 1)
        self.assertAlmostEqual(row["a_week_for_100"], 100 * 2 / (20 + 6))

    def test_all_rules_together_tell_once(self):
        pairs = [pair(None, None, unreported={2: 5}, missed_twice={2: 5, 3: 5})]
        self.assertEqual(self.figures(pairs, unreported=5, missed_twice=2)["false_alarms"], 1)

    def test_those_chosen_tell_of_most_deaths_with_the_false_alarms_allowed(self):
        """Every third of a hundred pairs dies; unreported tells of all of them, but cries wolf below seven days."""
        pairs = [pair(5, 10, unreported={6: 8, 7: 15}) if n % 3 == 0 else pair(None, None, unreported={4: 4})
                 for n in range(100)]
        test = judge.Backtest(pairs, 20)
        self.assertEqual(test.chosen()["told_early"], test.died)
        self.assertEqual(test.chosen()["false_alarms"], 0)
        self.assertEqual(test.chosen()["thresholds"], {rule: min(tried) if rule != "unreported" else 5
                                                       for rule, tried in judge.TRIED.items()})
        self.assertIsNone(judge.Backtest([pair(None, None, missed_twice={2: 5}, nothing_booked={n: 40 for n in
                                          range(1, 20, 2)})], 20).chosen())


@unittest.skipUnless(os.environ.get("UPWARD_LONG"), "half a year of a simulated company: only in long runs")
class Played(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="upward-simulation-") as folder:
            os.chmod(folder, 0o755)
            done = subprocess.run([sys.executable, ROOT / "tests/simulation/simulate.py", "--weeks", "26",
                                   "--people", "300", "--seed", "5", "--dir", f"{folder}/run"],
                                  capture_output=True, text=True, check=False, cwd=ROOT)
            if done.returncode:
                raise RuntimeError(done.stdout + done.stderr)
            print(done.stdout[done.stdout.index("26 weeks"):])
            cls.outcome = json.loads((pathlib.Path(folder) / "run/outcome.json").read_text())

    def test_the_attitudes_reported_are_those_that_were_answered(self):
        played = self.outcome["truth"]["attitude_change"]
        constructs = self.outcome["reports"]["attitudes"]["constructs"]
        self.assertEqual(len(constructs), len(played))
        for one in constructs:
            self.assertAlmostEqual(one["change"]["value"], played[one["construct"]], delta=0.051)
            self.assertEqual(one["verdict"], "higher", one)

    def test_the_meetings_reported_are_those_that_were_held(self):
        held = self.outcome["reports"]["participation"]["totals"]["sessions_held"]
        self.assertEqual(held, self.outcome["truth"]["held"] // 5 * 5)

    def test_some_of_the_pairs_that_died_were_flagged_in_time(self):
        row = self.outcome["backtest"]["default"]
        self.assertGreater(self.outcome["backtest"]["died"], 3)
        self.assertGreater(row["told_early"], 0)


if __name__ == "__main__":
    unittest.main()
