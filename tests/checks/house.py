#!/usr/bin/env python3
"""The house's rules that a compiler does not check. Prints every breach with file and line.

Each rule is a generator of (path, line, sentence). `--self-test` proves that every rule can fail.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

LAYERS = {"base": 0, "ops": 1, "json": 2, "db": 3, "auth": 4, "http": 5, "events": 5, "service": 6}
FENCES = {
    "ulfius.h": ("shared/http/server.c",),
    "microhttpd.h": ("shared/http/server.c",),
    "libpq-fe.h": ("shared/db/",),
    "jwt.h": ("shared/auth/signature.c",),
    "rhonabwy.h": ("shared/auth/key_set.c", "shared/tools/token_main.c"),
    "libical/ical.h": ("services/scheduling/calendar/",),
    "unictype.h": ("shared/base/text.c",),
    "uninorm.h": ("shared/base/text.c",),
    "unistr.h": ("shared/base/text.c",),
    "curl/curl.h": ("shared/events/", "shared/auth/fetch.c"),
}
PURE = ("services/matching/engine/", "services/scheduling/calendar/", "services/scheduling/prompts/",
        "services/evaluation/statistics/", "services/profiles/employee_file/")
PURE_FORBIDDEN = re.compile(r'#include [<"](ulfius|libpq|http/|db/|events/|service/|auth/)')
BARE_TIME = re.compile(
    r"(?<![.\w])now\(\)|\bcurrent_date\b|\bcurrent_time(stamp)?\b|\blocaltime(stamp)?\b"
    r"|\bclock_timestamp\(\)|\bstatement_timestamp\(\)|\btransaction_timestamp\(\)", re.I)
TIME_FUNCTION = re.compile(r"pg_catalog\.now\(\)|common\.now\(\)")
FOREIGN_WORDS = re.compile(r"/work/|\bhelper agent|\bissue #?\d+\b|\.\./shared\b")
FUNCTION_END = re.compile(r"^}")
FUNCTION_START = re.compile(r"^[a-zA-Z_].*\)$|^[a-zA-Z_].*\) *\{$")


def sources(root, *suffixes):
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=root,
                            capture_output=True, text=True, check=False).stdout.split("\n")
    names = listed if any(listed) else [str(p.relative_to(root)) for p in root.rglob("*")]
    for name in names:
        path = root / name
        if name.endswith(suffixes) and path.is_file():
            yield name, path.read_text(errors="replace").split("\n")


def layer_of(name):
    part = name.split("/")
    return part[1] if len(part) > 2 and part[0] == "shared" else None


def layers_point_down(root):
    for name, lines in sources(root, ".c", ".h"):
        own = layer_of(name)
        if own not in LAYERS:
            continue
        for number, line in enumerate(lines, 1):
            found = re.match(r'#include "([a-z]+)/', line)
            other = found and found.group(1)
            if other in LAYERS and other != own and LAYERS[other] >= LAYERS[own] \
                    and not (own == "events" and other == "http"):
                yield name, number, f"layer {own} includes {other}, which is not below it"


def services_stay_apart(root):
    for name, lines in sources(root, ".c", ".h"):
        if not name.startswith("services/"):
            continue
        own = name.split("/")[1]
        for number, line in enumerate(lines, 1):
            found = re.match(r'#include "(?:gen/)?(profiles|matching|scheduling|evaluation)/', line)
            if found and found.group(1) != own:
                yield name, number, f"service {own} includes {found.group(1)}"


def third_party_is_fenced(root):
    for name, lines in sources(root, ".c", ".h"):
        if name.startswith("tests/"):
            continue
        for number, line in enumerate(lines, 1):
            found = re.match(r"#include [<\"]([^>\"]+)[>\"]", line)
            fence = found and FENCES.get(found.group(1).removeprefix("postgresql/"))
            if fence and not name.startswith(fence):
                yield name, number, f"{found.group(1)} belongs in {', '.join(fence)} only"
            if re.search("gnutls_pubkey_verify|jwt_decode", line) and name != "shared/auth/signature.c":
                yield name, number, "a signature is verified in shared/auth/signature.c only"


def pure_parts_are_pure(root):
    for name, lines in sources(root, ".c", ".h"):
        if name.startswith(PURE):
            for number, line in enumerate(lines, 1):
                if PURE_FORBIDDEN.match(line):
                    yield name, number, "a pure part includes transport or database"


# Which rooms of the engine each room may use; check/ shares nothing with those that it judges.
ENGINE = "services/matching/engine/"
ROOMS = {"base": (), "people": ("base",), "score": ("base", "people"),
         "exact": ("base", "people", "score"), "stable": ("base", "people", "score", "exact"),
         "lists": ("base", "people", "score", "exact"),
         "check": ("base", "people"), "explain": ("base", "people", "score", "exact")}


def engine_rooms_have_doors(root):
    """A room is entered by <room>/<room>.h or by what engine.h opens to all, and from above alone."""
    heading = root / ENGINE / "engine.h"
    public = set(re.findall(r'#include "([^"]+)"', heading.read_text() if heading.exists() else ""))
    for name, lines in sources(root, ".c", ".h"):
        own = name.removeprefix(ENGINE).split("/")[0] if name.startswith(ENGINE) else None
        if name.startswith("tests/") or own == "engine.h":
            continue
        for number, line in enumerate(lines, 1):
            found = re.match(r'#include "(matching/engine/(?:(\w+)/)?(\w+)\.h)"', line)
            if not found or found.group(2) == own:
                continue
            header, room, stem = found.groups()
            if own is None and room:
                yield name, number, "the engine is entered by engine.h"
            elif own and room not in ROOMS.get(own, ()):
                yield name, number, f"{own}/ does not use {room or 'engine.h'}"
            elif own and stem != room and header not in public:
                yield name, number, f"{room}/ is entered by {room}/{room}.h"


def includes(root):
    """Every #include of a header of shared/ or services/ in those two: (path, line, header's path)."""
    found = {name: lines for name, lines in sources(root, ".c", ".h") if name.startswith(("shared/", "services/"))}
    for name, lines in found.items():
        for number, line in enumerate(lines, 1):
            quoted = re.match(r'#include "([^"]+)"', line)
            header = quoted and next((top + quoted.group(1) for top in ("shared/", "services/")
                                      if top + quoted.group(1) in found), None)
            if header:
                yield name, number, header


