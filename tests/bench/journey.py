"""A round over HTTP (M7), common slots and a feed in a collection of 300,000 sessions (S1), the call
that every page of a portal makes (D1), and what a coordinator reads of such a programme (P1, R1). Pairs and sessions come by SQL, as if years had passed:
as the superuser with triggers off, since making them one by one is not what is measured."""

import json
import time

from load import finish_wrk, raw_request, start_wrk, wrk
from stand import BASE, ID

MENTEES, MENTORS, SKILLS = 500, 2000, 40
SESSIONS_EACH = 30  # of a pair, weekly
WAIT_SECONDS = 120

ENROL = """
SET session_replication_role = replica;
INSERT INTO matching.enrolment (id, programme_id, person_id, role, status, step)
SELECT gen_random_uuid(), '{programme}', ('{id}' || n)::uuid, '{role}', 'enrolled', 'creation' FROM generate_series({first}, {last}) n;
"""
# Leaders want four skills, juniors offer four, the popular ones more often.
LEARN = """
SET session_replication_role = replica;
INSERT INTO profiles.skill (id, name) SELECT gen_random_uuid(), 'bench skill ' || n FROM generate_series(1, {skills}) n;
CREATE TEMP TABLE numbered AS SELECT id, row_number() OVER (ORDER BY id) AS n FROM profiles.skill;
INSERT INTO profiles.person_skill (person_id, skill_id, current, target, offered)
SELECT ('{id}' || p)::uuid, s.id, CASE WHEN p >= {juniors} THEN 4 ELSE 1 END,
	CASE WHEN p >= {juniors} THEN 0 ELSE 4 END, p >= {juniors}
FROM (SELECT generate_series({leaders}, {leaders} + {mentees} - 1) p
	UNION ALL SELECT generate_series({juniors}, {juniors} + {mentors} - 1)) people,
	LATERAL (SELECT DISTINCT floor({skills} * power(random(), 2) + p * 0)::int + 1 AS n FROM generate_series(1, 4)) pick
	JOIN numbered s USING (n);
ANALYZE profiles.person_skill; ANALYZE matching.enrolment;
"""
PAIRS = """
SET session_replication_role = replica;
CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id, ('{id}' || {base} + n)::uuid AS mentee,
	('{id}' || {base} + {half} + n)::uuid AS mentor FROM generate_series(1, {pairs}) n;
INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, mentee_enrolment_id,
	status, step, accepted_at)
SELECT id, '{programme}', mentor, mentee, gen_random_uuid(), gen_random_uuid(), 'active', 'acceptance', common.now() FROM made;
CREATE TEMP TABLE met AS SELECT gen_random_uuid() AS id, m.id AS pair, m.mentee, m.mentor, at.starts
FROM made m, LATERAL (SELECT date_trunc('hour', common.now()) - interval '60 days' + k * interval '7 days'
	+ interval '1 hour' * (hashtext(m.id::text || k) & 7) AS starts FROM generate_series(1, {each}) k) at;
INSERT INTO scheduling.session (id, pair_id, status, starts_at, ends_at, time_zone)
SELECT id, pair, CASE WHEN starts < common.now() THEN 'held' ELSE 'confirmed' END, starts,
	starts + interval '45 minutes', 'Europe/Berlin' FROM met;
INSERT INTO scheduling.participant (session_id, person_id, during, live)
SELECT id, p.who, tstzrange(starts, starts + interval '45 minutes'), true
FROM met, LATERAL (VALUES (mentee), (mentor)) p (who);
INSERT INTO scheduling.session_count (pair_id, kind, programme_id, open, held)
SELECT pair, 'regular', '{programme}', count(*) FILTER (WHERE starts >= common.now()), count(*) FILTER (WHERE starts < common.now())
FROM met GROUP BY pair;
CREATE TEMP TABLE signed AS SELECT gen_random_uuid() AS id, id AS pair FROM made;
INSERT INTO scheduling.agreement (id, pair_id, number, status, step, cadence, duration_minutes, channels, time_zone,
	starts_on, mentor_signed_at, mentee_signed_at, signed_at)
SELECT id, pair, 1, 'signed', 'signing', 'weekly_3_months', 45, '{{video}}', 'Europe/Berlin', common.today() - 53, s, s, s
FROM signed, (SELECT common.now() - interval '55 days') at (s);
INSERT INTO scheduling.plan (agreement_id, number, due_on, session_id, result)
SELECT s.id, m.number, (m.starts AT TIME ZONE 'UTC')::date, m.id, 'booked'
FROM signed s JOIN (SELECT id, pair, starts, row_number() OVER (PARTITION BY pair ORDER BY starts) AS number FROM met) m
	ON m.pair = s.pair AND m.number <= 13;
UPDATE matching.programme SET status = 'active', step = 'activation', starts_on = common.today() - 60,
	ends_on = common.today() + 200 WHERE id = '{programme}';
UPDATE matching.enrolment SET taken = 1 WHERE programme_id = '{programme}';
VACUUM (ANALYZE) scheduling.session, scheduling.participant, scheduling.session_count, scheduling.agreement,
	scheduling.plan, matching.pair, matching.enrolment;
"""


