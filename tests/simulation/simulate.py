#!/usr/bin/env python3
"""Plays a company and its programme for two years through the public API, as fast as it answers: people join,
move and leave, pairs thrive or die, and attitudes change, all by effects of known size (fate.py). Then it
sets what the product says of this beside what was played, and says how early its flags told of the pairs
that died (judge.py). The log goes to DIR/outcome.json.

    simulate.py [--weeks 104] [--people 600] [--seed 1] [--dir build/simulation] [--keep]"""

import argparse
import collections
import csv
import datetime
import io
import json
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "deploy/local"), str(pathlib.Path(__file__).resolve().parent)]
import judge  # noqa: E402
from demo import COLUMNS, Company  # noqa: E402
from fate import Fate  # noqa: E402
from play import Api, Play, Refused, add_skills, say  # noqa: E402

ROUND_EACH = 8  # weeks
FILE_EACH = 4  # weeks between two files of the HR system
ATTITUDE_WEEKS = 4  # the first and the last weeks of a programme, in which attitudes are asked for
MINUTES = 45


def age(since, now):
    """The days between two instants of the API."""
    begin, end = (datetime.datetime.fromisoformat(at.replace("Z", "+00:00")) for at in (since, now))
    return (end - begin).days


class Simulation:
    """One programme, week by week."""

    def __init__(self, api, company, fate, weeks):
        self.api, self.company, self.fate, self.weeks = api, company, fate, weeks
        self.play = Play(api, company, weeks, 7 * weeks)
        self.pairs, self.week, self.defaults = [], 0, {}
        self.here = {person["external_id"]: person for person in company.people}
        self.kept = {company.person_for(role) for role in ("programme_admin", "admin", "auditor")}
        self.answers = collections.defaultdict(dict)  # (side, person) -> "before", "after" -> answers
        self.seconds = collections.Counter()

    # ---- time -------------------------------------------------------------------------------------
    def go_to(self, week):
        """Moves the business clock."""
        self.week = week
        self.api.clock(7 * (week - self.weeks))

    def day(self, days=0):
        """A date so many days from now in business time."""
        return self.play.today + datetime.timedelta(days=7 * (self.week - self.weeks) + days)

    def now(self):
        """The business clock in the format of the API's instants."""
        real = datetime.datetime.now(datetime.timezone.utc)
        return (real - datetime.timedelta(weeks=self.weeks - self.week)).strftime("%Y-%m-%dT%H:%M:%SZ")

    # ---- the HR system ----------------------------------------------------------------------------
    def paired(self):
        """The user names of those who are or were in a pair."""
        return {pair[side][1] for pair in self.pairs for side in ("mentee", "mentor")}

    def hr_file(self):
        """What has changed since the last file: one delta import."""
        paired, rows = self.paired(), {}
        since = range(self.week - FILE_EACH + 1, self.week + 1)
        for person in [p for p in self.here.values() if p["user_name"] not in self.kept]:
            user = person["user_name"]
            if any(self.fate.leaves(user, week, user in paired) for week in since):
                rows.update(self.leave(person))
            elif person["level"] < 6 and any(self.fate.moves(user, week) for week in since):
                rows.update(self.move(person))
        for _ in range(sum(self.fate.joiners(len(self.here), week) for week in since)):
            rows.update(self.join())
        if rows:
            file = io.StringIO()
            writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows.values())
            self.play.import_file(file.getvalue(), "delta")

    def leave(self, person):
        """A leaver's people report to the manager above."""
        if not person["manager_external_id"]:
            return {}
        del self.here[person["external_id"]]
        rows = {person["external_id"]: {**person, "active": "false"}}
        for other in self.here.values():
            if other["manager_external_id"] == person["external_id"]:
                other["manager_external_id"] = person["manager_external_id"]
                rows[other["external_id"]] = other
        for pair in self.pairs:
            if pair["ended"] is None and person["user_name"] in (pair["mentee"][1], pair["mentor"][1]):
                pair["ended"], pair["cause"] = self.week, "left"
        return rows

    def move(self, person):
        """To a manager of the same level in another department."""
        level = self.here[person["manager_external_id"]]["level"] if person["manager_external_id"] else 9
        others = [p for p in self.here.values() if p["level"] == level
                  and p["department"] not in (person["department"], "Executive")]
        if not others or any(p["manager_external_id"] == person["external_id"] for p in self.here.values()):
            return {}
        manager = self.fate.draw("to", person["user_name"], self.week).choice(others)
        person.update(department=manager["department"], manager_external_id=manager["external_id"])
        return {person["external_id"]: person}

    def join(self):
        """A junior in the place of nobody, with somebody's manager."""
        number = len(self.company.people)
        rng = self.fate.draw("join", number)
        like = rng.choice([p for p in self.here.values() if p["level"] <= 3])
        person = {**like, "external_id": f"HAL-{number + 1001}", "user_name": f"joiner.{number}",
                  "email": f"joiner.{number}@halden.example", "hired_on": self.day().isoformat(), "active": "true"}
        self.company.people.append(person)
        self.here[person["external_id"]] = person
        return {person["external_id"]: person}

    # ---- pairs ------------------------------------------------------------------------------------
    def match(self):
        """A round for everybody who waits; leaders pick, juniors accept."""
        if self.week % ROUND_EACH == 0:
            self.play.match()
        busy = {pair["mentee"][1] for pair in self.pairs if pair["ended"] is None}
        here = {person["user_name"] for person in self.here.values()}
        waiting = [p for p in self.company.mentees() if p["user_name"] in here - busy]
        for made in filter(None, self.play.side_by_side(lambda p: self.play.pair(p, aloud=False), waiting)):
            number = len(self.pairs)
            fades, parts = self.fate.course(number, self.week)
            self.pairs.append({**made, "number": number, "begins": self.week, "fades": fades, "parts": parts,
                               "parted": None, "ended": None, "cause": None, "flags": {}, "silent": set(),
                               "held": 0, "missed": 0, "goal": None, "monthly": self.fate.monthly(number)})
            self.sign(self.pairs[-1])
            self.agree_on_goal(self.pairs[-1])

    def sign(self, pair):
        """The agreement, and the whole plan in both calendars."""
        cadence = "monthly" if pair["monthly"] else "weekly_3_months"
        made = self.api.ask(pair["mentor"], "POST", "/api/v1/agreements", {
            "pair_id": pair["id"], "cadence": cadence, "duration_minutes": MINUTES, "channels": ["video"],
            "time_zone": pair["zone"], "starts_on": self.day(2).isoformat()})
        for side in ("mentor", "mentee"):
            self.api.change(pair[side], f"/api/v1/agreements/{made['id']}", "signature")
        for hour in (9, 11, 13, 15, 17):  # until each date has found a free one
            plan = self.api.ask(pair["mentee"], "POST", "/api/v1/sessions/series",
                                {"pair_id": pair["id"], "local_time": f"{hour:02}:00"})
            if plan["booked"] == plan["expected"]:
                break

    def agree_on_goal(self, pair):
        """Proposed by one, agreed to by the other."""
        if self.fate.has_goal(pair["number"]):
            last = min(self.day(120), self.day(7 * (self.weeks - self.week)))
            pair["goal"] = self.api.ask(pair["mentor"], "POST", "/api/v1/goals", {
                "pair_id": pair["id"], "specific": "Uses what the two have talked about every week",
                "measure": {"unit": "times", "baseline": 0, "target": 9}, "due_on": last.isoformat()})["links"]["self"]
            self.api.ask(pair["mentee"], "POST", f"{pair['goal']}/agreement")

    def sessions(self, pair, status):
        """A pair's sessions in these states."""
        return self.api.ask(pair["mentee"], "GET", f"/api/v1/sessions?pair_id={pair['id']}"
                            f"&status={status}&limit=100")["items"]

    def live(self, pair):
        """A week of a pair."""
        if pair["parts"] is not None and self.week >= pair["parts"]:
            return self.part(pair)
        fading = pair["fades"] is not None and self.week >= pair["fades"]
        left, now = 0, self.now()
        for session in self.sessions(pair, "proposed,confirmed,unreported"):
            what = (pair["number"], session["starts_at"])
            if session["ends_at"] <= now and session["status"] != "proposed":
                outcome = self.fate.outcome(*what, fading)
                if session["id"] in pair["silent"]:
                    outcome = "held" if self.fate.remembers(*what, self.week, fading) else None
                self.report(pair, session, outcome)
                if outcome == "held" and pair["goal"] and self.fate.notes(*what, fading):
                    self.api.ask(pair["mentor"], "POST", f"{pair['goal']}/progress", {"value": pair["held"]},
                                 expect=(201, 409))  # a pair may be on hold
            elif now < session["starts_at"] < self.day(7).isoformat() and self.fate.ahead(*what, fading):
                self.api.ask(pair["mentor"], "POST", f"/api/v1/sessions/{session['id']}/cancellation",
                             {"reason": "busy"}, expect=(200, 409))
            else:
                left += 1
        if not left and not fading and pair["parts"] is None and self.week > pair["begins"] + 3:
            self.rebook(pair)
        return None

    def report(self, pair, session, outcome):
        """Held or missed; None: nobody says."""
        if outcome:
            side = "mentor" if len(session["id"]) % 2 else "mentee"
            self.api.ask(pair[side], "POST", f"/api/v1/sessions/{session['id']}/report", {"outcome": outcome})
            pair[outcome] += 1
            pair["silent"].discard(session["id"])
        else:
            pair["silent"].add(session["id"])

    def rebook(self, pair):
        """Open dates are booked again; if there are none, what was silent is reported and the pair is done."""
        plan = self.api.ask(pair["mentee"], "POST", "/api/v1/sessions/series",
                            {"pair_id": pair["id"], "local_time": "12:00"}, expect=(200, 409, 422))
        if plan.get("booked"):
            return
        for session in self.sessions(pair, "unreported"):
            self.report(pair, session, "held")
        done = self.api.ask(pair["mentee"], "POST", f"/api/v1/pairs/{pair['id']}/completion", expect=(200, 409))
        if done["status"] == "completed":  # a pair that is on hold cannot be completed
            pair["ended"], pair["cause"] = self.week, "completed"

    def part(self, pair):
        """The two talk first, then part; a pair that was on hold for too long has ended by itself."""
        if self.api.ask(pair["mentee"], "GET", f"/api/v1/pairs/{pair['id']}")["status"] == "ended":
            pair["ended"], pair["cause"] = self.week, "suspended"
            return
        self.api.ask(pair["mentee"], "POST", f"/api/v1/pairs/{pair['id']}/reviews", {"outcome": "change_partner"})
        self.api.ask(pair["mentee"], "POST", f"/api/v1/pairs/{pair['id']}/dissolution")
        pair["ended"] = pair["parted"] = self.week
        pair["cause"] = "parted"

    def watch_closely(self):
        """Flags count from the least days on, so that the log tells what any threshold would have shown."""
        path = f"/api/v1/flags/thresholds/{self.play.programme}"
        read = self.api.ask(self.play.coordinator, "GET", path)
        self.defaults = {rule["rule"]: rule["default"] for rule in read["rules"]}
        self.api.ask(self.play.coordinator, "PUT", path, judge.LEAST)

    def read_flags(self):
        """What the coordinator is told this week."""
        path = f"/api/v1/flags?programme_id={self.play.programme}&limit=100"
        by_id, cursor = {pair["id"]: pair for pair in self.pairs}, ""
        while cursor is not None:
            page = self.api.ask(self.play.coordinator, "GET", path + cursor)
            for row in page["items"]:
                if row["current"]:
                    stood = by_id[row["pair"]["id"]]["flags"].setdefault(row["rule"], {})
                    stood[self.week] = {**row["numbers"], "age": age(row["since"], self.now())}
            cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"

    # ---- attitudes --------------------------------------------------------------------------------
    def ask_attitudes(self):
        """A survey for each side, before and after."""
        for side in ("mentor", "mentee"):
            self.api.ask(self.play.coordinator, "POST", "/api/v1/surveys", {
                "programme_id": self.play.programme, "kind": "attitude", "side": side,
                "title": f"How {side}s see their work", "shipped_set": f"attitudes-{side}",
                "opens_on": self.day().isoformat(), "closes_on": self.day(7 * self.weeks).isoformat()})

    def answer_attitudes(self, wave):
        """Everybody who is asked answers each question."""
        here = {person["user_name"] for person in self.here.values()}

        def one(user):
            me = ("participant", user)
            for due in self.api.ask(me, "GET", "/api/v1/surveys/due")["items"]:
                questions = self.api.ask(me, "GET", f"/api/v1/surveys/{due['survey']['id']}")["questions"]
                given = {question["key"]: self.fate.answer(user, question["key"], wave == "after",
                                                           question["reversed"]) for question in questions}
                path = due["links"]["response"]
                self.api.ask(me, "PUT", path, {"answers": [{"key": key, "value": value}
                                                           for key, value in given.items()]})
                self.api.ask(me, "POST", f"{path}/submission")
                self.answers[due["survey"]["id"], user][wave] = {
                    question["key"]: (question["construct"], 6 - given[question["key"]]
                                      if question["reversed"] else given[question["key"]])
                    for question in questions}
        self.play.side_by_side(one, [user for user in self.play.users.values() if user in here])

    # ---- all --------------------------------------------------------------------------------------
    def timed(self, name, step, *arguments):
        """Keeps the seconds that a kind of step takes."""
        began = time.monotonic()
        step(*arguments)
        self.seconds[name] += time.monotonic() - began

    def begin(self):
        """The company, the programme, and attitudes before."""
        self.go_to(0)
        self.play.import_people()
        self.play.recruit(add_skills(self.api, self.company))
        self.watch_closely()
        self.ask_attitudes()
        self.answer_attitudes("before")

    def live_week(self, week):
        """All that happens in a week."""
        self.go_to(week)
        if week % FILE_EACH == 0 and week:
            self.timed("HR files", self.hr_file)
        self.timed("pairs", self.play.side_by_side, self.live, [p for p in self.pairs if p["ended"] is None])
        if week < self.weeks - ATTITUDE_WEEKS:
            self.timed("matching", self.match)
        self.timed("flags", self.read_flags)
        if week == self.weeks - ATTITUDE_WEEKS + 1:
            self.timed("attitudes", self.answer_attitudes, "after")

    def reports(self):
        """What the product says of it."""
        base = f"/api/v1/reports/programmes/{self.play.programme}"

        def complete():
            """Whether the snapshot of this week has the answers of the last wave; otherwise that of the next may."""
            made = self.api.ask(self.play.coordinator, "POST", f"{base}/snapshots", expect=(202, 409))
            path = made.get("links", {}).get("self")
            if path:
                self.api.wait(lambda: self.api.ask(self.play.coordinator, "GET", path)["ready"], "the snapshot")
            done = all(one["people"] for one in self.api.ask(self.play.coordinator, "GET", f"{base}/attitudes")[
                "constructs"])
            if not done:
                self.go_to(self.week + 1)
            return done
        self.api.wait(complete, "the answers of the last wave")
        return {name: self.api.ask(self.play.coordinator, "GET", f"{base}/{name}")
                for name in ("participation", "adherence", "retention", "attitudes")}

    def truth(self):
        """What happened, in the terms of the reports."""
        both = [(survey, answers) for (survey, _), answers in self.answers.items() if len(answers) == 2]
        change = collections.defaultdict(list)
        for survey, answers in both:
            for wave, sign in (("before", -1), ("after", 1)):
                of = collections.defaultdict(list)
                for construct, point in answers[wave].values():
                    of[construct].append(25 * (point - 1))
                for construct, points in of.items():
                    change[construct].append(sign * sum(points) / len(points))
        return {"pairs": len(self.pairs), "held": sum(pair["held"] for pair in self.pairs),
                "missed": sum(pair["missed"] for pair in self.pairs),
                "people_before_and_after": len(both),
                "attitude_change": {name: 2 * sum(each) / len(each) for name, each in change.items()}}