def module_of(name):
    """A .c file and its headers: x.c, x.h and x_private.h are one module."""
    return re.sub(r"(_private)?\.[ch]$", "", name)


def modules_run_one_way(root):
    """Two modules that need each other, however far around, are one or should be three."""
    needs = {}
    for name, number, header in includes(root):
        own, other = module_of(name), module_of(header)
        if own != other:
            needs.setdefault(own, {}).setdefault(other, (name, number))
    reach = {}

    def reached(module):
        if module not in reach:
            seen, waiting = set(), [module]
            while waiting:
                for other in needs.get(waiting.pop(), ()):
                    if other not in seen:
                        seen.add(other)
                        waiting.append(other)
            reach[module] = seen
        return reach[module]

    for own, others in needs.items():
        for other, (name, number) in others.items():
            if own in reached(other):
                yield name, number, f"{own} and {other} need each other"


DEFINITION = re.compile(r"^(?!static|typedef|#)(?:[A-Za-z_]\w*[ *]+)+(\w+)\((?:[^;{}])*\)\n\{", re.M)
PROTOTYPE = re.compile(r"^(?!static|typedef|#)(?:[A-Za-z_]\w*[ *]+)+(\w+)\([^;{}]*\)[^;{}()]*(?:PRINTF\([^)]*\))?;", re.M)


def headers_declare_their_own(root):
    """What x.h declares stands in x.c, or in a file x_… beside it."""
    texts = {name: "\n".join(lines) for name, lines in sources(root, ".c", ".h")
             if name.startswith(("shared/", "services/"))}
    made = {}
    for name, text in texts.items():
        for found in DEFINITION.finditer(text) if name.endswith(".c") else ():
            made.setdefault(found.group(1), []).append(name)
    for name, text in texts.items():
        for found in PROTOTYPE.finditer(re.sub(r"/\*.*?\*/", lambda c: re.sub(r"[^\n]", " ", c.group()), text, flags=re.S)) \
                if name.endswith(".h") else ():
            at, own = made.get(found.group(1), []), module_of(name)
            if at and not any(file == own + ".c" or file.startswith(own + "_") for file in at):
                yield name, text[:found.start(1)].count("\n") + 1, f"{found.group(1)} stands in {at[0]}"


