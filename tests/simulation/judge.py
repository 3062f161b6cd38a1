"""How early flags told of pairs that died, and how often they cried wolf. Pure: from the log of what happened
(simulate.py) to figures.

A flag counts for a death if it stood three weeks before the two parted, in a week in which they faded
already. A false alarm is a flag that is raised at a pair which thrives, or does not fade yet; it counts once
for as long as it stands. A flag comes with numbers, so that a rule with a higher threshold can be tried on
the same log."""

AHEAD = 3  # weeks
# What might be asked more of a rule: the name of a number and its least value.
STRICTER = {"unreported": [("days", n) for n in (7, 10, 14, 17, 21)] + [("sessions", n) for n in (2, 3)],
            "overdue_cadence": [("days", n) for n in (14, 21, 28)] + [("dates", n) for n in (2, 3)],
            "missed_twice": [("in_a_row", 3)], "nothing_booked": [("days", 21), ("days", 28)]}


def weeks_of(pair, rule, number=None, least=0):
    """The weeks in which a flag stood at a pair, with at least that number."""
    return {int(week) for week, numbers in pair["flags"].get(rule, {}).items()
            if number is None or numbers[number] >= least}


def told_early(pair, weeks):
    """Whether one of these weeks was in time for a pair that died."""
    return any(pair["fades"] <= week <= pair["parted"] - AHEAD for week in weeks)


def false_alarms(pair, weeks):
    """How many flags were raised in these weeks before the pair faded."""
    return sum(week - 1 not in weeks for week in weeks if pair["fades"] is None or week < pair["fades"])


def living_weeks(pair, until):
    """The weeks in which a false alarm was possible."""
    return max(0, min(x for x in (pair["fades"], pair["ended"], until) if x is not None) - pair["begins"])


def backtest(pairs, until):
    """The figures of each rule as it is, of stricter ones, and of all rules together."""
    died = [pair for pair in pairs if pair["parted"] is not None]
    lived = sum(living_weeks(pair, until) for pair in pairs)
    rules = sorted({rule for pair in pairs for rule in pair["flags"]})

    def figures(name, *chosen):
        weeks = [set().union(*(weeks_of(pair, *rule) for rule in chosen)) for pair in pairs]
        early = sum(told_early(pair, of) for pair, of in zip(pairs, weeks) if pair["parted"] is not None)
        alarms = sum(false_alarms(pair, of) for pair, of in zip(pairs, weeks))
        return {"rule": name, "told_early": early, "share": early / len(died) if died else None,
                "false_alarms": alarms, "a_week_for_100": 100 * alarms / lived if lived else None}
    rows = [figures("any rule", *((rule,) for rule in rules))]
    for rule in rules:
        rows.append(figures(rule, (rule,)))
        rows += [figures(f"{rule}, {number} at least {least}", (rule, number, least))
                 for number, least in STRICTER.get(rule, [])]
    return {"pairs": len(pairs), "died": len(died), "pair_weeks": lived, "rows": rows}
