"""What happens to people and pairs in a simulated programme, with effects of known size. Pure: everything
follows from a seed and from names, so that it does not matter in which order questions are asked.

A pair is drawn to thrive or to die. Both miss a meeting now and then. One that dies first fades for some
weeks: meetings are missed, called off, or nobody says whether they took place; then the two part."""

import dataclasses
import random


@dataclasses.dataclass(frozen=True)
class Effects:
    """The sizes of what a report is to find again."""
    leave_week: float = 0.004         # a colleague leaves the company in a week: about a fifth in a year
    leave_ratio: float = 0.4          # the same of somebody in a pair, as a share of it
    move_week: float = 0.002          # moves to another department
    join_week: float = 0.004          # people who join, as a share of those who are there
    die: float = 0.35                 # pairs that die
    fade_after: tuple = (2, 9)        # weeks until a pair that dies begins to fade
    fade_weeks: tuple = (4, 11)       # weeks it fades before the two part
    miss: float = 0.06                # meetings missed by a pair that thrives
    call_off: float = 0.03            # meetings called off by it
    forget: float = 0.15              # meetings that it does not report in the week of the meeting
    remember: float = 0.6             # of those, reported in each week after
    fading: tuple = (0.2, 0.4, 0.2)   # of one that fades: held, missed, called off; the rest stays unreported
    shift: float = 0.6                # what an attitude gains from before to after, in points of a scale of 5
    goals: float = 0.8                # pairs that agree on a goal
    note: float = 0.4                 # meetings after which a pair that thrives notes progress
    fading_note: float = 0.1          # the same of one that fades
    monthly: float = 0.3              # pairs that meet once a month; the others meet every week


class Fate:
    """Answers what happens."""

    def __init__(self, seed, effects=Effects()):
        self.seed, self.effects = seed, effects

    def draw(self, *what):
        """A generator of random numbers of its own for each question."""
        return random.Random("/".join(str(part) for part in (self.seed, *what)))

    def leaves(self, person, week, paired):
        """Whether a person's last day is in this week."""
        hazard = self.effects.leave_week * (self.effects.leave_ratio if paired else 1)
        return self.draw("leaves", person, week).random() < hazard

    def moves(self, person, week):
        """Whether a person moves to another department in this week."""
        return self.draw("moves", person, week).random() < self.effects.move_week

    def joiners(self, people, week):
        """How many people join in this week."""
        rng = self.draw("joins", week)
        return sum(rng.random() < self.effects.join_week for _ in range(people))

    def monthly(self, pair):
        """Whether a pair meets once a month."""
        return self.draw("monthly", pair).random() < self.effects.monthly

    def course(self, pair, begins):
        """The weeks in which a pair begins to fade and in which it parts; None and None if it thrives."""
        rng = self.draw("course", pair)
        if rng.random() >= self.effects.die:
            return None, None
        fades = begins + rng.randint(*self.effects.fade_after)
        return fades, fades + rng.randint(*self.effects.fade_weeks)

    def ahead(self, pair, meeting, fading):
        """Whether a meeting that is to come is called off."""
        share = self.effects.fading[2] if fading else self.effects.call_off
        return self.draw("ahead", pair, meeting).random() < share

    def outcome(self, pair, meeting, fading):
        """What became of a meeting: held, missed, or None if nobody says so."""
        held, missed, _ = self.effects.fading if fading else (
            1 - self.effects.miss - self.effects.forget, self.effects.miss, 0)
        drawn = self.draw("outcome", pair, meeting).random()
        return "held" if drawn < held else "missed" if drawn < held + missed else None

    def remembers(self, pair, meeting, week, fading):
        """Whether a pair reports in this week a meeting that it had forgotten to report."""
        return not fading and self.draw("remembers", pair, meeting, week).random() < self.effects.remember

    def has_goal(self, pair):
        """Whether a pair agrees on a goal."""
        return self.draw("goal", pair).random() < self.effects.goals

    def notes(self, pair, meeting, fading):
        """Whether a pair notes progress after a meeting."""
        share = self.effects.fading_note if fading else self.effects.note
        return self.draw("notes", pair, meeting).random() < share

    def answer(self, person, question, after, reversed_question):
        """A point of a scale of five."""
        latent = self.draw("attitude", person).gauss(2.9, 0.7)
        noise = self.draw("answer", person, question, after).gauss(0, 0.6)
        point = latent + noise + (self.effects.shift if after else 0)
        return min(5, max(1, round(6 - point if reversed_question else point)))
