"""Messages: every code has its sentence, and every fault of api/messages.yaml is found at its line."""

import re
import unittest

import yaml

from fixture import ROOT, Case, YAML

MESSAGES = 'api/messages.yaml'
CATALOGUE = """\
messages:
  state:
    schema: GoalState
    codes:
      open: {text: It goes on., relax: Wait.}
      done: {text: It is over., relax: null}
  rule:
    codes:
      same: {text: They are the same.}
"""


class Messages(Case):
    def setUp(self):
        super().setUp()
        self.files[MESSAGES] = CATALOGUE
        self.files[YAML] = self.files[YAML].replace(
            '  schemas:\n', '  schemas:\n    GoalState: {type: string, enum: [open, done]}\n')

    def test_the_rows_say_what_the_catalogue_says(self):
        self.assert_clean()
        made = self.made('gen/messages.c')
        for part in ('state.open', 'It goes on.', 'Wait.', 'rule.same'):
            self.assertIn(part, made)

    def test_faults(self):
        for old, new, part, message in (
                ('schema: GoalState', 'schema: Goats', 'schema:', 'no schema "Goats"'),
                ('      done: {text: It is over., relax: null}\n', '', 'codes:', 'done has no message'),
                ('      done:', '      gone: {text: It went.}\n      done:', 'gone:', 'GoalState has no gone'),
                ('text: It goes on.', 'text: It goes on', 'open:', 'is a sentence'),
                ('relax: Wait.', 'remedy: Wait.', 'open:', 'is a sentence'),
                ('  rule:\n    codes:', '  rule:\n    words:', 'rule:', 'a group has codes')):
            with self.subTest(message):
                self.files[MESSAGES] = CATALOGUE
                self.change(MESSAGES, old, new)
                self.assert_fault(MESSAGES, part, message)

    def test_every_rule_of_the_engine_has_a_sentence(self):
        words = (ROOT / 'services/matching/engine/base/policy.c').read_text().split('rule_words[', 1)[1].split(';', 1)[0]
        listed = yaml.safe_load((ROOT / MESSAGES).read_text())['messages']['rule']['codes']
        # no rules, but what may have to give way too: limits, and whom the policy lets in
        limits = ['exposure', 'list_size',
                  *(f'mentees_{part}' for part in ('departments_in', 'departments_out', 'locations', 'must_have_skills'))]
        self.assertEqual(['none', *listed], [*re.findall(r'"(\w+)"', words), *limits])


if __name__ == '__main__':
    unittest.main()
