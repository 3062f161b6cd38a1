#!/usr/bin/env python3
"""Fills a new stack with the demo company through the public API, plays the main job step by step, and
prints where everything is. A stack that already has the company is left unchanged. The business clock
starts thirteen weeks ago and advances to the present (walk.py).

    play.py --dir build/run [--no-demo]"""

import argparse
import concurrent.futures
import datetime
import http.client
import io
import json
import pathlib
import sys
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import hints  # noqa: E402
import keys  # noqa: E402
from demo import MENTEES_FROM, MENTORS_TO, SKILLS, Company  # noqa: E402
from walk import WEEKS, say, walk  # noqa: E402

TITLE = "Reverse mentoring at Halden"
SECOND_TITLE = "Innovation at Halden"
SECOND_LEADERS, SECOND_JUNIORS = 6, 24
DAYS = 180  # of the programme
WAIT_SECONDS = 600  # for what takes seconds on a quiet machine
AT_ONCE = 6  # people who act at the same time


class Refused(RuntimeError):
    """A response that the play did not expect."""


class Api:
    """The public API through the gateway, with one kept-alive connection per thread."""

    def __init__(self, facts):
        self.facts = facts
        self.kept = threading.local()
        self.tokens = {}
        self.requests = 0

    def connection(self):
        """This thread's connection."""
        if not hasattr(self.kept, "connection"):
            self.kept.connection = http.client.HTTPConnection("127.0.0.1", self.facts["port"],
                                                              timeout=WAIT_SECONDS)
        return self.kept.connection

    def token(self, role, user=None):
        """The token for a role and a person, signed once."""
        if (role, user) not in self.tokens:
            self.tokens[role, user] = keys.token(self.facts["keys"], self.facts["token_tool"],
                                                 role, user)
        return self.tokens[role, user]

    def ask(self, who, method, path, body=None, expect=(200, 201, 202), kind="application/json"):
        """The response as JSON (or text if it is not JSON); raises Refused if the status is unexpected.
        `who` is (role, user name)."""
        return self.exchange(who, method, path, body, expect, kind, {})[0]

    def exchange(self, who, method, path, body, expect, kind, headers):
        """The response and its ETag."""
        headers = dict(headers)
        if who:
            headers["Authorization"] = f"Bearer {self.token(*who)}"
        if body is not None:
            headers["Content-Type"] = kind
            body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        if method == "POST":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            self.requests += 1
            connection = self.connection()
            connection.request(method, path, body, headers)
            reply = connection.getresponse()
            text = reply.read().decode()
            if reply.status != 503 or time.monotonic() > deadline:
                break
            time.sleep(int(reply.headers.get("Retry-After", 1)))  # a busy machine: the same request again
        if reply.status not in expect:
            raise Refused(f"{method} {path} as {who}: {reply.status} {text}")
        json_text = "json" in reply.headers.get("Content-Type", "")
        return (json.loads(text) if json_text else text), reply.headers.get("ETag")

    def change(self, who, path, noun):
        """Changes the state of an existing object, with the ETag that this caller reads."""
        etag = self.exchange(who, "GET", path, None, (200,), "", {})[1]
        return self.exchange(who, "POST", f"{path}/{noun}", None, (200,), "",
                             {"If-Match": etag})[0]

    def clock(self, days):
        """Moves the business time of all services."""
        admin = http.client.HTTPConnection(
            "127.0.0.1", self.facts["services"]["profiles"]["admin_port"], timeout=WAIT_SECONDS)
        admin.request("PUT", "/clock", json.dumps({"offset_seconds": days * 86400}),
                      {"Content-Type": "application/json"})
        reply = admin.getresponse()
        if reply.status >= 300:
            raise Refused(f"PUT /clock: {reply.status} {reply.read().decode()}")
        admin.close()

    @staticmethod
    def wait(condition, what):
        """Waits until the condition holds; raises Refused if that takes too long."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise Refused(f"waited more than {WAIT_SECONDS} s for {what}")
            time.sleep(0.05)

    def follow(self, who, path, working, what):
        """Polls a job until it leaves the working states, and shows its progress."""
        deadline, shown = time.monotonic() + WAIT_SECONDS, None
        while time.monotonic() < deadline:
            job = self.ask(who, "GET", path)
            progress = job["progress"]
            state = f"  {what}: {job['status']}, {progress['done']} of {progress['total'] or '?'}"
            if state != shown:
                say(state)
                shown = state
            if job["status"] not in working:
                return job
            time.sleep(0.05)
        raise Refused(f"{path} took more than {WAIT_SECONDS} s")


def is_played(api, company):
    """Whether the company and its programme exist already."""
    who = ("programme_admin", company.person_for("programme_admin"))
    page = api.ask(who, "GET", "/api/v1/programmes", expect=(200, 403))
    return any(programme["title"] == TITLE for programme in page.get("items", []))


def add_skills(api, company):
    """Creates the skill taxonomy; returns its ids by name."""
    admin = ("admin", company.person_for("admin"))
    say(f"Admin: adds {len(SKILLS)} skills to the taxonomy")
    return {name: api.ask(admin, "POST", "/api/v1/skills", {"name": name})["id"]
            for name in SKILLS}


def side_by_side(work, people):
    """Runs work(person) for everybody, several at a time; the results are in the order of the people."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(work, people))


