"""How early flags told of pairs that died, and how often they cried wolf. Pure: from the log of what happened
(simulate.py) to figures.

A flag counts for a death if it stood three weeks before the two parted, in a week in which they faded
already. A false alarm is a flag that is raised at a pair which thrives, or does not fade yet; it counts once
for as long as it stands. The log has every flag from the least threshold on, with its age, so that any
thresholds can be tried on it. Those chosen tell of the most deaths in time while a coordinator of a hundred
pairs has at most MOST false alarms a week; of several that do, the ones with the fewest, and the earliest.

104 weeks and 600 people each. Seeds 1 and 2: 445 pairs, of which 124 died; seed 3, by which nothing was chosen: 243,
of which 90 died. In each row: how many of the deaths were flagged three weeks before, and false alarms a week for
100 pairs. The first row is the other rules alone, at 21 days (unreported), 5 (overdue_cadence) and 14
(nothing_booked), and two missed in a row; the others add to it.

| declining | stale_goals | seeds 1 and 2 | seed 3 |
|---|---|---|---|
| – | – | 83 (67 %), 1.78 | 65 (72 %), 2.10 |
| 2 of 4 | – | 85 (69 %), 2.00 | 67 (74 %), 2.31 |
| 2 of 4 | 84 days | 85 (69 %), 2.25 | 67 (74 %), 2.60: the defaults |
| 3 of 4 | 84 days | 83 (67 %), 2.05 | 65 (72 %), 2.39 |
| 2 of 4 | 56 days | 86 (69 %), 2.56 | 67 (74 %), 3.15 |
| 2 of 4 | 42 days | 89 (72 %), 3.05 | 70 (78 %), 3.72 |
| 2 of 4 | 84 days, unreported 14 days | 89 (72 %), 3.32 | 71 (79 %), 3.58 |

At 84 days goals tell of no further death: they are a reason to talk, for pairs that meet and have lost sight of what
for. nothing_booked from 7 to 28 days adds neither deaths nor alarms to those of the others, and stays at 14."""

import functools
import itertools
import operator

AHEAD = 3  # weeks
LANE = 256  # bits: more than there are weeks
MOST = 2.5  # false alarms a week for 100 pairs
# What the simulation sets, and what is tried.
LEAST = {"missed_twice": 2, "nothing_booked": 1, "overdue_cadence": 1, "unreported": 1, "stale_goals": 7, "declining": 2}
TRIED = {"missed_twice": (2, 3), "nothing_booked": (7, 14, 28), "overdue_cadence": (3, 5, 7, 10, 14, 21),
         "unreported": (5, 7, 10, 14, 21, 28), "stale_goals": (21, 28, 35, 42, 56, 84, 112, 180), "declining": (2, 3, 4)}
NUMBER = {**{rule: "age" for rule in LEAST}, "missed_twice": "in_a_row", "declining": "missed"}


def weeks_of(pair, rule, threshold):
    """The weeks in which a flag stood at a pair, with this threshold: a bit for each."""
    return sum(1 << int(week) for week, numbers in pair["flags"].get(rule, {}).items()
               if numbers[NUMBER[rule]] >= threshold)


def in_time(pair):
    """The weeks in which a flag tells of a death in time."""
    return sum(1 << week for week in range(pair["fades"], pair["parted"] - AHEAD + 1)) if pair["parted"] else 0


def too_soon(pair):
    """The weeks in which a flag is a false alarm: before the pair fades."""
    return (1 << pair["fades"]) - 1 if pair["fades"] is not None else (1 << LANE - 1) - 1


def beside(each):
    """The weeks of all pairs in one number, LANE bits for each pair."""
    return sum(weeks << LANE * place for place, weeks in enumerate(each))


def living_weeks(pair, until):
    """The weeks in which a false alarm was possible."""
    return max(0, min(x for x in (pair["fades"], pair["ended"], until) if x is not None) - pair["begins"])


class Backtest:
    """The log, and what each threshold shows of it."""

    def __init__(self, pairs, until):
        self.pairs = pairs
        self.died = sum(pair["parted"] is not None for pair in pairs)
        self.lived = sum(living_weeks(pair, until) for pair in pairs)
        self.early, self.alarm = beside(map(in_time, pairs)), beside(map(too_soon, pairs))
        self.weeks = {(rule, threshold): beside(weeks_of(pair, rule, threshold) for pair in pairs)
                      for rule, tried in TRIED.items() for threshold in tried}

    def figures(self, thresholds):
        """Of these rules together, each with its threshold."""
        weeks = functools.reduce(operator.or_, (self.weeks[rule] for rule in thresholds.items()))
        told = (weeks & self.early).to_bytes(len(self.pairs) * LANE // 8 + 1, "little")
        early = sum(any(told[at:at + LANE // 8]) for at in range(0, len(told), LANE // 8))
        alarms = (weeks & ~(weeks << 1) & self.alarm).bit_count()
        return {"thresholds": thresholds, "told_early": early, "share": early / self.died if self.died else None,
                "false_alarms": alarms, "a_week_for_100": 100 * alarms / self.lived if self.lived else None}

    def chosen(self, most=MOST):
        """The thresholds to choose; None if each gives too many false alarms."""
        every = (self.figures(dict(zip(TRIED, each))) for each in itertools.product(*TRIED.values()))
        bearable = [row for row in every if (row["a_week_for_100"] or 0) <= most]
        return min(bearable, default=None, key=lambda row: (
            -row["told_early"], row["false_alarms"], sum(row["thresholds"].values())))


def backtest(pairs, until, defaults):
    """The figures of all rules together as they are by default and as they would be chosen, for some numbers of
    false alarms; and of each rule alone with each threshold."""
    test = Backtest(pairs, until)
    alone = [test.figures({rule: threshold}) for rule, tried in TRIED.items() for threshold in tried]
    return {"pairs": len(pairs), "died": test.died, "pair_weeks": test.lived, "default": test.figures(defaults),
            "chosen": test.chosen(), "others": [test.chosen(most) for most in (1.0, 3.0, 5.0)], "alone": alone}
