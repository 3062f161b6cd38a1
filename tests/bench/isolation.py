"""T19: what a slow statement and a held row lock do to the other readers.

The slow statement is the start-up call of one person: in the stand's database alone the card of that
person sleeps half a second. Nothing in the service knows of it: it runs in the pool, is cancelled
there and runs again in the slow pool. Readers connect first, since a server may also fail by not
accepting."""

import threading
import time

from load import finish_wrk, start_wrk, wrk
from stand import person

SLEEPER, LOCKED = 7, 9  # people
SETTLED = 0.3           # s until all readers are connected

# The card of one person sleeps; everybody else's is as before.
SLEEP = f"""
DO $$ BEGIN EXECUTE replace(pg_get_functiondef('profiles.card_json(uuid)'::regprocedure),
	'card_json', 'card_json_awake'); END $$;
GRANT EXECUTE ON FUNCTION profiles.card_json_awake(uuid) TO PUBLIC;
CREATE OR REPLACE FUNCTION profiles.card_json(person_id uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF person_id = '{person(SLEEPER)}' THEN PERFORM pg_sleep(0.5); END IF;
	RETURN profiles.card_json_awake(person_id);
END $$;
"""
AWAKE = """
CREATE OR REPLACE FUNCTION profiles.card_json(person_id uuid) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
RETURN profiles.card_json_awake(person_id);
"""
# Holds the row 400 of every 500 ms.
HOLD = f"""
BEGIN;
SELECT 1 FROM profiles.person WHERE id = '{person(LOCKED)}' FOR UPDATE;
SELECT pg_sleep(0.4);
COMMIT;
SELECT pg_sleep(0.1);
"""


class Isolation:
    """Readers beside nothing, beside slow statements, beside a lock."""

    def __init__(self, stand, seconds):
        self.stand, self.seconds = stand, seconds
        self.port = stand.facts["services"]["profiles"]["port"]
        self.url = f"http://127.0.0.1:{self.port}"
        self.requests = stand.requests("bystanders", stand.reads())
        stand.sql(SLEEP)

    def end(self):
        """Takes the sleep out of the database again."""
        self.stand.sql(AWAKE)

    def _beside(self, work, threads):
        """A run of readers while `work(until)` runs in threads; their figures and outcomes."""
        outcomes = []
        readers = start_wrk(self.url, self.requests, self.seconds)
        time.sleep(SETTLED)
        until = time.monotonic() + self.seconds - SETTLED
        workers = [threading.Thread(target=lambda: outcomes.append(work(until)))
                   for _ in range(threads)]
        for worker in workers:
            worker.start()
        result = finish_wrk(readers, self.seconds)
        for worker in workers:
            worker.join()
        return result, outcomes

    def _slow(self, until):
        """Loops the slow statement; the statuses and how long it took at least."""
        statuses, least = [], 1e9
        while time.monotonic() < until:
            began = time.monotonic()
            status, _headers, _text = self.stand.ask(self.port, "GET", "/api/v1/me",
                                                     self.stand.tokens[SLEEPER - 1])
            least = min(least, time.monotonic() - began)
            statuses.append(status)
        return statuses, least

    def _change(self, until):
        """Changes the locked person again and again, with pauses of 50 ms."""
        statuses, longest = [], 0.0
        path = f"/api/v1/people/{person(LOCKED)}"
        headers = {"Content-Type": "application/merge-patch+json"}
        etag = self.stand.ask(self.port, "GET", path, self.stand.hris)[1]["ETag"]
        while time.monotonic() < until:
            began = time.monotonic()
            status, got, _text = self.stand.ask(
                self.port, "PATCH", path, self.stand.hris, f'{{"title":"Holder {began}"}}',
                {**headers, "If-Match": etag})
            longest = max(longest, time.monotonic() - began)
            statuses.append(status)
            etag = got.get("ETag", etag)
            time.sleep(0.05)
        return statuses, longest

    def _hold(self, until):
        """Locks the row and lets it go, by turns."""
        while time.monotonic() < until:
            self.stand.sql(HOLD)
        return [], 0.0

    def round(self):
        """The three runs."""
        alone = wrk(self.url, self.requests, self.seconds)
        slow, outcomes = self._beside(self._slow, 2)
        if min(least for _statuses, least in outcomes) < 0.5:
            raise RuntimeError("the slow statement is not slow")
        turns = [self._hold, self._change]
        locked, changes = self._beside(lambda until: turns.pop()(until), 2)
        statuses = [one for answers, _time in (*outcomes, *changes) for one in answers]
        return {"T19": {"ratio": slow["p99"], "loss": 1 - slow["rate"] / alone["rate"],
                        "lock_p99": locked["p99"], "alone_p99": alone["p99"],
                        "rate": slow["rate"], "refused": sum(s != 200 for s in statuses),
                        "answers": len(statuses),
                        "longest": max(longest for _s, longest in changes) * 1000}}
