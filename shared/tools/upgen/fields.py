"""Request schemas -> field tables. What the tables cannot check, a request schema may not say."""

import re

from . import rules
from .model import Field
from .yamlmarks import Map

REF = '#/components/schemas/'
NAME = re.compile(r'[a-z][a-z0-9_]*\Z')


class Fields:
    def __init__(self, schemas, faults):
        self.schemas, self.faults = schemas, faults
        self.resolving = []

    def resolve(self, schema):
        """Follows a $ref; the schema itself where there is none; None when it leads nowhere."""
        seen = set()
        while isinstance(schema, Map) and '$ref' in schema:
            name = str(schema['$ref']).removeprefix(REF)
            if name in seen or name not in self.schemas:
                return None  # reported by the check of all references
            seen.add(name)
            schema = self.schemas[name]
        return schema

    def add(self, schema, key, message):
        self.faults.add(schema.file, schema.line_of(key), message)

    def named(self, name, node):
        if not NAME.match(name):
            self.faults.add(node.file, node.line_of(name), f'"{name}" is not snake_case')

    def types(self, schema, name):
        """(type, nullable)"""
        said = schema.get('type')
        kinds = list(said) if isinstance(said, list) else [said]
        nullable = 'null' in kinds
        kinds = [kind for kind in kinds if kind != 'null']
        if len(kinds) != 1 or not isinstance(kinds[0], str):
            self.add(schema, 'type', f'{name}: a request schema has one type (besides null)')
            return 'string', nullable
        return kinds[0], nullable

    def bound(self, schema, key, name):
        value = schema.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(schema, key, f'{name}: {key} must be an integer')
            return None
        return value

    def make(self, name, schema, required=False):
        """One field from a schema; None when the schema is no schema."""
        schema = self.resolve(schema)
        if not isinstance(schema, Map):
            return None
        for key in schema:
            if key not in rules.REQUEST_WORDS:
                self.add(schema, key, f'{name}: requests are not checked for "{key}": leave it '
                                      'out, or check it in SQL or C and say it in the description')
        kind, nullable = self.types(schema, name)
        made = Field(name, 'FIELD_STRING', 'text', schema.file, schema.line)
        if required:
            made.flags.append('FIELD_REQUIRED')
        if nullable:
            made.flags.append('FIELD_NULLABLE')
        if schema.get('x-me') is True:
            made.flags.append('FIELD_ME')
        if kind == 'string':
            self.string(made, schema)
        elif kind in rules.SCALARS:
            made.type, made.pg = rules.SCALARS[kind]
            made.least = self.bound(schema, 'minimum', name)
            made.most = self.bound(schema, 'maximum', name)
        elif kind == 'array':
            self.array(made, schema)
        elif kind == 'object':
            made.type, made.pg = 'FIELD_OBJECT', 'json'
            made.members = self.members(schema)
        else:
            self.add(schema, 'type', f'{name}: unknown type "{kind}"')
        return made

    def string(self, made, schema):
        said = schema.get('format')
        most = None
        if said is not None and said not in rules.FORMATS:
            self.add(schema, 'format', f'{made.name}: unknown format "{said}" (there are '
                                       f'{", ".join(sorted(rules.FORMATS))})')
        elif said is not None:
            made.type, made.pg, most = rules.FORMATS[said]
        values = schema.get('enum')
        if values is not None:
            texts = [value for value in values if value is not None]
            if not texts or not all(isinstance(value, str) for value in texts):
                self.add(schema, 'enum', f'{made.name}: an enum lists strings')
                texts = [str(value) for value in texts] or ['']
            if len(', '.join(texts)) > rules.ENUM_MOST:
                self.add(schema, 'enum', f'{made.name}: a fault lists the values, in at most {rules.ENUM_MOST} characters')
            made.values = texts
            most = max(len(value) for value in texts)
        self.text(made, schema)
        made.least = self.bound(schema, 'minLength', made.name)
        made.most = self.bound(schema, 'maxLength', made.name)
        if made.most is None:
            made.most = most
        if made.most is None:
            self.add(schema, 'type', f'{made.name}: a string of a request needs maxLength')

    def text(self, made, schema):
        """How the string is taken in: as x-text says, else by what the schema describes."""
        said = schema.get('x-text')
        parsed = 'format' in schema or 'enum' in schema
        if said is not None and (parsed or said not in rules.TEXTS):
            self.add(schema, 'x-text', f'{made.name}: x-text is one of {", ".join(rules.TEXTS)}, of '
                                       'a string without format and enum')
            return
        if said is None and not parsed:
            most = schema.get('maxLength')
            long = isinstance(most, int) and most > rules.LINE_MOST
            said = 'exact' if 'pattern' in schema else 'text' if long else 'line'
        made.text = rules.TEXTS[said] if said else 'TEXT_EXACT'

    def array(self, made, schema):
        made.type = 'FIELD_ARRAY'
        made.least = self.bound(schema, 'minItems', made.name)
        made.most = self.bound(schema, 'maxItems', made.name)
        if made.most is None:
            self.add(schema, 'type', f'{made.name}: an array of a request needs maxItems')
        if schema.get('uniqueItems') is True:
            made.flags.append('FIELD_UNIQUE')
        if 'items' not in schema:
            self.add(schema, 'type', f'{made.name}: an array needs items')
            made.pg = 'json'
            return
        item = self.guarded(schema, lambda: self.make('', schema['items']))
        made.members = [item] if item else []
        scalar = item and item.type not in ('FIELD_ARRAY', 'FIELD_OBJECT')
        made.pg = item.pg + '[]' if scalar else 'json'

    def guarded(self, schema, make):
        if any(schema is other for other in self.resolving):
            self.add(schema, 'type', 'a request schema may not contain itself')
            return None
        self.resolving.append(schema)
        try:
            return make()
        finally:
            self.resolving.pop()

    def members(self, schema):
        """The fields of an object schema."""
        schema = self.resolve(schema)
        if not isinstance(schema, Map):
            return []
        if schema.get('additionalProperties') is not False:
            self.add(schema, 'additionalProperties',
                     'an object of a request says additionalProperties: false')
        properties = schema.get('properties')
        properties = properties if isinstance(properties, Map) else {}
        needed = schema.get('required') or []
        for index, name in enumerate(needed):
            if name not in properties:
                self.faults.add(schema.file, needed.line_of(index),
                                f'required member "{name}" is not among the properties')

        def make():
            made = [self.make(name, inner, name in needed) for name, inner in properties.items()]
            for one in made:
                if one is not None:
                    one.file, one.line = properties.file, properties.line_of(one.name)
            return [one for one in made if one is not None]

        return self.guarded(schema, make) or []
