"""Companies from a seed, as files of upward-match: the instances of the benchmark and of the oracle
tests.

Seniors (levels 5 to 8) are mentees, juniors (1 to 4) mentors. 500 skills with a long tail (165 in the loose shape), half of
the picks a department's own; 200 interests; 24 languages, one of them shared by 85 %; six time
zones, about twenty free hours a week; twelve departments; a reporting forest with thirty roots;
every third mentee has up to three people excluded. Two shapes: `sparse`, in which about 5 % of the
pairs are allowed, and `loose`, about 17 %. `small` is a company of a few hundred that looks for
digital skills: twenty of them, three wanted by each mentee, sixteen departments."""

import json
import random
from itertools import accumulate

INTERESTS, DEPARTMENTS, LANGUAGES, ROOTS = 200, 12, 24, 30
ZONES = ["America/Los_Angeles", "America/New_York", "Europe/London", "Europe/Berlin",
         "Asia/Dubai", "Asia/Singapore"]
DAYS = ["mon", "tue", "wed", "thu", "fri"]
COLUMNS = ("id,role,level,manager_id,department,languages,time_zone,hours,offers,wants,interests,"
           "capacity")
SHAPES = {"sparse": {"windows": 11, "common_half_hours": 6, "skills": 500},
          "loose": {"windows": 18, "common_half_hours": 2, "skills": 165}}
SMALL = {"windows": 18, "common_half_hours": 2, "skills": 20, "wants": 3, "departments": 16}


class Company:
    """Draws people; the same seed gives the same company on every machine."""

    def __init__(self, seed, shape):
        self.dice = random.Random(seed)
        traits = SHAPES.get(shape, SMALL)
        self.windows = traits["windows"]
        self.wants = traits.get("wants")
        self.departments = traits.get("departments", DEPARTMENTS)
        self.ranks = range(traits["skills"])
        weights = [1 / (rank + 2.7) ** 0.95 for rank in self.ranks]  # Zipf-Mandelbrot
        self.cumulated = list(accumulate(weights))
        self.own = []
        for _ in range(self.departments):
            order = list(self.ranks)
            self.dice.shuffle(order)
            self.own.append(order)

    def skills(self, department, count):
        """Different skills, half of them by the department's own ranking."""
        found = {}
        while len(found) < count:
            rank, = self.dice.choices(self.ranks, cum_weights=self.cumulated)
            found[rank if self.dice.random() < 0.5 else self.own[department][rank]] = True
        return found

    def hours(self):
        """Windows of the working week."""
        found = set()
        for _ in range(self.windows):
            begin = self.dice.randint(8, 16)
            found.add((self.dice.randrange(5), begin, begin + self.dice.randint(1, 3)))
        return "|".join(f"{DAYS[day]} {begin:02}:00-{end:02}:00" for day, begin, end in
                        sorted(found))

    def person(self, name, senior, manager, capacity):
        """One line of the people file."""
        dice = self.dice
        department = dice.randrange(self.departments)
        languages = {dice.randrange(1, LANGUAGES)} | ({0} if dice.random() < 0.85 else set())
        offers = (f"s{skill}:{dice.randint(1, 5)}"
                  for skill in self.skills(department, dice.randint(3, 12)))
        wants = []
        for skill in self.skills(department, self.wants or dice.randint(3, 12)):
            current = dice.randint(0, 3)
            wants.append(f"s{skill}:{current}>{dice.randint(current + 1, 5)}")
        interests = dice.sample(range(INTERESTS), dice.randint(2, 8))
        return ",".join([
            name, "mentee" if senior else "mentor", str(dice.randint(1, 4) + (4 if senior else 0)),
            manager, f"d{department}", "|".join(f"l{n}" for n in sorted(languages)),
            dice.choice(ZONES), self.hours(), "|".join(offers), "|".join(wants),
            "|".join(f"i{n}" for n in interests), str(capacity)])


def repeat(folder, times):
    """Writes the people of a folder so many times over, each time under names of their own: a big
    instance at once, full of equal scores."""
    heading, *lines = (folder / "people.csv").read_text(encoding="utf-8").splitlines()
    cells = [line.split(",", 4) for line in lines]
    with open(folder / "people.csv", "w", encoding="utf-8") as file:
        file.write(heading + "\n")
        for number in range(times):
            for name, role, level, manager, rest in cells:
                manager = f"{number}.{manager}" if manager else ""
                file.write(f"{number}.{name},{role},{level},{manager},{rest}\n")


def write(folder, seed, mentees, mentors, shape="sparse", capacities=False, policy=None,
          changes=0):
    """Writes people.csv, blocked.csv and policy.json, to which `policy` adds members; for `changes`
    also changes.csv, new facts of people drawn at random, reporting lines kept."""
    company = Company(seed, shape)
    dice = company.dice
    people = []  # name, senior, manager

    def capacity(senior):
        return (dice.randint(1, 2) if senior else dice.randint(1, 3)) if capacities else 1

    with open(folder / "people.csv", "w", encoding="utf-8") as file:
        file.write(COLUMNS + "\n")
        for number in range(mentees + mentors):
            senior = number < mentees
            name = f"e{number}" if senior else f"j{number - mentees}"
            manager = dice.choice(people)[0] if people and number >= min(ROOTS, mentees) else ""
            people.append((name, senior, manager))
            file.write(company.person(*people[-1], capacity(senior)) + "\n")
    with open(folder / "blocked.csv", "w", encoding="utf-8") as file:
        file.write("a,b\n")
        for number in range(mentees):
            for _ in range(dice.randint(0, 3) if dice.random() < 0.3 and mentors else 0):
                file.write(f"e{number},j{dice.randrange(mentors)}\n")
    if changes:
        with open(folder / "changes.csv", "w", encoding="utf-8") as file:
            file.write(COLUMNS + "\n")
            for chosen in dice.choices(people, k=changes):
                file.write(company.person(*chosen, capacity(chosen[1])) + "\n")
    # a distance in numbers: solvers that see nothing but scores know no head of the tree
    members = {"line_distance": 2, "level_gap_min": 2, "level_gap_max": 7,
               "common_half_hours": SHAPES.get(shape, SMALL)["common_half_hours"], **(policy or {})}
    (folder / "policy.json").write_text(json.dumps(members))
