"""The directory, T10: what colleagues type, the list in order of names, and its pages by cursor."""

import json
import random
import urllib.parse

from load import raw_request, wrk
from stand import PREPARED, company

CONNECTIONS = 8
# a title, a place, two of them, what nobody is called
OTHERS = ("data spec", "specialist", "berlin", "legal nairobi", "zzz", "orourke")


def typed(draw, given, family):
    """What a colleague has typed so far of somebody's name, in either order, or something else."""
    kind = draw.randrange(8)
    if kind == 0:
        return draw.choice(OTHERS)
    if kind < 4:
        name = draw.choice((given, family))
        return name[:draw.randint(2, len(name))]
    first, second = (given, family) if kind < 7 else (family, given)
    return f"{first} {second[:draw.randint(1, len(second))]}"


class Directory:
    """The legs of one round."""

    def __init__(self, stand, seconds):
        self.stand, self.seconds = stand, seconds
        self.port = stand.facts["services"]["profiles"]["port"]
        draw = random.Random(20270112)
        people = [line.split(",")[2:4] for line in company(stand.people)][1:]
        self.typed = self._requests("typed", [
            f"/api/v1/people?limit=20&q={urllib.parse.quote(typed(draw, *draw.choice(people)))}"
            for _ in range(PREPARED)], stand.tokens)
        self.pages = self._requests("pages", self._walk(draw), stand.tokens[:1])  # whose cursors they are

    def _requests(self, name, paths, tokens):
        return self.stand.requests(f"directory_{name}", [
            raw_request(path, tokens[place % len(tokens)], host=self.stand.host)
            for place, path in enumerate(paths)])

    def _walk(self, draw):
        """Pages of 50 of everybody, of a department and of a place, each as far as 40 pages behind."""
        paths = []
        for start in ("", "&department=Engineering", "&location=Nairobi&level_max=3"):
            cursor = ""
            for _ in range(40):
                path = f"/api/v1/people?limit=50{start}{cursor}"
                paths.append(path)
                status, _headers, text = self.stand.ask(self.port, "GET", path, self.stand.tokens[0])
                found = json.loads(text)["next_cursor"] if status == 200 else None
                if not found:
                    break
                cursor = f"&cursor={found}"
        return draw.sample(paths, len(paths))

    def round(self):
        """Both legs once."""
        text, pages = self._leg(self.typed), self._leg(self.pages)
        return {"T10": {"ratio": text["p99"], "typed_p50": text["p50"], "rate": text["rate"],
                        "cpu": text["cpu"], "pages": pages["p99"], "pages_p50": pages["p50"],
                        "pages_cpu": pages["cpu"]}}

    def _leg(self, requests):
        """One run, and the CPU time of a request."""
        pid = self.stand.pid("profiles")
        before = self.stand.clock(pid)
        done = wrk(f"http://127.0.0.1:{self.port}", requests, self.seconds, CONNECTIONS)
        return {**done, "cpu": (self.stand.clock(pid) - before) * 1000 / max(1, done["count"])}
