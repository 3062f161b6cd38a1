"""The data catalogue: a column without rules is found, and so is every fault of the file."""

import unittest

from fixture import Case

SCHEMA, FILE = 'services/evaluation/schema/0001_goal.sql', 'services/evaluation/catalogue.yaml'
TABLE = """\
CREATE TABLE evaluation.goal (
	id uuid CONSTRAINT goal_id PRIMARY KEY,
	author_id uuid NOT NULL, -- who wrote it
	note text
		CONSTRAINT goal_due CHECK (note <> ''),
	CONSTRAINT goal_twice UNIQUE (author_id)
);
ALTER TABLE evaluation.goal ADD due_on date, ADD CONSTRAINT goal_late CHECK (due_on > '2000-01-01');
"""
RULES = """\
service: evaluation
tables:
  goal:
    purpose: What somebody wants to reach.
    basis: consent
    retention: a year
    person: author_id = $1
    export: value
    why: a figure
    columns:
    - [id, due_on]
    - {names: [author_id], export: card}
    - {names: [note], of: due_on IS NULL, erase: 'NULL'}
"""


class Catalogue(Case):
    def setUp(self):
        super().setUp()
        self.files[SCHEMA], self.files[FILE] = TABLE, RULES

    def test_the_rows_are_made(self):
        self.assert_clean()
        rows = (self.out / 'gen/catalogue.c').read_text().replace('\\"', '"')
        self.assertIn('"column_name": "author_id", "place": 3', rows)
        self.assertIn('"owned": null, "export": "profiles.card_json(author_id)", "erase": null, "stays": true', rows)
        self.assertIn('"owned": "due_on IS NULL", "export": "note", "erase": "NULL", "stays": false', rows)

    def test_a_new_column(self):
        self.change(SCHEMA, '\tnote text\n', '\tmood text,\n\tnote text\n')
        self.assert_fault(SCHEMA, 'mood text', 'evaluation.goal.mood is not in the data catalogue')

    def test_a_column_that_is_added_later(self):
        self.change(FILE, '[id, due_on]', '[id]')
        self.assert_fault(SCHEMA, 'ALTER TABLE', 'evaluation.goal.due_on is not in the data catalogue')

    def test_a_new_table(self):
        self.files[SCHEMA] += 'CREATE TABLE evaluation.mood (\n\tlevel int\n);\n'
        self.assert_fault(SCHEMA, 'level int', 'evaluation.mood.level is not in the data catalogue')

    def test_a_column_that_is_not_there(self):
        self.change(FILE, '[id, due_on]', '[id, due_on, mood]')
        self.assert_fault(FILE, '[id, due_on, mood]', 'goal has no column mood')

    def test_a_column_twice(self):
        self.change(FILE, '[id, due_on]', '[id, due_on, id]')
        self.assert_fault(FILE, '[id, due_on, id]', 'goal.id stands here twice')

    def test_what_stays_says_why(self):
        self.change(FILE, '    why: a figure\n', '')
        self.assert_fault(FILE, '[id, due_on]', 'goal.id: says why it stays')

    def test_people_without_a_basis(self):
        self.change(FILE, 'basis: consent', 'basis: none')
        self.assert_fault(FILE, '  goal:', 'data of people has a basis')

    def test_a_basis_that_is_not_known(self):
        self.change(FILE, 'basis: consent', 'basis: habit')
        self.assert_fault(FILE, '  goal:', 'basis is one of')

    def test_a_rule_that_is_not_known(self):
        self.change(FILE, 'of: due_on', 'if: due_on')
        self.assert_fault(FILE, '{names: [note]', 'a column of goal has names')


if __name__ == '__main__':
    unittest.main()