class Journey:
    """Programme, round, slots, feed and page."""

    def __init__(self, stand, seconds):
        self.stand, self.seconds = stand, seconds
        self.admin = stand.token("programme_admin", "bench.5")
        self.filled = None
        self.leaders, self.juniors = BASE + 100, BASE + stand.people - MENTORS
        stand.sql(LEARN.format(id=ID, skills=SKILLS, leaders=self.leaders, mentees=MENTEES,
                               juniors=self.juniors, mentors=MENTORS))

    def ask(self, method, path, body=None, token=None):
        """The JSON of an answer of the public API; RuntimeError for a refusal."""
        status, _headers, text = self.stand.ask(
            self.stand.facts["port"], method, f"/api/v1{path}", token or self.admin,
            None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {text}")
        return json.loads(text)

    def programme(self, title):
        """One in recruiting."""
        made = self.ask("POST", "/programmes", {
            "title": title, "purpose": "digital_skills", "starts_on": "2030-01-01",
            "ends_on": "2030-12-31"})
        self.ask("POST", f"/programmes/{made['id']}/recruitment")
        return made["id"]

    def enrol(self, programme, role, first, count):
        """People by their numbers."""
        self.stand.sql(ENROL.format(programme=programme, id=ID, role=role, first=first,
                                    last=first + count - 1))

    def round(self):
        """M7: from POST to published shortlists in PostgreSQL."""
        programme = self.programme(f"M7 {time.monotonic()}")
        self.enrol(programme, "mentee", self.leaders, MENTEES)
        self.enrol(programme, "mentor", self.juniors, MENTORS)
        began = time.monotonic()
        path = f"/rounds/{self.ask('POST', '/rounds', {'programme_id': programme})['id']}"
        while (job := self.ask("GET", path))["status"] in ("queued", "running"):
            if time.monotonic() > began + WAIT_SECONDS:
                raise RuntimeError(f"the round is still {job['status']}")
            time.sleep(0.01)
        solved = time.monotonic() - began
        job = self.ask("POST", f"{path}/publication")
        took = time.monotonic() - began
        if job["totals"]["shortlists"] != MENTEES:
            raise RuntimeError(f"the round came to {job['totals']}")
        return {"M7": {"ratio": took, "solved": solved}}

    def fill(self):
        """Ten per cent of the company in pairs, each with thirty sessions."""
        self.filled = programme = self.programme("Years")
        pairs = self.stand.people // 10
        half = self.stand.people // 2
        self.enrol(programme, "mentee", BASE + 1, pairs)
        self.enrol(programme, "mentor", BASE + half + 1, pairs)
        self.stand.sql(PAIRS.format(programme=programme, id=ID, base=BASE, half=half, pairs=pairs,
                                    each=SESSIONS_EACH))

    def pages(self):
        """S1 and D1: one request at a time, and 32."""
        stand, facts = self.stand, self.stand.facts
        scheduling = f"http://127.0.0.1:{facts['services']['scheduling']['port']}"
        evaluation = f"http://127.0.0.1:{facts['services']['evaluation']['port']}"
        slots, feeds = [], []
        for token in stand.tokens[:16]:
            pair = self.ask("GET", "/pairs?status=active", token=token)["items"][0]["id"]
            slots.append(raw_request(f"/api/v1/slots?pair_id={pair}&minutes=45&days=91", token,
                                     host=stand.host))
            feed = self.ask("POST", "/calendar-feeds", {"kind": "full"}, token)
            feeds.append(raw_request("/" + feed["url"].split("/", 3)[3], host=stand.host))
        mine = [raw_request("/api/v1/dashboards/me", token, host=stand.host)
                for token in stand.tokens]
        slot = wrk(scheduling, stand.requests("slots", slots), self.seconds, 1)
        feed = wrk(scheduling, stand.requests("feeds", feeds), self.seconds, 1)
        page = finish_wrk(start_wrk(evaluation, stand.requests("pages", mine), self.seconds),
                          self.seconds, strict=False)
        alone = wrk(evaluation, stand.requests("pages", mine), self.seconds, 1)
        return {"S1": {"ratio": slot["p50"], "slots_p99": slot["p99"], "feed": feed["p50"],
                       "feed_p99": feed["p99"]},
                "D1": {"ratio": page["p99"], "rate": page["rate"], "alone": alone["p50"],
                       "refused": page["bad"] / page["count"]}}

    def programme_pages(self):
        """P1 and R1: a programme's page, its work list and a report, for one coordinator and for 32."""
        stand = self.stand
        evaluation = f"http://127.0.0.1:{stand.facts['services']['evaluation']['port']}"
        page, work, report = [raw_request(f"/api/v1/{path}", self.admin, host=stand.host) for path in (
            f"dashboards/programmes/{self.filled}", f"dashboards/programmes/{self.filled}/work-list",
            f"reports/programmes/{self.filled}/adherence")]

        def run(name, requests, connections):
            return finish_wrk(start_wrk(evaluation, stand.requests(name, requests), self.seconds, connections),
                              self.seconds, strict=False)
        alone, listed, told = run("page", [page], 1), run("work", [work], 1), run("report", [report], 1)
        many = run("both", [page, work], 32)
        refused = sum(one["bad"] for one in (alone, listed, many)) / max(1, sum(
            one["count"] for one in (alone, listed, many)))
        return {"P1": {"ratio": alone["p50"], "work_list": listed["p50"], "many": many["p99"], "refused": refused},
                "R1": {"ratio": told["p50"], "refused": told["bad"] / max(1, told["count"])}}
