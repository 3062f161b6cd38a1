"""The civil service's mentoring sample (the data of an open-source peer) as files of upward-match.

Turned round for reverse mentoring: whoever the sample calls mentor teaches, but now the lower grade
teaches the higher one. The profession is the skill that is offered and wanted; identities count as
interests where a mentee wishes for someone alike."""

import csv
import json

import company

GRADES = ["AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4"]
POLICY = {"common_half_hours": 0, "need_covered": False, "level_gap_max": 5, "level_gap_ideal": 2,
          "weights": {"need": 48, "department": 32, "level_gap": 24, "interests": 24},
          "ample_interests": 1}


def quoted(text):
    """A CSV field."""
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',;"\n') else text


def rows(path):
    """The rows of one file of the sample."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def person(row, role):
    """One line of the people file."""
    identities = row.get("identity to match") or row.get("characteristics") or ""
    wishes = role == "mentor" or row["match with similar identity"] == "yes"
    interests = sorted({name.strip() for name in identities.split(",") if name.strip()})
    skill = row["profession"].strip()
    return ",".join([
        quoted(f"{role} {row['email address']}"), role, str(GRADES.index(row["grade"].strip())), "",
        quoted(row["organisation"]), "en", "Europe/London", "",
        quoted(f"{skill}:4") if role == "mentor" and skill else "",
        quoted(f"{skill}:1>4") if role == "mentee" and skill else "",
        quoted("|".join(interests)) if wishes else "", "1"])


def write(source, folder):
    """Writes people.csv and policy.json; the numbers of mentees and mentors."""
    mentees = rows(source / "civil_service_mentees.csv")
    mentors = rows(source / "civil_service_mentors.csv")
    lines = [company.COLUMNS, *(person(row, "mentee") for row in mentees),
             *(person(row, "mentor") for row in mentors)]
    (folder / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "policy.json").write_text(json.dumps(POLICY))
    return len(mentees), len(mentors)
