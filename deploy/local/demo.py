#!/usr/bin/env python3
"""Halden, a fictional company: about 600 people in ten departments, nine places and eight levels, with
one reporting tree, and their skills, interests and languages. It is always the same, because everything
is derived from one seed. Run as a program, it prints the employee file as the API imports it."""

import csv
import random
import sys
import unicodedata

SEED = 20270111
PEOPLE = 600
DOMAIN = "halden.example"
COLUMNS = ["external_id", "user_name", "given_name", "family_name", "email", "title", "department",
           "location", "country", "time_zone", "level", "manager_external_id", "hired_on", "active"]

# department: weight, job titles on the lower and on the upper levels
DEPARTMENTS = {
    "Engineering": (24, "Engineer", "Engineering"), "Product": (9, "Designer", "Product"),
    "Sales": (16, "Account manager", "Sales"), "Marketing": (9, "Content editor", "Marketing"),
    "Finance": (8, "Analyst", "Finance"), "People": (7, "Partner", "People"),
    "Operations": (12, "Planner", "Operations"), "Customer Care": (13, "Adviser", "Customer Care"),
    "Legal": (4, "Counsel", "Legal"), "Data": (8, "Data scientist", "Data"),
}
# city: weight, country, time zone, language besides English, given names, family names
PLACES = {
    "Berlin": (18, "DE", "Europe/Berlin", "de", "Anna Lukas Lena Jonas Mia Felix Emre Aylin Clara Paul",
               "Schneider Yilmaz Wagner Krüger Hoffmann Becker Demir Vogel Brandt Lange"),
    "London": (16, "GB", "Europe/London", None, "Olivia Harry Amelia Imran Zara George Priya Tom Grace Kwame",
               "Smith Patel Khan Taylor Mensah Brown Hughes Begum Clarke Evans"),
    "Austin": (14, "US", "America/Chicago", "es", "Emily Diego Maya Tyler Sofia Jordan Avery Luis Harper Noah",
               "Garcia Johnson Martinez Williams Nguyen Davis Lopez Miller Brooks Reed"),
    "Bengaluru": (14, "IN", "Asia/Kolkata", "hi", "Ananya Rohan Kavya Arjun Meera Vikram Divya Rahul Isha Sanjay",
                  "Iyer Sharma Reddy Nair Gupta Rao Menon Verma Das Kulkarni"),
    "Kraków": (10, "PL", "Europe/Warsaw", "pl", "Zofia Jakub Hanna Piotr Maja Marek Ewa Tomasz Kasia Adam",
               "Nowak Kowalska Wiśniewski Zielińska Lewandowski Kamińska Mazur Wójcik Dudek Sikora"),
    "São Paulo": (9, "BR", "America/Sao_Paulo", "pt", "Beatriz João Larissa Rafael Camila Thiago Júlia Bruno Marina Caio",
                  "Silva Santos Oliveira Souza Pereira Costa Almeida Ribeiro Carvalho Rocha"),
    "Nairobi": (7, "KE", "Africa/Nairobi", "sw", "Wanjiru Otieno Akinyi Kamau Njeri Mwangi Achieng Kiprop Amina Baraka",
                "Odhiambo Kariuki Wambui Kiplagat Omondi Njoroge Cheruiyot Maina Hassan Mutua"),
    "Singapore": (7, "SG", "Asia/Singapore", "zh", "Wei Xinyi Farid Jia Ravi Mei Darren Siti Kai Hui",
                  "Tan Lim Lee Rahman Ng Wong Kumar Goh Chua Abdullah"),
    "Sydney": (5, "AU", "Australia/Sydney", None, "Charlotte Jack Isla Oliver Ruby Ethan Matilda Liam Chloe Arlo",
               "Wilson Murphy Kelly Papadopoulos Tran Campbell Ryan Rossi Walker Mitchell"),
}
# Most popular first: the n-th is drawn with weight 1/n (Zipf).
SKILLS = ["Generative AI tools", "Social media", "Data literacy", "Inclusive language", "Short video",
          "Prompt writing", "Cloud basics", "Accessibility", "Digital privacy", "Podcasts",
          "Spreadsheet automation", "Gaming communities", "Cyber security hygiene", "Dashboards",
          "Remote collaboration", "Creator economy", "Online communities", "Mobile payments",
          "Sustainability", "Neurodiversity", "Python", "User research", "Agile ways of working",
          "E-commerce", "Mental health at work", "Gender diversity", "Open source", "Streaming",
          "Messaging etiquette", "Search marketing", "No-code tools", "Data visualisation",
          "Machine learning", "Design thinking", "Virtual reality", "Climate activism",
          "First-generation careers", "Disability inclusion", "Robotics", "Quantum computing"]
INTERESTS = ["cooking", "running", "football", "photography", "travel", "cinema", "reading", "music",
             "hiking", "chess", "gardening", "climbing", "theatre", "cycling", "painting", "yoga",
             "board games", "astronomy", "volunteering", "sailing"]
TITLES = {8: "Chief Executive Officer", 7: "Chief {1} Officer", 6: "Vice President {1}",
          5: "Director {1}", 4: "Head of {1} team", 3: "Senior {0}", 2: "{0}", 1: "Junior {0}"}
# Few are at the top, and every level below is larger.
SHARE = {7: None, 6: 0.045, 5: 0.09, 4: 0.14, 3: 0.22, 2: 0.27, 1: 0.235}
MENTEES_FROM, MENTORS_TO, MENTORS = 6, 3, 110


