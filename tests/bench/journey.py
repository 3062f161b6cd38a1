"""A round over HTTP (M7), common slots and a feed in a collection of 300,000 sessions (S1), bookings of the same hour (S2), the call
that every page of a portal makes (D1), and what a coordinator reads of such a programme (P1, R1). Pairs and sessions come by SQL, as if years had passed:
as the superuser with triggers off, since making them one by one is not what is measured."""

import concurrent.futures
import datetime
import json
import time

from load import finish_wrk, raw_request, start_wrk, wrk
from stand import BASE, ID

MENTEES, MENTORS, SKILLS = 500, 2000, 40
BOOKERS, HOURS = 32, 10  # pairs that book, and how many hours they fight for in a round
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
# What is wrong with a share of the pairs of a programme in trouble, and with which hundredth of them.
TROUBLES = "no_answer no_agreement no_agreement no_session no_session overdue missed unreported".split()
PAIRS = """
SET session_replication_role = replica;
CREATE TEMP TABLE made AS SELECT gen_random_uuid() AS id, ('{id}' || {base} + n)::uuid AS mentee,
	('{id}' || {base} + {half} + n)::uuid AS mentor, ('{troubles}'::text[])[1 + n % 100] AS trouble
FROM generate_series({first}, {last}) n;
ANALYZE made;
INSERT INTO matching.pair (id, programme_id, mentor_id, mentee_id, mentor_enrolment_id, mentee_enrolment_id,
	status, step, accepted_at, answer_by)
SELECT m.id, '{programme}', m.mentor, m.mentee, o.id, e.id, CASE trouble WHEN 'no_answer' THEN 'proposed' ELSE 'active' END,
	CASE trouble WHEN 'no_answer' THEN 'pick' ELSE 'acceptance' END,
	CASE WHEN trouble IS DISTINCT FROM 'no_answer' THEN common.now() - interval '56 days' END,
	CASE trouble WHEN 'no_answer' THEN common.now() + interval '1 day' END
FROM made m JOIN matching.enrolment o ON o.programme_id = '{programme}' AND o.person_id = m.mentor
	JOIN matching.enrolment e ON e.programme_id = '{programme}' AND e.person_id = m.mentee;
CREATE TEMP TABLE signed AS SELECT gen_random_uuid() AS id, id AS pair FROM made
WHERE coalesce(trouble NOT IN ('no_answer', 'no_agreement'), true);
INSERT INTO scheduling.agreement (id, pair_id, number, status, step, cadence, duration_minutes, channels, time_zone,
	starts_on, mentor_signed_at, mentee_signed_at, signed_at)
SELECT id, pair, 1, 'signed', 'signing', 'weekly_3_months', 45, '{{video}}', 'Europe/Berlin', common.today() - 53, s, s, s
FROM signed, (SELECT common.now() - interval '55 days') at (s);
CREATE TEMP TABLE planned AS SELECT s.id AS agreement, m.id AS pair, m.mentee, m.mentor, k AS number, at.starts,
	CASE WHEN coalesce(trouble <> 'no_session' AND (trouble <> 'overdue' OR k NOT IN (3, 5)), true)
		THEN gen_random_uuid() END AS id, CASE WHEN trouble = 'missed' AND k IN (7, 8) THEN 'missed'
		WHEN trouble = 'unreported' AND k = 7 THEN 'unreported'
		WHEN at.starts < common.now() THEN 'held' ELSE 'confirmed' END AS status
FROM made m JOIN signed s ON s.pair = m.id, generate_series(1, {each}) k, LATERAL (
	SELECT date_trunc('hour', common.now()) - interval '60 days' + k * interval '7 days'
		+ interval '1 hour' * (hashtext(m.id::text || k) & 7) AS starts) at;
INSERT INTO scheduling.session (id, pair_id, status, starts_at, ends_at, time_zone)
SELECT id, pair, status, starts, starts + interval '45 minutes', 'Europe/Berlin' FROM planned WHERE id IS NOT NULL;
INSERT INTO scheduling.participant (session_id, person_id, during, live)
SELECT id, p.who, tstzrange(starts, starts + interval '45 minutes'), status <> 'missed'
FROM planned, LATERAL (VALUES (mentee), (mentor)) p (who) WHERE id IS NOT NULL;
INSERT INTO scheduling.unagreed (pair_id, programme_id) SELECT id, '{programme}' FROM made WHERE trouble = 'no_agreement';
INSERT INTO scheduling.session_count (pair_id, kind, programme_id, open_on, open, held, missed, unreported)
SELECT pair, 'regular', '{programme}', min((starts AT TIME ZONE 'UTC')::date) FILTER (WHERE id IS NULL AND number <= 13), count(id) FILTER (WHERE status = 'confirmed'), count(id) FILTER (WHERE status = 'held'),
	count(id) FILTER (WHERE status = 'missed'), count(id) FILTER (WHERE status = 'unreported')
FROM planned GROUP BY pair;
INSERT INTO scheduling.plan (agreement_id, number, due_on, session_id, result)
SELECT agreement, number, (starts AT TIME ZONE 'UTC')::date, id, CASE WHEN id IS NOT NULL THEN 'booked' END
FROM planned WHERE number <= 13;
UPDATE matching.programme SET status = 'active', step = 'activation', starts_on = common.today() - 60,
	ends_on = common.today() + 200 WHERE id = '{programme}';
UPDATE matching.enrolment SET taken = 1 WHERE programme_id = '{programme}';
SELECT common.add_to_counter(c.programme_id, c.name, c.change)
FROM (SELECT e.programme_id, k.name, count(*) AS change
	FROM matching.enrolment e, unnest(matching.counters_of(e.role, e.status, e.ever_invited)) k (name)
	WHERE e.programme_id = '{programme}' GROUP BY e.programme_id, k.name) c;
SELECT matching.count_pairs('{{}}', array_agg(p)) FROM matching.pair p WHERE p.programme_id = '{programme}';
SELECT scheduling.count_sessions('{{}}', array_agg(c)) FROM scheduling.session_count c WHERE c.programme_id = '{programme}';
VACUUM (ANALYZE) scheduling.session, scheduling.participant, scheduling.session_count, scheduling.agreement,
	scheduling.plan, scheduling.unagreed, matching.pair, matching.enrolment;
"""


