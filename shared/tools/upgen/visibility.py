"""api/visibility.yaml: who may see which field of a person -> rows of common.person_field and common.viewer, and a page.

The members of a field are described in api/visibility.yaml itself. Checked: audiences, purposes and roles that are
not there, choices without the audience that holds by default, fields that no property of the contract shows
(x-field), properties that name no field, and the enumerations of the contract (Audience, PersonField), which list
the same. An answer may have no unmarked property of a name that shows a field elsewhere, unless everybody sees that
field: x-field is [] where it says nothing of a person.
"""

import json
import re
from html import escape

from . import ctext, rules
from .yamlmarks import Map

NEEDED = ('audience', 'purpose', 'text')
MEMBERS = set(NEEDED) | {'by', 'choices', 'roles'}
WORD = re.compile(r'[a-z][a-z_]*\Z')
SELF = 'self'


class Visibility:
    """The table of one contract."""

    def __init__(self, document, faults):
        self.document, self.faults = document, faults
        self.audiences = list(self.mapping('audiences'))
        self.fields = {}
        for group in ('audiences', 'purposes'):
            for name, text in self.mapping(group).items():
                if not WORD.match(name) or not isinstance(text, str) or not text.endswith('.'):
                    self.fault(self.mapping(group), name, f'{name}: a name in small letters, and a sentence')
        for name, node in self.mapping('fields').items():
            self.field(name, node)

    def mapping(self, group):
        found = self.document.get(group)
        return found if isinstance(found, Map) else Map('', 0)

    def fault(self, node, key, text):
        self.faults.add(node.file, node.line_of(key), text)

    def field(self, name, node):
        """Takes a field that has its members, and says what is wrong with them."""
        listed = self.mapping('fields')
        if not WORD.match(name) or not isinstance(node, Map) or not set(node) <= MEMBERS \
                or not all(node.get(key) for key in NEEDED):
            self.fault(listed, name, f'field {name} has {", ".join(NEEDED)}, and perhaps '
                       f'{", ".join(sorted(MEMBERS - set(NEEDED)))}')
            return
        self.fields[name] = node
        choices = node.get('choices')
        if node['audience'] not in self.audiences:
            self.fault(node, 'audience', f'field {name}: no audience "{node["audience"]}"')
        elif choices is not None and (not isinstance(choices, list) or node['audience'] not in choices or len(choices) < 2
                                      or list(choices) != [one for one in self.audiences if one in choices]):
            self.fault(node, 'choices', f'field {name}: choices are two audiences or more, the narrow ones first, among '
                       'them the one that holds by default')
        if node.get('by') not in (None, 'operations') or node.get('by') and choices is not None:
            self.fault(node, 'by', f'field {name}: by is "operations", of a field without choices')
        if node['purpose'] not in self.mapping('purposes'):
            self.fault(node, 'purpose', f'field {name}: no purpose "{node["purpose"]}"')
        for role in node.get('roles', ()):
            if role not in rules.ROLES or role == 'participant':
                self.fault(node, 'roles', f'field {name}: no role "{role}" besides participant')
        if not str(node['text']).endswith('.'):
            self.fault(node, 'text', f'field {name}: text is a sentence')

    def join(self, contract):
        """Against the properties and filters of the contract, and its enumerations."""
        shown = set()
        for node in [*contract.schemas.values(), *(op.node for op in contract.declared)]:
            self.marks(node, shown)
        for op in contract.declared:
            for node in op.parameters:
                self.marks(node, shown)
        for name in self.fields:
            if name not in shown:
                self.fault(self.mapping('fields'), name, f'field {name}: no property of the contract says x-field: {name}')
        self.bare(contract)
        chosen = [name for name, node in self.fields.items() if 'choices' in node]
        for schema, wanted in (('Audience', self.audiences), ('PersonField', chosen)):
            found = contract.schemas.get(schema)
            if isinstance(found, Map) and isinstance(found.get('enum'), list) and list(found['enum']) != wanted:
                self.fault(found, 'enum', f'{schema}: api/visibility.yaml has {", ".join(wanted)}')

    def marks(self, node, shown):
        """Every x-field below a node."""
        if isinstance(node, Map):
            said = node.get('x-field')
            if said is not None and not isinstance(said, Map):
                for name in said if isinstance(said, list) else [said]:
                    if name not in self.fields:
                        self.fault(node, 'x-field', f'x-field: api/visibility.yaml has no field "{name}"')
                    shown.add(name)
            for key, value in node.items():
                if key not in ('example', 'examples'):
                    self.marks(value, shown)
        elif isinstance(node, list):
            for value in node:
                self.marks(value, shown)

    def bare(self, contract):
        """Properties of answers that bear the name of a field which is not everybody's, and say no x-field."""
        names, passed = {}, set()

        def collect(node):
            for key, value in node.get('properties', {}).items():
                said = value.get('x-field') if isinstance(value, Map) else None
                for name in said if isinstance(said, list) else [said]:
                    if name in self.fields and (self.fields[name]['audience'] != self.audiences[-1]
                                                or self.fields[name].get('choices')):
                        names[key] = name

        def look(node):
            for key, value in node.get('properties', {}).items():
                if key in names and isinstance(value, Map) and not self.says(value) \
                        and not self.says(contract.schemas.get(self.target(value))):
                    self.fault(node['properties'], key, f'{key}: x-field is missing, as it is "{names[key]}" of a person '
                               'elsewhere; [] where it is not here')

        for node in contract.schemas.values():
            self.walk(node, contract, set(), collect)
        for op in contract.declared:
            for status, answer in op.node.get('responses', {}).items():
                if status.startswith('2'):
                    for media in answer.get('content', {}).values():
                        self.walk(media.get('schema'), contract, passed, look)

    def says(self, node):
        """Whether x-field is said of a node or below it."""
        if isinstance(node, Map):
            return 'x-field' in node or any(self.says(value) for value in node.values())
        return isinstance(node, list) and any(self.says(value) for value in node)

    @staticmethod
    def target(node):
        """The name of the schema that a node refers to."""
        return str(node.get('$ref', '')).rsplit('/', 1)[-1]

    def walk(self, node, contract, passed, visit):
        """Calls visit with every schema below a node, those that it refers to once."""
        if isinstance(node, list):
            for value in node:
                self.walk(value, contract, passed, visit)
        if not isinstance(node, Map):
            return
        if '$ref' in node:
            name = self.target(node)
            if name not in passed:
                passed.add(name)
                self.walk(contract.schemas.get(name), contract, passed, visit)
            return
        visit(node)
        for key in ('items', 'oneOf', 'anyOf', 'allOf', 'additionalProperties'):
            self.walk(node.get(key), contract, passed, visit)
        for value in node.get('properties', {}).values():
            self.walk(value, contract, passed, visit)

    def seen_by(self, audience):
        """The fields that an audience sees where nobody has chosen anything."""
        place = self.audiences.index(audience)
        return [name for name, node in self.fields.items()
                if self.audiences.index(node['audience']) >= place and audience != self.audiences[0]]

    def viewer_rows(self):
        """Rows of common.viewer: the person, each audience but nobody, each role that fields name."""
        yield {'viewer': SELF, 'fields': list(self.fields)}
        for audience in self.audiences[1:]:
            yield {'viewer': audience, 'fields': self.seen_by(audience)}
        for role in rules.ROLES:
            found = [name for name, node in self.fields.items() if role in node.get('roles', ())]
            if found:
                yield {'viewer': role, 'fields': found}

    def field_rows(self):
        """Rows of common.person_field."""
        for place, (name, node) in enumerate(self.fields.items()):
            yield {'field': name, 'audience': node['audience'], 'choices': node.get('choices', [node['audience']]),
                   'roles': node.get('roles', []), 'purpose': node['purpose'], 'text': node['text'], 'place': place}

    def files(self):
        """name -> text of what the build makes of them."""
        made, declared = ctext.HEAD.format(sources='api/visibility.yaml') + '#include "gen/visibility.h"\n', ''
        for name, what, rows in (('person_field_rows', 'common.person_field', self.field_rows()),
                                 ('viewer_rows', 'common.viewer', self.viewer_rows())):
            text = '[' + ',\n'.join(json.dumps(row) for row in rows) + ']'
            made += f'\nconst char {name}[] =\n{ctext.lines(text)};\n'
            declared += f'/* Rows of {what}, as a JSON array. */\nextern const char {name}[];\n'
        return {'gen/visibility.h': ctext.header('visibility.h', 'api/visibility.yaml', declared), 'gen/visibility.c': made}

    def page(self):
        """The table for readers: a row for each field, a column for each viewer."""
        roles = [row['viewer'] for row in self.viewer_rows() if row['viewer'] in rules.ROLES]
        head = ''.join(f'<th>{escape(one)}</th>' for one in ('self', *self.audiences[1:], *roles))
        rows = []
        for name, node in self.fields.items():
            place, choices = self.audiences.index(node['audience']), node.get('choices', [node['audience']])
            cells = ['yes'] + [self.cell(place, index, [self.audiences.index(one) for one in choices])
                               for index in range(1, len(self.audiences))]
            cells += ['yes' if role in node.get('roles', ()) else cells[-1] for role in roles]
            fixed = ' Fixed by the operations that show it.' if node.get('by') else ''
            rows.append(f'<tr id="{escape(name)}"><td><code>{escape(name)}</code></td><td>{escape(node["text"])}{fixed}</td>'
                        f'<td>{escape(node["purpose"])}</td>' + ''.join(f'<td>{cell}</td>' for cell in cells) + '</tr>\n')
        return ('<p><a href="index.html">The API</a></p>\n<h1>Who sees what</h1>\n<p>Every answer about a person obeys this '
                'table. “can hide” and “can show” are up to the person: <code>PUT /people/{person_id}/visibility</code>. '
                'A filter does not find people by a field that they hide from the caller. In the contract, '
                '<code>x-field</code> names the field that a property shows or a filter asks for.</p>\n'
                '<dl>' + ''.join(f'<dt><code>{escape(name)}</code></dt><dd>{escape(text)}</dd>' for group in
                                 ('audiences', 'purposes') for name, text in self.mapping(group).items()) + '</dl>\n'
                f'<table>\n<tr><th>Field</th><th>What it is</th><th>Purpose</th>{head}</tr>\n' + ''.join(rows) + '</table>\n')

    @staticmethod
    def cell(place, index, choices):
        """What one audience sees of a field: by default, and what the person can make of it."""
        if place >= index:
            return 'yes, can hide' if min(choices) < index else 'yes'
        return 'no, can show' if max(choices) >= index else 'no'
