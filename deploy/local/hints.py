"""What to try now: where everything is, tokens for every role, and requests to paste."""

import json

import keys

HOURS = 12


def person_for(folder, company, role):
    """The user name of a demo person who fits the role; mentee and mentor are those of the play."""
    try:
        played = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        played = {}
    return played.get(role) or company.person_for(role)


def name_of(company, user):
    """“Given Family, title” of a person of the demo company."""
    for person in company.people:
        if person["user_name"] == user:
            return f"{person['given_name']} {person['family_name']}, {person['title']}"
    return "no person behind it"


def show(facts, folder, company):
    """Prints it; `company` is None where the stack has no demo people."""
    url = facts["url"]
    print(f"\nUpward is up      {url}")
    print(f"The contract      {url}/docs/   {url}/openapi.json")
    print(f"What runs, logs   {facts['dir']}/stack.json   {facts['dir']}/log/\n")
    roles = ["admin", "hris", "programme_admin", "mentee", "mentor", "auditor"]
    print(f"Tokens, good for {HOURS} hours; `make -s token ROLE=… [SUB=user_name]` prints another")
    for role in roles if company else ["admin", "hris", "auditor"]:
        user = person_for(folder, company, role) if company else None
        held = "participant" if role in ("mentee", "mentor") else role
        token = keys.token(facts["keys"], facts["token_tool"], held, user, HOURS * 3600)
        print(f"\n{role}: {name_of(company, user)} ({user})" if user else f"\n{role}", f"\n{token}",
              sep="")
    if company:
        bearer = '-H "Authorization: Bearer $(make -s token ROLE={})"'.format
        print("\nWorth trying, in this folder")
        for role, path in (("mentee", "/api/v1/me"),
                           ("mentee", "/api/v1/people?q=anna&limit=5"),
                           ("mentee", "/api/v1/shortlists"),
                           ("mentor", "/api/v1/sessions"),
                           ("programme_admin", "/api/v1/programmes")):
            print(f"  curl -s {bearer(role)} '{url}{path}'")
    print(flush=True)
