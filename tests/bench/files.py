"""I2 and I3: a file that gives everybody skills, interests and languages, and everybody out again, line by line."""

import json
import random
import re
import time

from gateway import resident
from stand import company

SKILLS = ("Python", "Spreadsheets", "Video editing", "Data analysis", "Design", "Negotiation", "Podcasts", "Prompting")
INTERESTS = "chess|choirs|running|cooking|gardens|films|sailing|history".split("|")
LANGUAGES = "en de fr sw es pl".split()


class Files:
    """Both, once each: the second time nothing would change."""

    def __init__(self, stand):
        self.stand = stand

    def round(self):
        """The figures of both rows."""
        admin = self.stand.token("admin")
        for name in SKILLS:
            self.stand.ask(self.stand.facts["port"], "POST", "/api/v1/skills", admin, json.dumps({"name": name}),
                           {"Content-Type": "application/json"})
        counts, seconds, megabytes = self.stand.import_file("\n".join(self._sets()) + "\n", "mode=delta")
        if counts["updated"] != self.stand.people:
            raise RuntimeError(f"the import ended so: {counts}")
        return {"I2": {"ratio": seconds, "size": megabytes}, "I3": self._export()}

    def _sets(self):
        draw = random.Random(20270113)
        lines = company(self.stand.people)
        yield f"{next(lines)},skills,interests,languages"
        for line in lines:
            skills = "|".join(f"{name}:{draw.randint(1, 5)}::yes" for name in draw.sample(SKILLS, 3))
            yield f"{line},{skills},{'|'.join(draw.sample(INTERESTS, 3))},{'|'.join(draw.sample(LANGUAGES, 2))}"

    def _export(self):
        """Everybody as JSON lines, by the pages that Link names."""
        pid, hris = self.stand.pid("profiles"), self.stand.token("hris")
        path, lines, size, before, began = "/api/v1/people/records", 0, 0, resident(pid), time.monotonic()
        while path:
            status, headers, text = self.stand.ask(self.stand.facts["port"], "GET", path, hris,
                                                   headers={"Accept": "application/x-ndjson"})
            if status != 200:
                raise RuntimeError(f"the export was refused: {status} {text}")
            lines, size = lines + len(text.splitlines()), size + len(text)
            found = re.search(r'<(?:https?://[^/>]+)?([^>]+)>; rel="next"', headers.get("Link", ""))
            path = found and found.group(1)
        if lines != self.stand.people:
            raise RuntimeError(f"{lines} of {self.stand.people} people")
        return {"ratio": time.monotonic() - began, "size": size / 1e6, "grown": resident(pid) - before}
