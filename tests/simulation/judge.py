"""How early flags told of pairs that died, and how often they cried wolf. Pure: from the log of what happened
(simulate.py) to figures.

A flag counts for a death if it stood three weeks before the two parted, in a week in which they faded
already. A false alarm is a flag that is raised at a pair which thrives, or does not fade yet; it counts once
for as long as it stands. The log has every flag from the least threshold on, with its age, so that any
thresholds can be tried on it. Those chosen tell of the most deaths in time while a coordinator of a hundred
pairs has at most MOST false alarms a week; of several that do, the ones with the fewest, and the earliest.

Seeds 1 and 2, 104 weeks and 600 people each: 466 pairs, of which 123 died.

| unreported | overdue_cadence | flagged three weeks before | false alarms a week for 100 pairs |
|---|---|---|---|
| 10 days | 5 days | 101 (82 %) | 6.15 |
| 14 days | 5 days | 98 (80 %) | 3.12 |
| 14 days | 7 days | 95 (77 %) | 3.07 |
| 21 days | 5 days | 94 (76 %) | 2.20: the defaults, in api/tasks.yaml |
| 21 days | 7 days | 91 (74 %) | 2.12 |
| 21 days | 14 days | 86 (70 %) | 1.96 |

Two missed in a row add 0.2 false alarms; nothing_booked from 7 to 14 days adds neither deaths nor alarms to
those of the others, and stays at 14."""

import itertools

AHEAD = 3  # weeks
MOST = 2.5  # false alarms a week for 100 pairs
# What the simulation sets, and what is tried.
LEAST = {"missed_twice": 2, "nothing_booked": 1, "overdue_cadence": 1, "unreported": 1}
TRIED = {"missed_twice": (2, 3), "nothing_booked": (1, 3, 7, 10, 14, 21, 28),
         "overdue_cadence": (1, 3, 5, 7, 10, 14, 21), "unreported": (1, 3, 5, 7, 10, 14, 21)}
NUMBER = {rule: "in_a_row" if rule == "missed_twice" else "age" for rule in LEAST}


def weeks_of(pair, rule, threshold):
    """The weeks in which a flag stood at a pair, with this threshold."""
    return {int(week) for week, numbers in pair["flags"].get(rule, {}).items()
            if numbers[NUMBER[rule]] >= threshold}


def told_early(pair, weeks):
    """Whether one of these weeks was in time for a pair that died."""
    return any(pair["fades"] <= week <= pair["parted"] - AHEAD for week in weeks)


def false_alarms(pair, weeks):
    """How many flags were raised in these weeks before the pair faded."""
    return sum(week - 1 not in weeks for week in weeks if pair["fades"] is None or week < pair["fades"])


def living_weeks(pair, until):
    """The weeks in which a false alarm was possible."""
    return max(0, min(x for x in (pair["fades"], pair["ended"], until) if x is not None) - pair["begins"])


class Backtest:
    """The log, and what each threshold shows of it."""

    def __init__(self, pairs, until):
        self.pairs = pairs
        self.died = sum(pair["parted"] is not None for pair in pairs)
        self.lived = sum(living_weeks(pair, until) for pair in pairs)
        self.weeks = {(rule, threshold): [weeks_of(pair, rule, threshold) for pair in pairs]
                      for rule, tried in TRIED.items() for threshold in tried}

    def figures(self, thresholds):
        """Of these rules together, each with its threshold."""
        each = [set().union(*of) for of in zip(*(self.weeks[rule] for rule in thresholds.items()))]
        early = sum(told_early(pair, weeks) for pair, weeks in zip(self.pairs, each) if pair["parted"] is not None)
        alarms = sum(false_alarms(pair, weeks) for pair, weeks in zip(self.pairs, each))
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