def pick(rng, weighted):
    """Draws one key of {key: (weight, …)}."""
    return rng.choices(list(weighted), [value[0] for value in weighted.values()])[0]


def plain(name):
    """The name in lower-case ASCII letters."""
    flat = unicodedata.normalize("NFKD", name.replace("ł", "l")).encode("ascii", "ignore").decode()
    return flat.lower().replace(" ", "")


def several(rng, ordered, count):
    """Draws `count` different entries of a list, the n-th with weight 1/n."""
    left, chosen = list(ordered), []
    while len(chosen) < count:
        weights = [1 / (ordered.index(entry) + 1) for entry in left]
        chosen.append(left.pop(rng.choices(range(len(left)), weights)[0]))
    return chosen


def level_sizes(members):
    """How many people of a department are on each level below its chief."""
    sizes = {level: max(1, round(members * share)) for level, share in SHARE.items() if share}
    sizes[2] += members - sum(sizes.values()) - 1
    return sizes


class Company:
    """The people in order of their numbers, the chief executive first."""

    def __init__(self, size=PEOPLE, seed=SEED):
        self.seed, self.rng = seed, random.Random(seed)
        self.people, self.taken = [], set()
        self._add(8, "Executive", "", None)
        total = sum(weight for weight, _low, _high in DEPARTMENTS.values())
        for department, (weight, low, high) in DEPARTMENTS.items():
            self._department(department, round((size - 1) * weight / total), low, high)
        for person in self.people:
            self._details(person)

    def _department(self, department, members, low, high):
        above = [self._add(7, department, low, self.people[0], high)]
        for level, size in level_sizes(members).items():
            # Not everybody reports to the next level, so that lines differ in length.
            skipping = [p for p in self.people if p["department"] == department
                        and p["level"] == level + 2]
            added = []
            for number in range(size):
                skips = skipping and self.rng.random() < 0.15
                manager = self.rng.choice(skipping) if skips else above[number % len(above)]
                added.append(self._add(level, department, low, manager, high))
            above = added

    def _add(self, level, department, low, manager, high=""):
        rng = self.rng
        # Most people work where their manager works.
        place = (manager["location"] if manager and rng.random() < 0.35 else pick(rng, PLACES))
        _weight, country, zone, _language, given, family = PLACES[place]
        given, family = rng.choice(given.split()), rng.choice(family.split())
        user, number = f"{plain(given)}.{plain(family)}", 1
        while user in self.taken:
            number += 1
            user = f"{plain(given)}.{plain(family)}{number}"
        self.taken.add(user)
        year = 2026 - min(25, int(rng.expovariate(1 / (1.5 + 2 * level))))
        person = {
            "external_id": f"HAL-{len(self.people) + 1001}", "user_name": user, "given_name": given,
            "family_name": family, "email": f"{user}@{DOMAIN}",
            "title": TITLES[level].format(low if level > 1 else low.lower(), high).replace("  ", " "),
            "department": department, "location": place, "country": country, "time_zone": zone,
            "level": level, "manager_external_id": manager["external_id"] if manager else "",
            "hired_on": f"{year}-{rng.randint(1, 10):02}-{rng.randint(1, 28):02}", "active": "true"}
        self.people.append(person)
        return person

    def _details(self, person):
        """Skills, interests, languages and hours: what people state themselves, not the HR system."""
        rng, senior = self.rng, person["level"] >= MENTEES_FROM
        skills = []
        for name in several(rng, SKILLS, rng.randint(4, 6) if senior else rng.randint(3, 6)):
            if senior:
                current = rng.randint(0, 2)
                skills.append((name, current, min(5, current + rng.randint(1, 3)), False))
            else:
                current = rng.randint(3, 5)
                skills.append((name, current, None, current >= 4 or rng.random() < 0.5))
        language = PLACES[person["location"]][3]
        starts = rng.choice(["08:00", "08:30", "09:00", "09:30"])
        ends = rng.choice(["16:30", "17:00", "17:30", "18:00"])
        off = rng.choice([None, None, None, None, 5, 3])
        person["skills"] = skills
        person["interests"] = several(rng, INTERESTS, rng.randint(2, 5))
        person["languages"] = ["en"] + ([language] if language else [])
        person["hours"] = [(day, starts, ends) for day in range(1, 6) if day != off]

    def mentees(self):
        """The leaders who take part, the chief executive first."""
        return [person for person in self.people if person["level"] >= MENTEES_FROM]

    def mentors(self):
        """The juniors who take part."""
        juniors = [person for person in self.people if person["level"] <= MENTORS_TO]
        return random.Random(self.seed + 1).sample(juniors, min(MENTORS * len(self.people) // PEOPLE, len(juniors)))

    def person_for(self, role):
        """The user name of somebody who fits the role; None for a role without a person."""
        if role == "mentee":
            return self.mentees()[0]["user_name"]
        if role == "mentor":
            return self.mentors()[0]["user_name"]
        department = {"programme_admin": "People", "admin": "Operations", "auditor": "Legal",
                      "participant": "Sales"}.get(role)
        fitting = [p for p in self.people if p["department"] == department and p["level"] in (4, 5)]
        return fitting[0]["user_name"] if fitting else None

    def write_csv(self, out):
        """The employee file, with rows in no particular order, as HR systems send them."""
        writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(random.Random(self.seed + 2).sample(self.people, len(self.people)))


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    Company().write_csv(sys.stdout)