class Journey:
    """Programme, round, slots, feed and page."""

    def __init__(self, stand, seconds):
        self.stand, self.seconds = stand, seconds
        self.admin = stand.token("programme_admin", "bench.5")
        self.filled = self.troubled = None
        self.day = datetime.date(2029, 1, 1)
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
        shown = time.monotonic() - began
        while job["status"] == "publishing":
            if time.monotonic() > began + WAIT_SECONDS:
                raise RuntimeError("the round is still being published")
            time.sleep(0.01)
            job = self.ask("GET", path)
        took = time.monotonic() - began
        if job["totals"]["shortlists"] != MENTEES:
            raise RuntimeError(f"the round came to {job['totals']}")
        return {"M7": {"ratio": took, "solved": solved, "shown": shown}}

    def fill(self):
        """Two programmes, each with ten per cent of the company in pairs, mostly of thirty sessions; the
        second is in trouble."""
        self.filled = self.years("Years", 0, [])
        self.troubled = self.years("Troubled years", 1, TROUBLES)

    def years(self, title, place, troubles):
        """A programme; its pairs are other people than those of another place."""
        programme = self.programme(title)
        pairs, half = self.stand.people // 10, self.stand.people // 2
        first = place * pairs + 1
        self.enrol(programme, "mentee", BASE + first, pairs)
        self.enrol(programme, "mentor", BASE + half + first, pairs)
        self.stand.sql(PAIRS.format(
            programme=programme, id=ID, base=BASE, half=half, first=first, last=first + pairs - 1,
            each=SESSIONS_EACH, troubles="{" + ",".join(troubles) + "}"))
        return programme

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

    def booking(self):
        """S2: the two of each pair ask for the same hour at once, as everybody else does; one of them gets it."""
        stand, port = self.stand, self.stand.facts["services"]["scheduling"]["port"]
        half = stand.people // 2
        stand.sql("UPDATE common.setting SET value = '{}' WHERE name = 'meeting_limits'")
        pairs = [self.ask("GET", "/pairs?status=active", token=token)["items"][0]["id"]
                 for token in stand.tokens[:BOOKERS]]
        others = [stand.token("participant", f"bench.{half + n}") for n in range(1, BOOKERS + 1)]
        callers = list(zip(stand.tokens[:BOOKERS] + others, pairs + pairs))
        deadlocks = "SELECT sum(deadlocks) FROM pg_stat_database"

        def book(caller, at):
            began = time.monotonic()
            status, _headers, _text = stand.ask(port, "POST", "/api/v1/sessions", caller[0], json.dumps({
                "pair_id": caller[1], "starts_at": at, "time_zone": "Europe/Berlin", "duration_minutes": 45,
                "mode": "video"}), {"Content-Type": "application/json"})
            return status, (time.monotonic() - began) * 1000

        before, answers, wrong = int(stand.sql(deadlocks)), [], 0
        with concurrent.futures.ThreadPoolExecutor(2 * BOOKERS) as pool:
            for _ in range(HOURS):
                self.day += datetime.timedelta(days=1)
                got = list(pool.map(lambda caller: book(caller, f"{self.day}T10:00"), callers))
                wrong += sum(1 for n in range(BOOKERS) if sorted((got[n][0], got[n + BOOKERS][0])) != [201, 409])
                answers += got
        took = sorted(milliseconds for _status, milliseconds in answers)
        return {"S2": {"ratio": took[len(took) * 99 // 100], "p50": took[len(took) // 2],
                       "faults": sum(1 for status, _took in answers if status >= 500),
                       "deadlocks": int(stand.sql(deadlocks)) - before, "wrong": wrong}}

    def programme_pages(self):
        """P1 and R1: a programme's page, its work list and a report, for one coordinator and for 32."""
        stand = self.stand
        port = stand.facts["services"]["evaluation"]["port"]

        def run(connections, *paths):
            before = stand.clock(stand.pid("evaluation"))
            done = finish_wrk(start_wrk(f"http://127.0.0.1:{port}", stand.requests("programme", [
                raw_request(f"/api/v1/{path}", self.admin, host=stand.host) for path in paths]),
                self.seconds, connections), self.seconds, strict=False)
            return {**done, "cpu": (stand.clock(stand.pid("evaluation")) - before) * 1000 / max(1, done["count"])}

        def row(programme):
            page = f"dashboards/programmes/{programme}"
            alone, listed = run(1, page), run(1, f"{page}/work-list")
            many = run(32, page, f"{page}/work-list")
            return {"ratio": alone["p50"], "work_list": listed["p50"], "many": many["p99"],
                    "cpu": alone["cpu"], "list_cpu": listed["cpu"], "many_cpu": many["cpu"],
                    "refused": sum(one["bad"] for one in (alone, listed, many)) / max(1, sum(
                        one["count"] for one in (alone, listed, many)))}
        told = run(1, f"reports/programmes/{self.filled}/adherence")
        return {"P1": row(self.filled), "P1 troubled": row(self.troubled),
                "R1": {"ratio": told["p50"], "refused": told["bad"] / max(1, told["count"])}}
