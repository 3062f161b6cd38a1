#!/usr/bin/env python3
"""Reads an iCalendar file as python3-icalendar does, and prints a line for each event:
`icalendar uid start end status sequence summary`, times in Unix seconds.

    calendar_reader.py FILE"""

import pathlib
import sys

from icalendar import Calendar

calendar = Calendar.from_ical(pathlib.Path(sys.argv[1]).read_bytes())
for event in calendar.walk("VEVENT"):
    print("icalendar", event["UID"], int(event["DTSTART"].dt.timestamp()),
          int(event["DTEND"].dt.timestamp()), event["STATUS"], event["SEQUENCE"], event["SUMMARY"])