USED = {
    "string.h": r"(?:mem(?:cpy|set|cmp|move|chr|rchr|mem)|explicit_bzero|str(?:len|cmp|ncmp|chr|rchr|str|dup|ndup|cspn|spn"
                r"|pbrk|nlen|error|error_r|sep|tok_r))\s*\(",
    "stdio.h": r"(?:f?printf|v?snprintf|vfprintf|f(?:open|close|read|write|puts|putc|gets|flush|error|eof|seek|ileno|dopen)"
               r"|puts|putchar|perror|rename|getline)\s*\(|\b(?:FILE|stdin|stdout|stderr)\b",
    "stdlib.h": r"(?:malloc|calloc|realloc|reallocarray|free|aligned_alloc|strto(?:l|ul|ll|ull|d|ld)|qsort(?:_r)?|bsearch"
                r"|exit|abort|getenv|secure_getenv|mkstemp|_Exit|realpath)\s*\(",
    "time.h": r"(?:time|clock_gettime|nanosleep|gmtime_r|localtime_r|strftime|timegm|mktime)\s*\(",
}
USED = {header: re.compile(rf"(?<![\w.>]){names}") for header, names in USED.items()}


def sources_include_what_they_use(root):
    """Of the C library, themselves or by their own header."""
    for name, lines in sources(root, ".c", ".h"):
        if not name.startswith(("shared/", "services/")) or name == "shared/base/banned.h":
            continue
        header = root / (name[:-2] + ".h")
        text = "\n".join(lines)
        included = text + (header.read_text() if header.exists() else "")
        code = re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', lambda c: re.sub(r"[^\n]", " ", c.group()), text, flags=re.S)
        for wanted, names in USED.items():
            found = names.search(code)
            if found and f"#include <{wanted}>" not in included:
                yield name, text[:found.start()].count("\n") + 1, f"{found.group().rstrip('( ')} without <{wanted}>"


A_FILE = re.compile(r"\.(c|h|py|sh|sql|md|yaml|yml|json|mjs|ts|html|conf|css|js)$")
NO_PATH = re.compile(r"^[/~$#-]|[<>*{}…$=|%?&\"']|^(application|text)/|^W/$|^build/|://")


def documents_name_what_is_there(root):
    """A path, a file or a make target that a README has in backticks."""
    files = {name for name, _ in sources(root, "")}
    places = files | {str(folder) for name in files for folder in pathlib.PurePath(name).parents}
    ends = {"/".join(name.split("/")[at:]) for name in places for at in range(name.count("/") + 1)}
    makefile = root / "Makefile"
    targets = set(re.findall(r"^([a-z][\w-]*):", makefile.read_text() if makefile.exists() else "", re.M))
    for name, lines in sources(root, ".md"):
        fenced = False
        for number, line in enumerate(lines, 1):
            fenced ^= line.startswith("```")
            for quoted in re.findall(r"`([^`]+)`", "" if fenced else line):
                for target in re.findall(r"\bmake ([a-z][\w-]*)", quoted):
                    if target not in targets:
                        yield name, number, f"there is no target {target}"
                for word in quoted.split():
                    path = word.strip("(.,;:)").rstrip("/") if not word.startswith("..") else word
                    if NO_PATH.search(word) or not ("/" in word or A_FILE.search(path)):
                        continue
                    beside = os.path.normpath(pathlib.PurePath(name).parent / path)
                    if path not in ends and beside not in places:
                        yield name, number, f"there is no {word}"


def files_are_short(root):
    for name, lines in sources(root, ".c", ".h", ".py", ".sh", ".sql"):
        if len(lines) > 601:
            yield name, 601, f"{len(lines)} lines, 600 at most"


def functions_are_short(root):
    for name, lines in sources(root, ".c"):
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif FUNCTION_END.match(line) and start:
                if number - start > 51 and not lines[number - 1].startswith("};"):
                    yield name, start, f"a function of {number - start - 1} lines, 50 at most"
                start = None


def sql_statements(lines):
    """(first line, how many lines) of each statement; what stands in $$ or BEGIN ATOMIC belongs to its own."""
    first, quote, atomic = None, None, False
    for number, line in enumerate(lines, 1):
        code = line.split("--")[0].rstrip()
        if first is None and not code:
            continue
        first = first or number
        for mark in re.findall(r"\$\w*\$", line):
            quote = mark if quote is None else None if mark == quote else quote
        if quote is None:
            atomic = atomic or code == "BEGIN ATOMIC"
            if code.endswith(";") and (not atomic or code == "END;"):
                yield first, number - first + 1
                first, atomic = None, False


def sql_statements_are_short(root):
    for name, lines in sources(root, ".sql"):
        for first, count in sql_statements(lines):
            if count > 40:
                yield name, first, f"a statement of {count} lines, 40 at most"


def sql_is_narrow(root):
    for name, lines in sources(root, ".sql"):
        for number, line in enumerate(lines, 1):
            columns = len(line.expandtabs(4))
            if columns > 110:
                yield name, number, f"{columns} columns where a tab is four, 110 at most"


