"""T11: changing a person, which also writes an event and an audit entry, against pgbench running the
same three statements between BEGIN and COMMIT, both committing synchronously.

The HR system changes titles of people at random, nobody twice in a run. A PATCH comes with If-Match, so
it reads before it writes; pgbench leaves that out, and the comparison of versions true. The service sends the steps in one
pipeline, which pgbench 15 cannot do with prepared statements."""

from load import pgbench, raw_request, wrk
from stand import BASE, ID

MOST_A_SECOND = 12000  # requests are made for so many
CLIENTS = (4, 8, 16)   # of pgbench: the best counts
WARM_SECONDS, WARM_CONNECTIONS = 1, 4
# What stands for the statements' parameters.
KNOWN = {"actor": "NULL", "roles": "'{hris}'", "person_id": f"('{ID}' || :n)::text",
         "body": "'{\"title\": \"Planner of things\"}'", "if_match": "target.version"}


class Writes:
    """The two legs."""

    def __init__(self, stand, seconds):
        self.stand, self.seconds = stand, seconds
        self.url = f"http://127.0.0.1:{stand.facts['services']['profiles']['port']}"
        steps = [
            stand.with_named("call_context", actor=f"'{ID}{BASE + 1}'", delegate="NULL",
                             operation="'person_patch'", request_id="'bench'", if_match="NULL"),
            stand.with_named("person_patch", **KNOWN), stand.with_named("person_read", **KNOWN)]
        self.sql = stand.script("patch", (
            f"\\set n random({BASE + 1}, {BASE + stand.people})\nBEGIN;\n"
            + ";\n".join(steps) + ";\nCOMMIT;\n"))

    def _patches(self, seconds):
        """A file of changes for a run."""
        stand = self.stand
        count = min(stand.people, MOST_A_SECOND * seconds)
        rows = stand.sql(f"SELECT id FROM profiles.person ORDER BY random() LIMIT {count}").split("\n")
        made = []
        for one in filter(None, rows):
            made.append(raw_request(
                f"/api/v1/people/{one}", stand.hris, host=stand.host, method="PATCH",
                body='{"title":"Planner of things"}',
                headers=["If-Match: *"]))
        return stand.requests("patches", made)

    def round(self):
        """Both once, the service after a run of few callers that makes its plans."""
        stand = self.stand
        wrk(self.url, self._patches(WARM_SECONDS), WARM_SECONDS, WARM_CONNECTIONS)
        ours = wrk(self.url, self._patches(self.seconds), self.seconds)
        peer = max(pgbench(stand.facts["dsn"]["profiles"], self.sql, max(2, self.seconds * 3 // 5),
                           clients) for clients in CLIENTS)
        return {"T11": {"ratio": ours["rate"] / peer, "rate": ours["rate"], "other": peer,
                        "p99": ours["p99"]}}
