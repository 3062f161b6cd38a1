"""Kinds of tasks: every fault of api/tasks.yaml is found at its line, and the rows say what it says."""

import json
import unittest

from fixture import Case, YAML

TASKS = 'api/tasks.yaml'
CATALOGUE = """\
tasks:
  agree_goal: {owner: evaluation, waits_for: pair, noun: goal, action: completion, reminders: [3, 6], last_day: true, segment: goals, work: {row: no_goal, after: 7, can: [message_create], remind: goals, of: mentee}, text: Agree on it.}
  write_goal:
    owner: evaluation
    waits_for: person
    noun: goal
    action: goal_create
    confidential: true
    text: Write it down.
  look_at_it: {owner: evaluation, waits_for: programme, noun: goal, action: read, shown: false, discreet: true, text: Look at it.}
segments:
  goals: {reminder: goal_reminder, discreet: true}
"""
VIEW = "CREATE VIEW task AS SELECT 'agree_goal' UNION SELECT 'write_goal' UNION SELECT 'look_at_it';\n"
SCHEMAS = """\
    TaskKind: {type: string, enum: [agree_goal, write_goal]}
    WorkKind: {type: string, enum: [no_goal]}
    MessageAbout: {type: string, enum: [goals]}
"""


class Tasks(Case):
    def setUp(self):
        super().setUp()
        self.files[TASKS] = CATALOGUE
        self.files['services/evaluation/schema/0002_task.sql'] = VIEW
        self.files[YAML] = self.files[YAML].replace('  schemas:\n', '  schemas:\n' + SCHEMAS)

    def rows(self, name):
        self.assert_clean()
        text = self.made('gen/tasks.c').split(f'{name}[] =\n')[1].split(';\n')[0]
        return json.loads(''.join(json.loads(line.strip()) for line in text.strip().split('\n')))

    def test_the_rows_say_what_the_catalogue_says(self):
        agree, write, look = self.rows('task_rows')
        self.assertEqual((agree['kind'], agree['waits_for'], agree['reminders'], agree['last_day'], agree['segment']),
                         ('agree_goal', 'pair', [3, 6], True, 'goals'))
        self.assertEqual((agree['work'], agree['work_days'], agree['work_can'], agree['work_remind'], agree['work_of']),
                         ('no_goal', 7, ['message_create'], 'goals', 'mentee'))
        self.assertEqual((write['confidential'], write['work'], write['shown']), (True, None, True))
        self.assertEqual((look['shown'], look['discreet'], look['place']), (False, True, 2))

    def test_segments_have_rows(self):
        self.assertEqual(self.rows('segment_rows'),
                         [{'segment': 'goals', 'reminder': 'goal_reminder', 'discreet': True, 'place': 0}])

    def test_faults(self):
        for old, new, part, message in (
                ('owner: evaluation, waits_for: pair', 'owner: marketing, waits_for: pair', 'agree_goal', 'no service "marketing"'),
                ('waits_for: pair', 'waits_for: moon', 'agree_goal', 'waits_for is one of'),
                ('noun: goal, action: completion', 'noun: goat, action: completion', 'agree_goal', 'no noun "goat"'),
                ('action: completion', 'action: celebration', 'agree_goal', 'no operation celebration or goal_celebration'),
                ('[3, 6]', '[6, 3]', 'agree_goal', 'the first one first'),
                ('segment: goals', 'segment: ghosts', 'agree_goal', 'no segment "ghosts"'),
                ('after: 7', 'after: 700', 'agree_goal', 'work has row'),
                ('remind: goals', 'remind: ghosts', 'agree_goal', 'no segment "ghosts"'),
                (', remind: goals', '', 'agree_goal', 'message_create needs'),
                ('of: mentee', 'of: moon', 'agree_goal', 'of is one of'),
                ('text: Agree on it.', 'text: Agree', 'agree_goal', 'text is a sentence'),
                ('    text: Write it down.\n', '', 'write_goal', 'has owner, waits_for'),
                ('    confidential: true\n', '    confidential: true\n    segment: goals\n', 'write_goal', 'own dashboard alone'),
                ('    noun: goal\n', '    noun: goal\n    event: goal.lost\n', '    event:', 'no event "goal.lost"'),
                ('shown: false, ', 'shown: false, segment: goals, ', 'look_at_it', 'a programme is not reminded'),
                ('reminder: goal_reminder', 'remainder: goal_reminder', 'goals: {', 'has reminder')):
            with self.subTest(message):
                self.files[TASKS] = CATALOGUE
                self.change(TASKS, old, new)
                self.assert_fault(TASKS, part, message)

    def test_a_kind_that_its_owner_does_not_have(self):
        self.change('services/evaluation/schema/0002_task.sql', "'agree_goal'", "'agree_gaol'")
        self.assert_fault(TASKS, 'agree_goal:', "does not say 'agree_goal'")

    def test_the_contract_lists_the_same(self):
        for schema, old in (('TaskKind', 'agree_goal, '), ('WorkKind', 'no_goal'), ('MessageAbout', 'goals')):
            with self.subTest(schema):
                was = self.files[YAML]
                self.change(YAML, f'{schema}: {{type: string, enum: [{old}', f'{schema}: {{type: string, enum: [other')
                self.assert_fault(YAML, f'{schema}:', f'{schema}: api/tasks.yaml has')
                self.files[YAML] = was


if __name__ == '__main__':
    unittest.main()