def time_has_one_source(root):
    for name, lines in sources(root, ".sql"):
        if name.startswith("tests/"):
            continue
        for number, line in enumerate(lines, 1):
            bare = TIME_FUNCTION.sub("", line.split("--")[0])
            if BARE_TIME.search(bare) and "current_setting" not in bare:
                yield name, number, "business time is common.now()"
            if "pg_catalog.now()" in line and not name.startswith(("shared/schema/", "shared/objects/")):
                yield name, number, "the real clock belongs to shared/schema and shared/objects alone"


def the_project_speaks_of_itself(root):
    for name, lines in sources(root, ".c", ".h", ".sql", ".py", ".sh", ".md", ".yaml", ".yml", "Makefile"):
        if name.startswith("tests/"):
            continue
        for number, line in enumerate(lines, 1):
            if FOREIGN_WORDS.search(line):
                yield name, number, "speaks of something outside the project"


def tables_are_audited_or_say_why(root):
    for name, lines in sources(root, ".sql"):
        if not re.match(r"services/\w+/schema/", name):
            continue
        text = "\n".join(lines)
        for found in re.finditer(r"^CREATE TABLE ([\w.]+) \((.*?)^\)", text, re.M | re.S):
            table, columns = found.groups()
            if re.search(r"^\s*(id|\w+_id) uuid", columns, re.M):
                continue
            if not re.search(rf"COMMENT ON TABLE {re.escape(table)} IS 'unaudited: ", text):
                yield name, text[:found.start()].count("\n") + 1, f"{table} has no uuid key and no reason to go unaudited"


def constraints_are_named(root):
    for name, lines in sources(root, ".sql"):
        if "/schema/" not in name:
            continue
        for number, line in enumerate(lines, 1):
            code = line.split("--")[0]
            if re.search(r"\b(PRIMARY KEY|UNIQUE|CHECK|REFERENCES|EXCLUDE USING)\b", code) \
                    and "CONSTRAINT" not in code and "CONSTRAINT" not in lines[number - 2] \
                    and not re.search(r"UNIQUE INDEX|WITH CHECK|CHECK OPTION|CREATE POLICY|FOR ", code):
                yield name, number, "a constraint without a name"


OBJECT = re.compile(r"CREATE OR REPLACE (FUNCTION|VIEW|TRIGGER)\b|GRANT\b|REVOKE\b|COMMENT ON\b|SET LOCAL ROLE\b")
COMMAND = re.compile(r"(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE|DO|SET|GRANT|REVOKE|COMMENT|TRUNCATE)\b")


def objects_are_replaced(root):
    """Tables are migrated, objects are made anew: each in its own folder."""
    for name, lines in sources(root, ".sql"):
        kept = None
        for number, line in enumerate(lines, 1):
            if "/schema/" in name and re.match(r"CREATE (OR REPLACE )?(VIEW|TRIGGER)\b", line):
                yield name, number, "views and triggers stand in objects/"
            if "/objects/" not in name:
                continue
            if COMMAND.match(line) and not OBJECT.match(line):
                yield name, number, "objects/ holds what CREATE OR REPLACE makes, and grants"
            if line.startswith("-- kept until "):
                kept = line
            elif not line.startswith(("--", "CREATE")):
                kept = None
            if name.endswith("/kept.sql") and line.startswith("CREATE") and not kept:
                yield name, number, "what is kept for the last release says: -- kept until <release>: <why>"


def gateway_passes_large_bodies(root):
    """Each path with an x-body-limit is named by a location of the gateway that lets it through."""
    config = root / "deploy/gateway/nginx.conf"
    text = config.read_text() if config.exists() else ""
    large = [re.compile(found) for found in re.findall(
        r"location ~ (\S+) \{\s+client_max_body_size 32m;", text)]
    for name, lines in sources(root, ".yaml"):
        path = None
        for number, line in enumerate(lines, 1):
            found = re.match(r"  (/\S+):$", line)
            path = found.group(1) if found else path
            limit = re.match(r" +x-body-limit: (\d+)", line)
            if limit and (int(limit.group(1)) > 32 << 20 or not any(
                    pattern.match(path) for pattern in large)):
                yield name, number, f"the gateway cuts bodies of {path} shorter than its limit"


FOLDING = re.compile(r"\b(lower|upper|initcap)\(|\b(ILIKE|citext)\b|~~?\*", re.I)


def letters_fold_by_a_named_collation(root):
    """Keys fold A to Z alone, searches as ICU does: never as the database's locale happens to."""
    for name, lines in sources(root, ".sql"):
        if name.startswith("tests/"):
            continue
        text = "\n".join(line.split("--")[0] for line in lines)
        for found in FOLDING.finditer(text):
            of_range_or_ascii = re.match(r"\w+\((\w+\.)?(during|tg_op|years\(\))\)", text[found.start():])
            if not of_range_or_ascii and "COLLATE" not in argument(text, found.end()):
                yield name, text[:found.start()].count("\n") + 1, f"{found.group()} without a collation"


