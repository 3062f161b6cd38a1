"""Plays thirteen weeks of a programme by moving the business clock: the pairs get to know each other,
sign, book, meet, log what they learn and give feedback; one mentor leaves the company. Everything goes
through the public API, each step with the token of the person who takes it."""

import csv
import datetime
import io

WEEKS = 13
REGULAR = 12  # pairs that sign and meet
LEAVES_IN = 7  # the week of a mentor's last day
GET_TO_KNOW, REGULAR_MEETING = 30, 45  # minutes


def say(text):
    """Prints one line of the story."""
    print(text, flush=True)


class Walk:
    """The weeks of the pairs; `pairs` are dicts with id, mentee, mentor (callers) and zone."""

    def __init__(self, play, pairs):
        self.play, self.api, self.pairs = play, play.api, pairs[:REGULAR]
        self.goals = {}  # pair id -> goal
        self.week = 0

    def go_to(self, week):
        """Sets the business clock of all services to so many weeks after the start."""
        self.week = week
        self.api.clock(7 * (week - WEEKS))

    def day(self, weeks, days=0):
        """The date so many weeks after the start."""
        return self.play.today + datetime.timedelta(days=7 * (weeks - WEEKS) + days)

    def first_then_others(self, act):
        """Every pair acts; the one that the story follows before the others, who could take its hours."""
        return [act(self.pairs[0]), *self.play.side_by_side(act, self.pairs[1:])]

    # ---- before the first regular meeting ----------------------------------------------------------
    def get_to_know(self):
        """Half an hour per pair, at the first time that suits both."""
        def book(pair):
            slots = self.api.ask(pair["mentee"], "GET", f"/api/v1/slots?pair_id={pair['id']}&minutes="
                                 f"{GET_TO_KNOW}&days=7&count=12")["slots"]
            for slot in slots:
                made = self.api.ask(pair["mentee"], "POST", "/api/v1/sessions", {
                    "pair_id": pair["id"], "starts_at": slot["local"][:16], "time_zone": pair["zone"],
                    "duration_minutes": GET_TO_KNOW, "mode": "video",
                    "kind": "get_to_know"}, expect=(201, 409))
                if "starts_at" in made:
                    return made
            return None
        made = self.first_then_others(book)
        first = made[0]
        say(f"Common slots: {sum(one is not None for one in made)} of {len(made)} pairs find half an "
            f"hour this week; the first on {first['starts_at']} ({first['time_zone']})")
        return made

    def sign(self):
        """Agreements: weekly for three months, 45 minutes, by video; both sign, which creates the plan."""
        def one(pair):
            made = self.api.ask(pair["mentor"], "POST", "/api/v1/agreements", {
                "pair_id": pair["id"], "cadence": "weekly_3_months",
                "duration_minutes": REGULAR_MEETING, "channels": ["video"],
                "expectations": "We both prepare, and what is said stays between us.",
                "time_zone": pair["zone"], "starts_on": self.day(1, 1).isoformat()})
            for side in ("mentor", "mentee"):
                made = self.api.change(pair[side], f"/api/v1/agreements/{made['id']}", "signature")
            return made
        signed = self.play.side_by_side(one, self.pairs)
        say(f"Agreements: weekly for three months, 45 minutes, video; signed by both in {len(signed)} "
            f"pairs; {signed[0]['expected_sessions']} meetings expected of each")

    def book_series(self):
        """Books the whole plan at once, at a time that suits both."""
        def one(pair):
            slots = self.api.ask(pair["mentee"], "GET", f"/api/v1/slots?pair_id={pair['id']}&minutes="
                                 f"{REGULAR_MEETING}&days=7&count=5")["slots"]
            at = slots[0]["local"] if slots else f"{self.day(1, 1).isoformat()}T09:00"
            return self.api.ask(pair["mentee"], "POST", "/api/v1/sessions/series", {
                "pair_id": pair["id"], "local_time": at[11:16],
                "weekday": datetime.date.fromisoformat(at[:10]).isoweekday()})
        plans = self.first_then_others(one)
        say(f"Series: {sum(plan['booked'] for plan in plans)} of "
            f"{sum(plan['expected'] for plan in plans)} meetings are in both calendars at once")

    def subscribe(self):
        """Reads a calendar feed as any calendar program does."""
        feed = self.api.ask(self.pairs[0]["mentor"], "POST", "/api/v1/calendar-feeds",
                            {"kind": "full"})
        calendar = self.api.ask(None, "GET", "/" + feed["url"].split("/", 3)[3])
        say(f"The junior subscribes to a calendar feed: {calendar.count('BEGIN:VEVENT')} events in it")

    def set_goals(self):
        """One SMART goal per pair, proposed by the junior; a vague one is refused first."""
        first = self.pairs[0]
        vague = self.api.ask(first["mentor"], "POST", "/api/v1/goals", {
            "pair_id": first["id"], "specific": "Get better",
            "measure": {"unit": "posts", "baseline": 4, "target": 4},
            "due_on": self.day(WEEKS + 2).isoformat()}, expect=(422,))
        say(f"A goal “Get better” is refused: {', '.join(e['code'] for e in vague['errors'])}")

        def one(pair):
            goal = self.api.ask(pair["mentor"], "POST", "/api/v1/goals", {
                "pair_id": pair["id"],
                "specific": "Writes and publishes posts on the company network without any help",
                "measure": {"unit": "posts a month", "baseline": 0, "target": 4},
                "due_on": self.day(WEEKS + 2).isoformat()})
            self.goals[pair["id"]] = self.api.ask(pair["mentee"], "POST",
                                                  f"/api/v1/goals/{goal['id']}/agreement")
        self.play.side_by_side(one, self.pairs)
        say(f"Goals: proposed by the juniors, agreed by the leaders, in {len(self.goals)} pairs")

    # ---- the weeks -----------------------------------------------------------------------------------
    def catch_up(self):
        """Reports all past meetings; one in nine was missed; the goal makes progress."""
        def one(pair):
            page = self.api.ask(pair["mentor"], "GET", f"/api/v1/sessions?pair_id={pair['id']}"
                                "&status=confirmed,unreported&limit=100")
            held, last = 0, None
            for number, session in enumerate(page["items"]):
                missed = (number + self.week + self.pairs.index(pair)) % 9 == 0
                if session["ends_at"] > self.now():
                    continue
                self.api.ask(pair["mentor" if number % 2 else "mentee"], "POST",
                             f"/api/v1/sessions/{session['id']}/report",
                             {"outcome": "missed" if missed else "held"}, expect=(200, 409))
                held, last = held + (not missed), session if not missed else last
            if pair["id"] in self.goals and last:
                goal = self.goals[pair["id"]]["id"]
                self.api.ask(pair["mentee"], "POST", f"/api/v1/goals/{goal}/progress",
                             {"value": min(5, self.week // 3), "session_id": last["id"]},
                             expect=(201, 409))
            return held
        held = sum(self.play.side_by_side(one, self.pairs))
        say(f"Week {self.week}: {held} sessions are reported as held"
            + (", and progress on the goals is logged" if self.goals else ""))

    def now(self):
        """The business clock in the format of the API's instants."""
        now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(
            weeks=WEEKS - self.week)
        return now.strftime("%Y-%m-%dT%H:%M:%SZ")

    def a_mentor_leaves(self, company):
        """The HR system reports it tonight; the rest follows automatically."""
        pair = self.pairs.pop()
        user = pair["mentor"][1]
        row = {**next(p for p in company.people if p["user_name"] == user), "active": "false"}
        names = ["external_id", "user_name", "given_name", "level", "active"]
        file = io.StringIO()
        writer = csv.DictWriter(file, names, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerow(row)
        say(f"HR system: {row['given_name']} {row['family_name']}, a mentor, has left (a file of one row)")
        self.play.import_file(file.getvalue(), "delta")
        self.api.wait(lambda: self.api.ask(
            pair["mentee"], "GET", f"/api/v1/pairs/{pair['id']}")["status"] == "suspended",
            "the pair to be suspended")

        def ahead():
            return self.api.ask(pair["mentee"], "GET", f"/api/v1/sessions?pair_id={pair['id']}"
                                "&status=confirmed,proposed")["items"]

        def fresh():
            return self.api.ask(pair["mentee"], "GET", "/api/v1/shortlists?status=open")["items"]
        self.api.wait(lambda: not [s for s in ahead() if s["starts_at"] > self.now()],
                      "the meetings to be cancelled")
        self.api.wait(fresh, "a replacement shortlist")
        names = [entry["mentor"]["display_name"] for entry in fresh()[0]["mentors"]]
        say("  the pair is suspended, its sessions are cancelled, and the leader gets a replacement shortlist:"
            f" {', '.join(names)}")

    def look_back(self):
        """Both sides give feedback; a goal is met."""
        def one(pair):
            for side, rating in (("mentor", 5), ("mentee", 4)):
                self.api.ask(pair[side], "POST", "/api/v1/feedback", {
                    "pair_id": pair["id"], "visibility": "programme", "rating": rating})
            self.api.ask(pair["mentor"], "POST", "/api/v1/feedback", {
                "pair_id": pair["id"], "visibility": "partner", "rating": 5,
                "comment": "You asked, and then you listened."})
        self.play.side_by_side(one, self.pairs)
        goal = self.goals[self.pairs[0]["id"]]
        done = self.api.ask(self.pairs[0]["mentee"], "POST", f"/api/v1/goals/{goal['id']}/completion",
                            {"achieved": 5})
        say(f"Both sides give feedback; the first leader's goal is {done['status']}: "
            f"{done['achieved']} of {done['measure']['target']} {done['measure']['unit']}")


def walk(play, pairs, company):
    """Plays the thirteen weeks, in order."""
    steps = Walk(play, pairs)
    steps.go_to(0)
    steps.get_to_know()
    steps.go_to(1)
    steps.catch_up()
    steps.sign()
    steps.book_series()
    steps.subscribe()
    steps.set_goals()
    for week in (4, 7, 10):
        steps.go_to(week)
        steps.catch_up()
        if week == LEAVES_IN:
            steps.a_mentor_leaves(company)
    steps.go_to(WEEKS)
    steps.catch_up()
    steps.look_back()
