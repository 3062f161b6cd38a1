"""Translations: every text of the API has one, none is left over, and each has the places of the English."""

import json
import unittest

from fixture import Case

GERMAN = 'api/texts_de.yaml'
REPORTS = 'services/evaluation/objects/report.sql'
MESSAGES = 'api/messages.yaml'
CATALOGUE = """\
language: de
problems:
  invalid_body: Falsch.
  unauthenticated: Wer sind Sie?
  not_found: Nichts da.
  stale: Anders.
constraints:
  goal_due: Zu weit weg.
messages:
  rule:
    close: {text: 'Höchstens {n} Schritte.', relax: Warten Sie.}
policy: {}
reports:
  gain: So.
sentences:
  'At least {n} goals are met.': 'Mindestens {n} Ziele sind erreicht.'
  'We cannot tell how many goals are met: too few to show.': 'Wie viele Ziele erreicht sind, ist nicht zu sagen.'
  'Nobody has met a goal yet.': 'Noch niemand hat ein Ziel erreicht.'
"""
SAID = """\
-- The view report_method.
SELECT * FROM (VALUES ('gain', 'Gain',
\t'How it is made.')) v;
SELECT count_sentence((SELECT 'x'), 'goals are met'), 'Nobody has met a goal yet.';
"""


class Translations(Case):
    def setUp(self):
        super().setUp()
        self.files[MESSAGES] = 'messages: {rule: {codes: {close: {text: "At most {n} steps.", relax: Wait.}}}}\n'
        self.files[GERMAN] = CATALOGUE
        self.files[REPORTS] = SAID

    def test_pages_find_a_text_by_its_english(self):
        self.assert_clean()
        made = json.loads(self.made('texts_de.json'))
        self.assertEqual(made['texts']['Nothing here.'], 'Nichts da.')
        self.assertEqual(made['texts']['Wait.'], 'Warten Sie.')
        self.assertIn(['At most {n} steps.', 'Höchstens {n} Schritte.'], made['patterns'])
        self.assertEqual(made['methods'], {'gain': 'So.'})

    def test_faults(self):
        for old, new, part, message in (
                ('language: de', 'language: fr', None, 'a language has language: de'),
                ('  stale: Anders.\n', '', '  invalid_body', 'stale is missing: Changed.'),
                ('  stale:', '  gone: Weg.\n  stale:', 'gone:', 'there is no gone'),
                ('  goal_due: Zu weit weg.', '  goal_due: ""', 'goal_due', 'a text in one line'),
                ('{n} Schritte', 'ein paar Schritte', '  rule', 'with the same {…}'),
                ('  gain: So.', '  loss: So.', 'loss', 'there is no loss'),
                ("  'At least {n} goals", "  'At most {n} goals", None, 'At least {n} goals are met. is missing'),
                ("  'Nobody has met a goal yet.'", "  'Somebody will meet one some day.'", None, 'nothing says')):
            with self.subTest(message):
                self.files[GERMAN] = CATALOGUE
                self.change(GERMAN, old, new)
                self.assert_fault(GERMAN, part, message)

    def test_without_other_languages_there_is_nothing_to_say(self):
        del self.files[GERMAN]
        self.assert_clean()


if __name__ == '__main__':
    unittest.main()
