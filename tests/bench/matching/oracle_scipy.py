#!/usr/bin/env python3
"""scipy's linear_sum_assignment on a score matrix of upward-match: as many pairs as possible, then
the highest total. Prints a JSON object for each matrix; the time is that of the solving alone.

    oracle_scipy.py SCORES.i16 MENTEES MENTORS [SCORES.i16 MENTEES MENTORS ...]"""

import json
import resource
import sys
import time

import numpy
from scipy.optimize import linear_sum_assignment

FORBIDDEN = -32768


def solve(path, mentees, mentors):
    """Reads one matrix, solves, prints."""
    scores = numpy.fromfile(path, dtype="<i2").reshape(mentees, mentors)
    a_pair = 32768.0 * (min(mentees, mentors) + 1)  # worth more than any sum of scores
    cost = scores.astype(numpy.float64)
    cost += a_pair
    cost[scores == FORBIDDEN] = 0
    began, cpu = time.perf_counter(), time.process_time()
    rows, columns = linear_sum_assignment(cost, maximize=True)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    chosen = scores[rows, columns]
    chosen = chosen[chosen != FORBIDDEN].astype(numpy.int64)
    print(json.dumps({"pairs": len(chosen), "total": int(chosen.sum()), "seconds": seconds,
                      "cpu_seconds": cpu,
                      "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def main():
    """One matrix after the other."""
    for at in range(1, len(sys.argv), 3):
        solve(sys.argv[at], int(sys.argv[at + 1]), int(sys.argv[at + 2]))


if __name__ == "__main__":
    main()
