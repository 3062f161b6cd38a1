"""Reads: T1 the bare server, T2 and T3 against pgbench, T4, T5 and T12 against Fastify, T9 the
gateway. Every round runs all legs one after the other, so that a ratio's two sides are neighbours."""

from load import pgbench, raw_request, wrk
from stand import BASE, CALLERS, ID

CLIENTS = (2, 4, 8)  # of pgbench: the best counts
WARM_SECONDS, WARM_TURNS, WARM_REQUESTS = 3, 8, 10_000


class Reads:
    """The legs of one round."""

    def __init__(self, stand, seconds, wanted):
        self.stand, self.seconds, self.wanted = stand, seconds, wanted
        self.direct = stand.facts["services"]["profiles"]["port"]
        self.others = stand.requests("others", stand.reads())
        if wanted("T1"):
            self.static = stand.nginx_static()
            self.file = stand.requests("file", [raw_request("/1k", host=stand.host)])
            self.empty = stand.requests("empty", [raw_request("/livez", host=stand.host)])
        if wanted("T2"):
            self.unbatched, _process = stand.unbatched()
        if wanted("T4", "T12"):
            self.tuned = stand.fastify("tuned")
        if wanted("T5"):
            self.usual = stand.fastify("usual")
        self._scripts()
        self._warm()

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
        wanted, rows = self.wanted, {}
        service = self.stand.pid("profiles")
        if wanted("T1"):
            static = self._wrk(self.static, self.file)
            admin = self.stand.facts["services"]["profiles"]["admin_port"]
            empty = self._wrk(admin, self.empty, service)
            rows["T1"] = {"ratio": empty["rate"] / static["rate"], "rate": empty["rate"],
                          "other": static["rate"]}
        if wanted("T2", "T4", "T5", "T9", "T12"):
            read = self._wrk(self.direct, self.others, service)
        if wanted("T2"):
            peer = self._best_pgbench(self.sql_others)
            rows["T2"] = {"ratio": read["rate"] / peer, "rate": read["rate"], "other": peer,
                          **{k: read[k] for k in ("p50", "p99", "cpu_us")}}
            alone = self._wrk(self.unbatched, self.others)
            rows["T2 unbatched"] = {"ratio": alone["rate"] / peer, "rate": alone["rate"],
                                    "other": peer, "p99": alone["p99"]}
        if wanted("T3"):
            mine = self._wrk(self.direct, self.me, service)
            peer = self._best_pgbench(self.sql_self)
            rows["T3"] = {"ratio": mine["rate"] / peer, "rate": mine["rate"], "other": peer}
        if wanted("T4", "T12"):
            port, process = self.tuned
            tuned = self._wrk(port, self.others, process.pid)
            rows["T4"] = {"ratio": read["rate"] / tuned["rate"], "rate": read["rate"],
                          "other": tuned["rate"], "per_cpu": tuned["cpu_us"] / read["cpu_us"],
                          "cpu_us": read["cpu_us"], "other_cpu_us": tuned["cpu_us"]}
            rows["T12"] = {"ratio": read["p99"] / tuned["p99"], "p99": read["p99"],
                           "other": tuned["p99"]}
        if wanted("T5"):
            port, process = self.usual
            usual = self._wrk(port, self.others, process.pid)
            rows["T5"] = {"ratio": read["rate"] / usual["rate"], "rate": read["rate"],
                          "other": usual["rate"]}
        if wanted("T9"):
            through = self._wrk(self.stand.facts["port"], self.others)
            rows["T9"] = {"ratio": through["rate"] / read["rate"], "rate": through["rate"],
                          "other": read["rate"]}
        return rows
