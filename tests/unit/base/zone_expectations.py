#!/usr/bin/env python3
"""Writes zone_expectations.csv: what Python's zoneinfo says about wall-clock times.

Lines: `local,<zone>,<wall clock>,<first instant>,<second instant>` (both empty in a gap) and
`utc,<zone>,<instant>,<wall clock>,<offset>`. The times lie on both sides of every change of the
chosen years, to the second; 2045 lies behind the compiled transitions and comes from the rule.
"""
import datetime
import pathlib
import zoneinfo

ZONES = ["Africa/Casablanca", "Africa/Monrovia", "America/New_York", "America/Sao_Paulo",
         "America/St_Johns", "Antarctica/Troll", "Asia/Kathmandu", "Asia/Tehran",
         "Australia/Lord_Howe", "Europe/Berlin", "Europe/Dublin", "Pacific/Apia", "UTC"]
YEARS = [1972, 1986, 2011, 2018, 2024, 2045]
EPOCH = datetime.datetime(1970, 1, 1)
UTC = datetime.timezone.utc


def offset(zone, seconds):
    at = (EPOCH + datetime.timedelta(seconds=seconds)).replace(tzinfo=UTC)
    return int(at.astimezone(zone).utcoffset().total_seconds())


def changes(zone, year):
    start = int((datetime.datetime(year, 1, 1) - EPOCH).total_seconds())
    for day in range(366):
        low, high = start + day * 86400, start + (day + 1) * 86400
        if offset(zone, low) == offset(zone, high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(zone, middle) == offset(zone, low) \
                else (low, middle)
        yield high


def instants_of(zone, wall):
    found = set()
    for fold in (0, 1):
        at = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == wall:
            found.add(int((at.replace(tzinfo=None) - EPOCH).total_seconds()))
    return sorted(found)


def lines():
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        for year in YEARS:
            instants = {int((datetime.datetime(year, 7, 4, 12, 30) - EPOCH).total_seconds())}
            walls = {datetime.datetime(year, 7, 4, 12, 30)}
            for change in changes(zone, year):
                before, after = offset(zone, change - 1), offset(zone, change)
                instants |= {change - 1, change, change + 1}
                for edge in (change + before, change + after, change + (before + after) // 2):
                    walls |= {EPOCH + datetime.timedelta(seconds=edge + s) for s in (-1, 0, 1)}
            for wall in sorted(walls):
                found = instants_of(zone, wall)
                first, last = (found[0], found[-1]) if found else ("", "")
                yield f"local,{name},{wall:%Y-%m-%dT%H:%M:%S},{first},{last}"
            for instant in sorted(instants):
                shift = offset(zone, instant)
                wall = EPOCH + datetime.timedelta(seconds=instant + shift)
                yield f"utc,{name},{instant},{wall:%Y-%m-%dT%H:%M:%S},{shift}"


if __name__ == "__main__":
    target = pathlib.Path(__file__).with_suffix(".csv")
    target.write_text("\n".join(lines()) + "\n")
