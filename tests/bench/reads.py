"""Reads: T1 the bare server, T2 and T3 against pgbench, T4, T5 and T12 against Fastify, T9 the
gateway. Every round runs all legs one after the other, so that a ratio's two sides are neighbours. A row that
cannot be measured costs no other one."""

from load import pgbench, raw_request, wrk
from stand import BASE, CALLERS, ID

CLIENTS = (2, 4, 8)  # of pgbench: the best counts
WARM_SECONDS, WARM_TURNS, WARM_REQUESTS = 3, 8, 10_000


class Reads:
    """The legs of one round."""

    def __init__(self, stand, seconds, wanted):
        self.stand, self.seconds = stand, seconds
        self.faults = {}  # by row: why it is not measured any more
        self.wanted = lambda *rows: any(wanted(row) for row in rows if row not in self.faults)
        self.direct = stand.facts["services"]["profiles"]["port"]
        self.others = stand.requests("others", stand.reads())
        self.file = stand.requests("file", [raw_request("/1k", host=stand.host)])
        self.empty = stand.requests("empty", [raw_request("/livez", host=stand.host)])
        self.static = self._try(("T1",), stand.nginx_static)
        self.unbatched = self._try(("T2",), lambda: stand.unbatched()[0])
        self.tuned = self._try(("T4", "T12"), lambda: stand.fastify("tuned"))
        self.usual = self._try(("T5",), lambda: stand.fastify("usual"))
        self._scripts()
        self._warm()

    def _try(self, rows, work):
        """What the work for some rows returns, if one of them is wanted; a failure is kept for them."""
        if not self.wanted(*rows):
            return None
        try:
            return work()
        except Exception as error:  # pylint: disable=broad-except
            self.faults.update(dict.fromkeys(rows, error))
            return None

    def _warm(self):
        """Until caches are full and JavaScript is compiled. That takes so many requests, however
        long a busy machine needs for them."""
        ports = [self.direct, self.stand.facts["port"]]
        ports += [self.unbatched] if self.wanted("T2") else []
        ports += [self.tuned[0]] if self.wanted("T4", "T12") else []
        ports += [self.usual[0]] if self.wanted("T5") else []
        for port in ports:
            count = 0
            for _ in range(WARM_TURNS):
                if count < WARM_REQUESTS:
                    count += wrk(f"http://127.0.0.1:{port}", self.others, WARM_SECONDS)["count"]

    def _scripts(self):
        """What pgbench runs: the very statements of the service."""
        stand = self.stand
        anybody = f"('{ID}' || :n)::text"
        self.sql_others = stand.script("others", (
            f"\\set n random({BASE + 1}, {BASE + stand.people})\n"
            + stand.with_named("person_read", actor=":actor", roles=":roles", person_id=anybody) + ";\n"))
        self.sql_self = stand.script("self", (
            f"\\set n random({BASE + 1}, {BASE + CALLERS})\n"
            + stand.with_named("person_read", actor=anybody, roles=":roles", person_id=anybody) + ";\n"))
        self.me = stand.requests("me", [
            raw_request("/api/v1/people/me", token, host=stand.host) for token in stand.tokens])

    def _best_pgbench(self, script):
        seconds = max(2, self.seconds * 3 // 5)
        dsn = self.stand.facts["dsn"]["profiles"]
        return max(pgbench(dsn, script, seconds, clients, actor=f"{ID}{BASE + 1}",
                           roles="{participant}") for clients in CLIENTS)

    def _wrk(self, port, requests, pid=None):
        """A run of wrk, with the CPU seconds that server and database took for a request."""
        pids = [pid] if pid else []
        before = self.stand.clock(*pids)
        result = wrk(f"http://127.0.0.1:{port}", requests, self.seconds)
        result["cpu_us"] = (self.stand.clock(*pids) - before) / result["count"] * 1e6
        return result

    def round(self):
        """All legs once: figures by the id of their row."""
        rows = {}
        read = self._try(("T2", "T4", "T5", "T9", "T12"),
                         lambda: self._wrk(self.direct, self.others, self.stand.pid("profiles")))
        for ids, leg in ((("T1",), self._bare), (("T2",), lambda: self._against_sql(read)), (("T3",), self._own),
                         (("T4", "T12"), lambda: self._against_tuned(read)),
                         (("T5",), lambda: self._against_usual(read)), (("T9",), lambda: self._through(read))):
            rows.update(self._try(ids, leg) or {})
        return rows

    def _bare(self):
        static = self._wrk(self.static, self.file)
        admin = self.stand.facts["services"]["profiles"]["admin_port"]
        empty = self._wrk(admin, self.empty, self.stand.pid("profiles"))
        return {"T1": {"ratio": empty["rate"] / static["rate"], "rate": empty["rate"], "other": static["rate"]}}

    def _against_sql(self, read):
        peer = self._best_pgbench(self.sql_others)
        alone = self._wrk(self.unbatched, self.others)
        return {"T2": {"ratio": read["rate"] / peer, "rate": read["rate"], "other": peer,
                       **{k: read[k] for k in ("p50", "p99", "cpu_us")}},
                "T2 unbatched": {"ratio": alone["rate"] / peer, "rate": alone["rate"], "other": peer,
                                 "p99": alone["p99"]}}

    def _own(self):
        mine = self._wrk(self.direct, self.me, self.stand.pid("profiles"))
        peer = self._best_pgbench(self.sql_self)
        return {"T3": {"ratio": mine["rate"] / peer, "rate": mine["rate"], "other": peer}}

    def _against_tuned(self, read):
        port, process = self.tuned
        tuned = self._wrk(port, self.others, process.pid)
        return {"T4": {"ratio": read["rate"] / tuned["rate"], "rate": read["rate"], "other": tuned["rate"],
                       "per_cpu": tuned["cpu_us"] / read["cpu_us"], "cpu_us": read["cpu_us"],
                       "other_cpu_us": tuned["cpu_us"]},
                "T12": {"ratio": read["p99"] / tuned["p99"], "p99": read["p99"], "other": tuned["p99"]}}

    def _against_usual(self, read):
        port, process = self.usual
        usual = self._wrk(port, self.others, process.pid)
        return {"T5": {"ratio": read["rate"] / usual["rate"], "rate": read["rate"], "other": usual["rate"]}}

    def _through(self, read):
        through = self._wrk(self.stand.facts["port"], self.others)
        return {"T9": {"ratio": through["rate"] / read["rate"], "rate": through["rate"], "other": read["rate"]}}
