#!/usr/bin/env python3
"""Makes recur_expectations.csv: 1,000 random series, and when they take place by python-dateutil and the
standard library's zoneinfo, which have nothing in common with the code under test.

A row is zone, local start, RRULE, and of the starts from 2027 to 2028 how many there are, their sum and the
last, in Unix seconds. A time that the clocks skip is read by the offset before, one that comes twice is the
first.

    recur_expectations.py > recur_expectations.csv"""

import random
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

ZONES = ("UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu",
         "Africa/Cairo", "Pacific/Auckland", "Australia/Lord_Howe", "America/St_Johns")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FROM, UNTIL = datetime(2027, 1, 1), datetime(2029, 1, 1)
CLOCKS = ((0, 0), (0, 30), (1, 45), (2, 15), (2, 30), (3, 0), (9, 0), (13, 15), (16, 45), (23, 30))


def some(dice, values, most):
    return ",".join(str(v) for v in sorted(dice.sample(values, dice.randint(1, most)), key=values.index))


def weekdays(dice, ordinals):
    return ",".join(f"{dice.choice(ordinals)}{day}" for day in dice.sample(DAYS, dice.randint(1, 3)))


def rule(dice):
    frequency = dice.choice(("DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "MONTHLY", "MONTHLY", "YEARLY"))
    parts = [f"FREQ={frequency}", f"INTERVAL={dice.randint(1, 1 if frequency == 'YEARLY' else 5)}"]
    if frequency == "WEEKLY":
        parts += [f"BYDAY={weekdays(dice, ('',))}", f"WKST={dice.choice(DAYS)}"]
    elif frequency == "MONTHLY":
        parts += dice.choice(([], [f"BYMONTHDAY={some(dice, [1, 7, 28, 29, 30, 31, -1, -2], 3)}"],
                              [f"BYDAY={weekdays(dice, (1, 2, 3, 4, 5, -1, -2))}"],
                              ["BYDAY=MO,TU,WE,TH,FR", f"BYSETPOS={some(dice, [1, 2, 10, -1, -3], 2)}"],
                              ["BYMONTHDAY=28,29,30,31", "BYSETPOS=-1"],
                              ["BYMONTHDAY=13", "BYDAY=FR"]))
    elif frequency == "YEARLY":
        months = some(dice, list(range(1, 13)), 4)
        parts += dice.choice(([], [f"BYMONTH={months}"], [f"BYMONTH={months}", f"BYDAY={weekdays(dice, (1, -1))}"],
                              [f"BYMONTH={months}", f"BYMONTHDAY={some(dice, [1, 15, 30, -1], 2)}"],
                              [f"BYDAY={weekdays(dice, (1, 20, -1, -10))}"], ["BYMONTHDAY=1,-1"]))
    end = dice.choice(("", "", f"COUNT={dice.randint(1, 120)}", f"UNTIL={dice.choice((2027, 2028))}0615"))
    return ";".join(parts + ([end] if end else []))


def instant(local, zone):
    return int(local.replace(tzinfo=zone, fold=0).astimezone(timezone.utc).timestamp())


def starts(local, text):
    naive = text.replace("0615", "0615T235959")
    found = {local}
    for at in rrulestr(naive, dtstart=local):
        if at >= UNTIL:
            break
        found.add(at)
    return found


def main():
    dice = random.Random(20270328)
    edges = [int(edge.replace(tzinfo=timezone.utc).timestamp()) for edge in (FROM, UNTIL)]
    made = 0
    while made < 1000:
        hour, minute = dice.choice(CLOCKS)
        local = datetime(2025, 1, 1, hour, minute) + timedelta(days=dice.randint(0, 900))
        zone, text = dice.choice(ZONES), rule(dice)
        all_of_them = sorted(instant(at, ZoneInfo(zone)) for at in starts(local, text))
        seen = [at for at in all_of_them if edges[0] <= at < edges[1] - 86400]
        if not seen:
            continue
        print(zone, local.strftime("%Y%m%dT%H%M%S"), text, len(seen), sum(seen), seen[-1], sep="\t")
        made += 1


main()
