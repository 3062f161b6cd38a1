"""Visibility: the rows say what api/visibility.yaml says, and every fault of it is found at its line."""

import json
import unittest

from fixture import Case, YAML

VISIBILITY = 'api/visibility.yaml'
TABLE = """\
audiences:
  nobody: Nobody else.
  partners: The partners.
  colleagues: Everybody.
purposes:
  meeting: To meet.
fields:
  card: {audience: colleagues, purpose: meeting, text: The card.}
  bio: {audience: colleagues, choices: [nobody, partners, colleagues], purpose: meeting, text: The bio.}
  email: {audience: partners, choices: [partners, colleagues], roles: [hris, admin], purpose: meeting, text: The address.}
  secret: {audience: nobody, purpose: meeting, text: The secret.}
"""
SCHEMAS = """\
    Audience: {type: string, enum: [nobody, partners, colleagues]}
    PersonField: {type: string, enum: [bio, email]}
    Somebody:
      type: object
      x-field: card
      properties:
        bio: {type: string, x-field: bio}
        email: {type: string, x-field: email}
        secret: {type: string, x-field: secret}
"""


ANSWERED = "        next_cursor: {type: [string, 'null']}\n"


class Visibility(Case):
    def setUp(self):
        super().setUp()
        self.files[VISIBILITY] = TABLE
        self.whole = self.files[YAML].replace('  schemas:\n', '  schemas:\n' + SCHEMAS)
        self.files[YAML] = self.whole

    def rows(self, name):
        self.assert_clean()
        text = self.made('gen/visibility.c').split(f'{name}[] =\n')[1].split(';\n')[0]
        return json.loads(''.join(json.loads(line.strip()) for line in text.strip().split('\n')))

    def test_the_rows_say_what_the_table_says(self):
        card, bio, email, _ = self.rows('person_field_rows')
        self.assertEqual((card['choices'], bio['choices']), (['colleagues'], ['nobody', 'partners', 'colleagues']))
        self.assertEqual((email['audience'], email['roles'], email['place']), ('partners', ['hris', 'admin'], 2))

    def test_each_viewer_has_its_fields(self):
        self.assertEqual({row['viewer']: row['fields'] for row in self.rows('viewer_rows')}, {
            'self': ['card', 'bio', 'email', 'secret'], 'partners': ['card', 'bio', 'email'],
            'colleagues': ['card', 'bio'], 'admin': ['email'], 'hris': ['email']})

    def test_the_page_says_what_the_person_can_change(self):
        self.assert_clean()
        page = (self.out / 'visibility.html').read_text()
        for field, cells in (('card', 'yes yes yes yes yes'), ('secret', 'yes no no no no'),
                             ('bio', 'yes yes,-can-hide yes,-can-hide yes,-can-hide yes,-can-hide'),
                             ('email', 'yes yes no,-can-show yes yes')):
            row = page.split(f'<tr id="{field}">')[1].split('</tr>')[0]
            self.assertEqual([cell.split('</td>')[0] for cell in row.split('<td>')[4:]],
                             [cell.replace('-', ' ') for cell in cells.split()])

    def test_faults(self):
        for old, new, part, message in (
                ('card: {audience: colleagues', 'card: {audience: world', 'card:', 'no audience "world"'),
                ('choices: [partners, colleagues]', 'choices: [colleagues, partners]', 'email:', 'choices are two audiences'),
                ('choices: [partners, colleagues]', 'choices: [nobody, colleagues]', 'email:', 'choices are two audiences'),
                ('roles: [hris, admin]', 'roles: [participant]', 'email:', 'no role "participant"'),
                ('purpose: meeting, text: The bio.', 'purpose: fun, text: The bio.', 'bio:', 'no purpose "fun"'),
                ('text: The secret.', 'text: The secret', 'secret:', 'text is a sentence'),
                ('text: The secret.', 'note: The secret.', 'secret:', 'field secret has audience, purpose, text'),
                ('partners: The partners.', 'partners: The partners', 'partners: The', 'a sentence')):
            with self.subTest(message):
                self.files[VISIBILITY] = TABLE
                self.change(VISIBILITY, old, new)
                self.assert_fault(VISIBILITY, part, message)

    def test_a_property_of_that_name_says_whether_it_is_the_field(self):
        """In answers, where not everybody sees the field."""
        for said, fault in (('', True), (', x-field: []', False), (', x-field: email', False), (', x-field: [bio, email]', False)):
            with self.subTest(said):
                self.files[YAML] = self.whole.replace(ANSWERED, f'{ANSWERED}        email: {{type: string{said}}}\n', 1)
                if fault:
                    self.assert_fault(YAML, 'email: {type: string}', 'email: x-field is missing')
                else:
                    self.assert_clean()

    def test_the_contract_and_the_table_go_together(self):
        for old, new, file, part, message in (
                ('x-field: secret', 'x-field: bio', VISIBILITY, 'secret:', 'no property of the contract says x-field: secret'),
                ('x-field: secret', 'x-field: secrets', YAML, 'secrets', 'no field "secrets"'),
                ('[bio, email]', '[bio]', YAML, 'PersonField:', 'PersonField: api/visibility.yaml has bio, email')):
            with self.subTest(message):
                self.files[YAML] = self.whole
                self.change(YAML, old, new)
                self.assert_fault(file, part, message)


if __name__ == '__main__':
    unittest.main()
