#!/usr/bin/env python3
"""Writes the schemas and objects of releases that might follow this one, for an upgrade under load.

	next_release.py TREE RELEASES

Into TREE/1, TREE/2, … each on top of the one before. In each, tables that callers write gain a column;
every function in PL/pgSQL and every view has another text; views that other services read gain a column
at their end; and functions that statements call get an argument of another name, which PostgreSQL can
only do by dropping them, and what hangs on them, for a moment."""

import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = ("profiles.person", "matching.pair", "matching.enrolment", "matching.shortlist", "scheduling.session")
WIDER = (  # views that other services read
    ("services/matching/objects/published.sql", r"(VIEW matching\.enrolment_view AS\n[^;]*?)(\nFROM )"),
    ("services/profiles/objects/published.sql", r"(VIEW profiles\.card AS\n[^;]*?)(\nFROM )"),
)
RENAMED = (  # functions that statements call, with an argument `actor`
    ("services/scheduling/objects/session.sql", r"FUNCTION scheduling\.session_json\(s .*?\n\n"),
    ("services/matching/objects/pair.sql", r"FUNCTION matching\.pair_json\(p .*?\n\n"),
)


def add_columns(tree, release):
    """A file behind the last one of each schema."""
    for table in TABLES:
        service, name = table.split(".")
        folder = tree / "services" / service / "schema"
        number = max(int(path.name[:4]) for path in folder.glob("*.sql")) + 1
        (folder / f"{number:04d}_{name}_more.sql").write_text(
            f"ALTER TABLE {table} ADD COLUMN more_{release} text;\n")


def change(path, pattern, replacement):
    """One place, which must be there."""
    changed, count = re.subn(pattern, replacement, path.read_text(), count=1, flags=re.S)
    if count != 1:
        sys.exit(f"{path}: no {pattern}")
    path.write_text(changed)


def change_objects(tree, release):
    """Every body another text, and what is listed above."""
    for path in tree.glob("services/*/objects/*.sql"):
        text = path.read_text().replace(" AS $$\n", f" AS $$\n-- release {release}\n")
        path.write_text(re.sub(r"(CREATE OR REPLACE VIEW [\w.]+ AS\n)", rf"\1-- release {release}\n", text))
    for file, pattern in WIDER:
        change(tree / file, pattern, rf"\1, '{release}'::text AS more_{release}\2")
    for file, pattern in RENAMED:
        change(tree / file, pattern, lambda found: re.sub(r"\bactor\w*", f"actor_{release}", found.group(0)))


def main():
    """Reads the arguments."""
    target, releases = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    shutil.rmtree(target, ignore_errors=True)
    last = ROOT
    for release in range(1, releases + 1):
        tree = target / str(release)
        for folder in [path for kind in ("schema", "objects") for path in
                       [last / "shared" / kind, *sorted(last.glob(f"services/*/{kind}"))]]:
            shutil.copytree(folder, tree / folder.relative_to(last))
        add_columns(tree, release)
        change_objects(tree, release)
        last = tree


if __name__ == "__main__":
    main()