def describe_oneself(api, person, skills):
    """Records what a participant states about themselves."""
    me, base = ("participant", person["user_name"]), "/api/v1/people/me"
    api.ask(me, "PUT", f"{base}/skills", {"skills": [
        {"skill_id": skills[name], "current": current, "target": target, "offered": offered}
        for name, current, target, offered in person["skills"]]})
    api.ask(me, "PUT", f"{base}/interests", {"interests": person["interests"]})
    api.ask(me, "PUT", f"{base}/languages", {"languages": person["languages"]})
    api.ask(me, "PUT", f"{base}/weekly-hours", {"windows": [
        {"weekday": day, "starts": starts, "ends": ends} for day, starts, ends in person["hours"]]})


class Play:
    """The main job, from the programme to the report."""

    def __init__(self, api, company, weeks=WEEKS, days=DAYS):
        """The programme begins so many weeks ago and takes so many days."""
        self.api, self.company, self.weeks, self.days = api, company, weeks, days
        self.coordinator = ("programme_admin", company.person_for("programme_admin"))
        self.programme = None
        self.users = {}  # person id -> user name, of those who take part
        self.today = datetime.date.today()

    side_by_side = staticmethod(side_by_side)

    def import_file(self, text, mode):
        """Imports an employee file, as the HR system sends it."""
        hris = ("hris", None)
        job = self.api.ask(hris, "POST", f"/api/v1/imports?mode={mode}", text, kind="text/csv")
        job = self.api.follow(hris, f"/api/v1/imports/{job['id']}",
                              ("queued", "checking", "applying"), "import")
        if job["status"] != "done":
            rows = self.api.ask(hris, "GET", f"/api/v1/imports/{job['id']}/rows")
            raise Refused(f"the import ended {job['status']}: {job['problem']} {rows['items'][:3]}")

    def import_people(self):
        """Imports the whole company."""
        file = io.StringIO()
        self.company.write_csv(file)
        say(f"HR system: imports {len(self.company.people)} people (POST /api/v1/imports)")
        self.import_file(file.getvalue(), "full")

    def recruit(self, skills):
        """Opens a programme and invites leaders and juniors, each with a text; those who want to, accept."""
        start = self.today - datetime.timedelta(weeks=self.weeks)
        say(f"Programme admin {self.coordinator[1]}: creates “{TITLE}” and opens it")
        made = self.api.ask(self.coordinator, "POST", "/api/v1/programmes", {
            "title": TITLE, "purpose": "digital_skills", "starts_on": start.isoformat(),
            "ends_on": (start + datetime.timedelta(days=self.days)).isoformat(), "pick_days": 30,
            "focus_skills": [skills[name] for name in SKILLS[:3]]})
        self.programme = made["id"]
        path = f"/api/v1/programmes/{made['id']}"
        self.api.ask(self.coordinator, "POST", f"{path}/recruitment")
        for role, levels, message in (
                ("mentee", {"level_min": MENTEES_FROM}, "Learn from those who grew up with it."),
                ("mentor", {"level_max": MENTORS_TO}, "Teach a leader what you know; be heard.")):
            sent = self.api.ask(self.coordinator, "POST", f"{path}/invitations",
                                {"role": role, "message": message, **levels})
            say(f"  invites {sent['invited']} people as {role}s: “{message}”")
        leaders, juniors = self.company.mentees(), self.company.mentors()

        def accept(person):
            me = ("participant", person["user_name"])
            describe_oneself(self.api, person, skills)
            mine = self.api.ask(me, "GET", f"/api/v1/enrolments?programme_id={made['id']}")["items"]
            enrolment = self.api.ask(me, "POST", f"/api/v1/enrolments/{mine[0]['id']}/acceptance", {})
            self.users[enrolment["person"]["id"]] = person["user_name"]
        side_by_side(accept, [*leaders, *juniors])
        say(f"{len(leaders)} leaders and {len(juniors)} juniors enter their skills and accept")

    def match(self):
        """Runs and publishes one round."""
        say("Programme admin: starts a matching round (POST /api/v1/rounds)")
        job = self.api.ask(self.coordinator, "POST", "/api/v1/rounds",
                           {"programme_id": self.programme})
        path = f"/api/v1/rounds/{job['id']}"
        job = self.api.follow(self.coordinator, path, ("queued", "running"), "round")
        if job["status"] != "ready":
            raise Refused(f"the round ended {job['status']}: {job['failure']}")
        totals = job["totals"]
        say(f"  {totals['shortlists']} shortlists, {totals['complete']} of them with three mentors;"
            " published")
        self.api.ask(self.coordinator, "POST", f"{path}/publication")

    def pair(self, leader, aloud, answered=True):
        """A leader picks one of three and the junior accepts, unless the pick is to stay unanswered; returns
        the pair, or None if nobody could be proposed."""
        me = ("participant", leader["user_name"])
        page = self.api.ask(me, "GET", "/api/v1/shortlists?status=open")
        if not page["items"] or not page["items"][0]["mentors"]:
            return None
        shortlist = page["items"][0]
        if aloud:
            say(f"{leader['given_name']} {leader['family_name']}, {leader['title']}, is offered:")
            for entry in shortlist["mentors"]:
                card, shared = entry["mentor"], entry["shared"]
                say(f"  {card['display_name']}, {card['title']}, {card['department']}, "
                    f"{card['location']}: {', '.join(shared['skills']) or 'new ground'}")
        picked = shortlist["mentors"][0]["mentor"]
        junior = ("participant", self.users[picked["id"]])
        path = f"/api/v1/shortlists/{shortlist['id']}"
        if aloud:
            self.api.ask(junior, "GET", path, expect=(404,))
            say(f"  ({picked['display_name']} tries to read that shortlist: 404, it is not theirs)")
        pair = self.api.ask(me, "POST", f"{path}/pick", {"mentor_id": picked["id"]},
                            expect=(201, 409))
        if "replacement_shortlist" in pair:
            return self.pair(leader, aloud, answered)
        if "status" not in pair or pair["status"] != "proposed":
            raise Refused(f"the pick was answered by {pair}")
        if answered:
            self.api.ask(junior, "POST", f"/api/v1/pairs/{pair['id']}/acceptance")
        if aloud:
            say(f"  picks {picked['display_name']}, who accepts: the pair is active")
        return {"id": pair["id"], "mentee": me, "mentor": junior, "zone": leader["time_zone"]}

    def begin_another(self, company, folder):
        """A second programme that has just begun, so that whoever signs in to the portal finds something to do."""
        say(f"Programme admin: begins “{SECOND_TITLE}” today, with {SECOND_LEADERS} leaders and {SECOND_JUNIORS} juniors")
        made = self.api.ask(self.coordinator, "POST", "/api/v1/programmes", {
            "title": SECOND_TITLE, "purpose": "innovation", "starts_on": self.today.isoformat(),
            "ends_on": (self.today + datetime.timedelta(days=180)).isoformat(), "pick_days": 14})
        self.programme = made["id"]
        self.api.ask(self.coordinator, "POST", f"/api/v1/programmes/{made['id']}/recruitment")
        leaders = company.mentees()[-SECOND_LEADERS:]
        rows = [{"user_name": one["user_name"], "role": role} for role, people in (
            ("mentee", leaders), ("mentor", company.mentors()[-SECOND_JUNIORS:])) for one in people]
        self.api.ask(self.coordinator, "POST", "/api/v1/enrolments/batches", {
            "programme_id": made["id"], "note": "Named by their directors.", "items": rows})
        self.match()
        active, proposed = self.pair(leaders[0], aloud=False), self.pair(leaders[1], aloud=False, answered=False)
        played = hints.played(folder)
        waiting = [{"title": "Has a mentor to choose", "people": [one["user_name"] for one in leaders[2:5]]}]
        if proposed:
            waiting.append({"title": "Has been chosen, is to answer", "people": [proposed["mentor"][1]]})
        if active:
            waiting.append({"title": "Is to find a first half hour", "people": [active["mentee"][1], active["mentor"][1]]})
        (folder / "demo.json").write_text(json.dumps({**played, "cast": waiting}), encoding="utf-8")

    def report(self):
        """Shows the results."""
        report = self.api.ask(self.coordinator, "GET",
                              f"/api/v1/reports/programmes/{self.programme}/participation")
        totals = report["totals"]
        say("Participation report, every figure rounded down to a multiple of five: " + ", ".join(
            f"{totals[name] if totals[name] is not None else 'too few'} {name.replace('_', ' ')}"
            for name in ("mentors", "mentees", "pairs", "sessions_held")))
        say(f"  {len(report['departments'])} departments; those with fewer than {report['minimum_cell']}"
            " mentors and mentees are left out")
        rows = self.api.ask(self.coordinator, "GET", f"/api/v1/dashboards/programmes/"
                            f"{self.programme}/work-list?limit=200")["items"]
        kinds = sorted({row["kind"] for row in rows})
        say(f"Work list: {len(rows)} rows need attention ({', '.join(kinds) or 'nothing to do'})")