def argument(text, start):
    """What follows an opening bracket, up to the closing one."""
    depth = 1
    for end in range(start, len(text)):
        depth += (text[end] == "(") - (text[end] == ")")
        if depth == 0:
            return text[start:end]
    return ""


RULES = [gateway_passes_large_bodies, layers_point_down, services_stay_apart, third_party_is_fenced, pure_parts_are_pure,
         engine_rooms_have_doors, modules_run_one_way, headers_declare_their_own,
         sources_include_what_they_use, documents_name_what_is_there,
         files_are_short, functions_are_short, sql_statements_are_short, sql_is_narrow, time_has_one_source,
         the_project_speaks_of_itself,
         tables_are_audited_or_say_why, constraints_are_named, objects_are_replaced,
         letters_fold_by_a_named_collation]

BREACHES = {
    "gateway_passes_large_bodies": ("api/profiles/x.yaml", "paths:\n  /api/v1/x:\n    post:\n      x-body-limit: 70000\n"),
    "layers_point_down": ("shared/base/x.c", '#include "http/call.h"\n'),
    "services_stay_apart": ("services/profiles/x.c", '#include "gen/matching/contract.h"\n'),
    "third_party_is_fenced": ("services/profiles/x.c", "#include <libpq-fe.h>\n"),
    "pure_parts_are_pure": ("services/matching/engine/x.c", '#include "db/database.h"\n'),
    "engine_rooms_have_doors": ("services/matching/engine/check/x.c", '#include "matching/engine/exact/exact.h"\n'),
    "modules_run_one_way": {"shared/base/x.h": '#include "base/y.h"\n', "shared/base/y.c": '#include "base/z.h"\n',
                            "shared/base/y.h": "", "shared/base/z.h": '#include "base/x.h"\n'},
    "headers_declare_their_own": {"shared/base/x.h": "int f(void);\n", "shared/base/y.c": "int f(void)\n{\n}\n"},
    "sources_include_what_they_use": ("shared/base/x.c", "char *f(void)\n{\n\treturn malloc(1);\n}\n"),
    "documents_name_what_is_there": ("README.md", "see `services/nowhere/x.sql`\n"),
    "files_are_short": ("shared/base/x.c", "\n" * 602),
    "functions_are_short": ("shared/base/x.c", "int f(void)\n{\n" + "\tg();\n" * 51 + "}\n"),
    "sql_statements_are_short": ("services/profiles/objects/x.sql", "CREATE OR REPLACE FUNCTION profiles.x() RETURNS int\n"
                                 "LANGUAGE plpgsql AS $$\nBEGIN\n" + "\tPERFORM 1;\n" * 37 + "END $$;\n"),
    "sql_is_narrow": ("services/profiles/x.sql", "SELECT\n\t" + "1 + " * 26 + "100;\n"),
    "time_has_one_source": ("services/profiles/x.sql", "SELECT now();\n"),
    "the_project_speaks_of_itself": ("README.md", "see ../shared/design\n"),
    "tables_are_audited_or_say_why": ("services/profiles/schema/1.sql", "CREATE TABLE profiles.x (\n\tn int\n);\n"),
    "objects_are_replaced": ("services/profiles/objects/kept.sql", "-- why\nCREATE OR REPLACE VIEW profiles.x AS VALUES (1);\n"),
    "letters_fold_by_a_named_collation": ("services/profiles/x.sql", "SELECT lower(name) FROM skill ORDER BY name COLLATE x;\n"),
    "constraints_are_named": ("services/profiles/schema/1.sql", "\tn int PRIMARY KEY\n"),
}


def self_test():
    failed = 0
    for rule in RULES:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            breach = BREACHES[rule.__name__]
            for name, text in breach.items() if isinstance(breach, dict) else (breach,):
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            caught = any(True for _ in rule(root))
        print(f"{'ok' if caught else 'FAILED'} {rule.__name__} catches its breach")
        failed += not caught
    return failed


def main():
    root = pathlib.Path(__file__).resolve().parents[2]
    failed = self_test()
    for rule in RULES:
        breaches = list(rule(root))
        print(f"{'FAILED' if breaches else 'ok'} {rule.__name__}")
        for path, line, sentence in breaches:
            print(f"{path}:{line}: {sentence}")
        failed += bool(breaches)
    total = 2 * len(RULES)
    print(f"{total - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
