"""Deadlines by another's reckoning: the holidays of the package chinesecalendar, and a clock that walks minute by minute.

Prints JSON lines for tests/oracle/main.rs: first every day of 2004 to 2026 with whether it is worked, then drawn cases of a
start, a number of working minutes and the instant at which they have passed, all in China's local time. The draw is the same
each time; another seed can be given as the first argument.
"""

import datetime
import json
import random
import sys

import chinese_calendar

FIRST, LAST = datetime.date(2004, 1, 1), datetime.date(2026, 12, 31)
SPANS = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
DAY = sum(end - start for start, end in SPANS)
CASES = 1500

worked = {}
day = FIRST
while day <= LAST:
    worked[day] = chinese_calendar.is_workday(day)
    print(json.dumps({"day": day.isoformat(), "is_worked": worked[day]}))
    day += datetime.timedelta(days=1)


def is_working(instant):
    minute = instant.hour * 60 + instant.minute
    return worked[instant.date()] and any(start <= minute < end for start, end in SPANS)


def due(start, minutes):
    """The end of the last working minute."""
    instant, left = start, minutes
    while left > 0:
        left -= is_working(instant)
        instant += datetime.timedelta(minutes=1)
    return instant


seed = int(sys.argv[1]) if len(sys.argv) > 1 else 20261124
print(f"seed {seed}", file=sys.stderr)
draw = random.Random(seed)
last_start = datetime.datetime(2026, 10, 31, 23, 59)
span = int((last_start - datetime.datetime(2004, 1, 1)).total_seconds()) // 60
for _ in range(CASES):
    start = datetime.datetime(2004, 1, 1) + datetime.timedelta(minutes=draw.randrange(span))
    minutes = draw.choice((30, 120, DAY, 2 * DAY, 5 * DAY, 15 * DAY, draw.randrange(1, 3 * DAY)))
    print(json.dumps({"start": start.isoformat(), "minutes": minutes, "due": due(start, minutes).isoformat()}))
