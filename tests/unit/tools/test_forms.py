"""Forms: a request schema marked x-form is written as a JSON Schema of its own."""

import json
import re
import unittest

from fixture import Case, YAML

SCHEMAS = """\
  schemas:
    Colour: {type: string, maxLength: 9, x-text: key, title: Colour, default: red}
    PaintCreate:
      type: object
      additionalProperties: false
      x-form: true
      title: Paint
      properties:
        second: {$ref: '#/components/schemas/Colour'}
        first:
          type: object
          additionalProperties: false
          title: First
          properties: {litres: {type: integer, minimum: 1, maximum: 5, title: Litres}}
"""


class Forms(Case):
    def setUp(self):
        super().setUp()
        self.change(YAML, '  schemas:\n', SCHEMAS)

    def form(self):
        text = self.made('gen/forms.c').split('form_paint_create[] =', 1)[1]
        lines = re.findall(r'^\t"(.*)"', text, re.MULTILINE)
        return json.loads(''.join(json.loads(f'"{line}"') for line in lines))

    def test_a_form_is_whole_and_in_the_order_of_the_contract(self):
        self.assert_clean()
        made = self.form()
        self.assertEqual(list(made['properties']), ['second', 'first'])
        self.assertEqual(made['properties']['second'],
                         {'type': 'string', 'maxLength': 9, 'title': 'Colour', 'default': 'red'})
        self.assertEqual(made['properties']['first']['properties']['litres']['maximum'], 5)
        self.assertNotIn('x-form', made)
        self.assertIn('extern const char form_paint_create[];', self.made('gen/forms.h'))

    def test_every_member_has_a_title(self):
        self.change(YAML, 'x-text: key, title: Colour,', 'x-text: key,')
        self.assert_fault(YAML, 'second: {$ref', 'second: a form shows its title')


if __name__ == '__main__':
    unittest.main()