def play(api, company, folder):
    """Plays everything, in order."""
    began = time.monotonic()
    api.clock(-7 * WEEKS)
    say(f"The business clock of all services is set back {WEEKS} weeks")
    job = Play(api, company)
    job.import_people()
    job.recruit(add_skills(api, company))
    job.match()
    leaders = company.mentees()
    first = job.pair(leaders[0], aloud=True)
    if not first:
        raise Refused("the chief executive was offered nobody")
    rest = side_by_side(lambda leader: job.pair(leader, aloud=False), leaders[1:])
    pairs = [first, *filter(None, rest)]
    # The people used by `make token ROLE=mentee` and `ROLE=mentor`.
    (folder / "demo.json").write_text(json.dumps(
        {"programme": job.programme, "pair": first["id"],
         **{side: first[side][1] for side in ("mentee", "mentor")}}), encoding="utf-8")
    say(f"{len(pairs)} of {len(leaders)} leaders now have a mentor")
    walk(job, pairs, company)
    job.report()
    job.begin_another(company, folder)
    say(f"{api.requests} requests in {time.monotonic() - began:.1f} s")


def main():
    """Plays, unless disabled or already done; then prints the hints."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=pathlib.Path, required=True)
    parser.add_argument("--no-demo", dest="demo", action="store_false")
    options = parser.parse_args()
    facts = json.loads((options.dir / "stack.json").read_text(encoding="utf-8"))
    api, company, status = Api(facts), Company(), 0
    try:
        if options.demo and is_played(api, company):
            say("The demo company already exists.")
        elif options.demo:
            play(api, company, options.dir)
    except (Refused, OSError, http.client.HTTPException, LookupError) as error:
        say(f"The play failed: {type(error).__name__}: {error}")
        status = 1
        try:
            api.clock(0)
        except (Refused, OSError):
            pass
    hints.show(facts, options.dir, company if options.demo else None)
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
