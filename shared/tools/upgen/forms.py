"""Request schemas marked `x-form: true` -> gen/forms.c: each as a JSON Schema of its own, for portals that
make a form of it. Members keep the order of the contract; what is only for the build is left out."""

import json
import re

from . import ctext
from .yamlmarks import Map, plain

REF = '#/components/schemas/'
DRAFT = 'https://json-schema.org/draft/2020-12/schema'


class Forms:
    def __init__(self, contract, faults):
        self.contract, self.forms = contract, {}
        for name, schema in contract.schemas.items():
            if isinstance(schema, Map) and schema.get('x-form') is True:
                self.forms[name] = schema
                self.titled(schema, faults)

    def titled(self, schema, faults):
        """A form shows a title for the whole, and for each of its members."""
        for name, inner in (schema.get('properties') or {}).items():
            if not isinstance(self.behind(inner), Map) or not self.behind(inner).get('title'):
                faults.add(schema.file, schema['properties'].line_of(name), f'{name}: a form shows its title')

    def behind(self, schema):
        while isinstance(schema, Map) and '$ref' in schema:
            schema = self.contract.schemas.get(str(schema['$ref']).removeprefix(REF))
        return schema

    def whole(self, schema):
        """The schema with what it refers to in its place."""
        found = self.behind(schema)
        if isinstance(found, Map):
            return {key: {name: self.whole(inner) for name, inner in value.items()} if key == 'properties'
                    else self.whole(value) for key, value in found.items() if not key.startswith('x-')}
        return plain(found)

    def files(self):
        """name -> text of what the build makes of them."""
        head = ctext.HEAD.format(sources='the contract')
        declared, made = '', ''
        for name, schema in sorted(self.forms.items()):
            symbol = 'form' + re.sub('[A-Z]', lambda found: '_' + found.group().lower(), name)
            text = json.dumps({'$schema': DRAFT, **self.whole(schema)}, ensure_ascii=False, indent=1)
            declared += f'extern const char {symbol}[];\n'
            made += f'\nconst char {symbol}[] =\n{ctext.lines(text)};\n'
        return {
            'gen/forms.h': ctext.header('forms.h', 'the contract', '/* JSON Schemas of requests, as text. */\n' + declared),
            'gen/forms.c': f'{head}#include "gen/forms.h"\n{made}',
        }
