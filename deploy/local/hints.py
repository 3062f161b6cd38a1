"""Prints the stack's URLs, a token for every role, and requests to try."""

import json
import pathlib
import shutil

import keys

ROOT = pathlib.Path(__file__).resolve().parents[2]

HOURS = 12


# Role, path and what it shows; {programme} and {pair} come from the play.
WORTH_TRYING = [
    ("mentee", "/api/v1/me", "who am I"),
    ("mentee", "/api/v1/people?q=anna&limit=5", "search the directory"),
    ("mentee", "/api/v1/dashboards/me", "my tasks, in one call for a portal's widget"),
    ("mentee", "/api/v1/dashboards/mentee?programme_id={programme}", "the mentee's page"),
    ("mentor", "/api/v1/dashboards/pairs/{pair}", "the pair's page"),
    ("mentor", "/api/v1/notifications?limit=5", "my notifications"),
    ("mentee", "/api/v1/pairs/{pair}/why", "why we were matched"),
    ("programme_admin", "/api/v1/programmes/{programme}/funnel", "invited, enrolled, paired"),
    ("programme_admin", "/api/v1/dashboards/programmes/{programme}/work-list?limit=5",
     "what needs attention"),
    ("programme_admin", "/api/v1/reports/programmes/{programme}/participation",
     "participation, with small cells hidden"),
]


def played(folder):
    """What the play created: programme, pair, mentee and mentor; empty before it has run."""
    try:
        return json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def person_for(folder, company, role):
    """The user name of a demo person with this role; mentee and mentor come from the play."""
    return played(folder).get(role) or company.person_for(role)


def name_of(company, user):
    """“Given Family, title” of a person of the demo company."""
    for person in company.people:
        if person["user_name"] == user:
            return f"{person['given_name']} {person['family_name']}, {person['title']}"
    return "not a person"


def portal_note(folder, built=ROOT / "build/portal/index.html"):
    """Why the portal may not be there, in a few words; nothing if it is."""
    if built.exists():
        return ""
    if shutil.which("node") and shutil.which("npm"):
        return "(its first build takes a minute)"
    return f"(not built: it needs Node 18 with npm, see {folder}/log/docs.log; the API works without it)"


def show(facts, folder, company):
    """Prints the hints; `company` is None if the stack has no demo people."""
    url = facts["url"]
    print(f"\nThe portal        {url}/portal/   {portal_note(facts['dir'])}".rstrip())
    print(f"Upward is up      {url}")
    print(f"Documentation     {url}/docs/   {url}/openapi.json")
    print(f"Mail it sends     {facts['mail']['url']}/")
    print(f"State and logs    {facts['dir']}/stack.json   {facts['dir']}/log/\n")
    roles = ["admin", "hris", "programme_admin", "mentee", "mentor", "auditor"]
    usual = pathlib.Path(folder).resolve() == pathlib.Path("build/run").resolve()
    make_token = "make -s token" + ("" if usual else f" RUN_DIR={folder}")
    print(f"Tokens, valid for {HOURS} hours; `{make_token} ROLE=… [SUB=user_name]` prints a new one")
    for role in roles if company else ["admin", "hris", "auditor"]:
        user = person_for(folder, company, role) if company else None
        held = "participant" if role in ("mentee", "mentor") else role
        token = keys.token(facts["keys"], facts["token_tool"], held, user, HOURS * 3600)
        print(f"\n{role}: {name_of(company, user)} ({user})" if user else f"\n{role}", f"\n{token}",
              sep="")
    facts_of_play = played(folder)
    if company and facts_of_play:
        print("\nRequests to paste into a shell in this folder")
        for role, path, what in WORTH_TRYING:
            bearer = f"Authorization: Bearer $({make_token} ROLE={role})"
            print(f"\n  # {what}\n  curl -s -H \"{bearer}\" "
                  f"'{url}{path.format_map(facts_of_play)}'")
    print(flush=True)