def run(facts, options):
    """Plays it all; returns the outcome."""
    began = time.monotonic()
    api, fate = Api(facts), Fate(options.seed)
    simulation = Simulation(api, Company(options.people, options.seed), fate, options.weeks)
    simulation.begin()
    for week in range(options.weeks + 1):
        simulation.live_week(week)
        if week % 13 == 0:
            living = sum(pair["ended"] is None for pair in simulation.pairs)
            say(f"Week {week}: {len(simulation.here)} people, {living} of {len(simulation.pairs)} pairs meet")
    simulation.go_to(options.weeks + 1)  # the last wave is closed
    log = [{**pair, "silent": len(pair["silent"])} for pair in simulation.pairs]
    return {"weeks": options.weeks, "people": options.people, "seed": options.seed,
            "truth": simulation.truth(), "reports": simulation.reports(),
            "backtest": judge.backtest(log, options.weeks, simulation.defaults), "pairs": log,
            "requests": api.requests, "seconds": round(time.monotonic() - began, 1),
            "seconds_of": {name: round(value, 1) for name, value in simulation.seconds.items()}}


def show(outcome):
    """The figures as a table."""
    test, truth, reports = outcome["backtest"], outcome["truth"], outcome["reports"]
    say(f"\n{outcome['weeks']} weeks, {outcome['people']} people at first, seed {outcome['seed']}: "
        f"{outcome['requests']} requests in {outcome['seconds']} s {outcome['seconds_of']}")
    say(f"{test['pairs']} pairs, {test['died']} of them died; {truth['held']} meetings held, "
        f"{truth['missed']} missed")
    say("| thresholds | pairs that died, flagged three weeks before | false alarms a week for 100 pairs |\n|---|---|---|")
    for name, row in (("as they are", test["default"]), ("chosen", test["chosen"]),
                      *(("for other bounds", row) for row in test["others"]), *(("alone", row) for row in test["alone"])):
        if row:
            of = ", ".join(f"{rule} {threshold}" for rule, threshold in row["thresholds"].items())
            say(f"| {name}: {of} | {row['told_early']} of {test['died']} | {row['a_week_for_100'] or 0:.2f} |")
    say("Retention: " + reports["retention"]["sentence"])
    for one in reports["attitudes"]["constructs"]:
        say(f"Attitudes: {one['sentence']} (played: {truth['attitude_change'].get(one['construct'], 0):.1f})")


def main():
    """Reads the arguments, runs a stack of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--people", type=int, default=600, help="300 or more")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dir", type=pathlib.Path, default=ROOT / "build/simulation")
    parser.add_argument("--keep", action="store_true", help="leave the stack up")
    options = parser.parse_args()
    stack = [sys.executable, ROOT / "deploy/local/stack.py"]
    subprocess.run([*stack, "up", "--dir", options.dir, "--port", "0", "--bare", "--fresh"], check=True)
    try:
        outcome = run(json.loads((options.dir / "stack.json").read_text(encoding="utf-8")), options)
    except Refused as error:
        say(f"The simulation failed: {error}")
        return 1
    finally:
        if not options.keep:
            subprocess.run([*stack, "down", "--dir", options.dir], check=True)
    (options.dir / "outcome.json").write_text(json.dumps(outcome, indent=1), encoding="utf-8")
    show(outcome)
    return 0


if __name__ == "__main__":
    sys.exit(main())
