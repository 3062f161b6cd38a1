"""services/<service>/catalogue.yaml and shared/catalogue.yaml -> the rows of common.catalogue.

	service: evaluation
	tables:
	  progress:
	    purpose: What happened on the way to a goal.
	    basis: legitimate_interest      # none: no data of people
	    retention: as long as the goal
	    person: author_id = $1          # rows that hold data of a person
	    export: value                   # of every column: value | card | no | an expression
	    erase: keep                     # of every column: keep | gone | derived | an expression
	    why: why a column of a person stays, or is not shown
	    columns:
	    - [id, goal_id]
	    - {names: [note], erase: 'NULL'}

gone: rows that an erasure removes (`person`: all of them); touches: rows whose columns it changes, where
they are not those of `person`; of: in which rows a column is the person's, where not in all.

Tables come in the order in which an erasure goes through them. Every column of every table stands in
it once, and nothing that is no column.
"""

import json
import re

from . import codes, ctext, rules, yamlmarks
from .yamlmarks import Map

TABLE = re.compile(r'^CREATE TABLE (\w+)\.(\w+) \(\n(.*?)^\);', re.M | re.S)
COLUMN = re.compile(r'^\t([a-z_]\w*)\s', re.M)
ALTER = re.compile(r'^ALTER TABLE (\w+)\.(\w+)\b(.*?);', re.M | re.S)
ADDED = re.compile(r'\bADD (?:COLUMN )?(?!CONSTRAINT\b|COLUMN\b)(\w+)')
DROPPED = re.compile(r'\bDROP (?:COLUMN )?(?!CONSTRAINT\b|COLUMN\b|DEFAULT\b|NOT\b)(\w+)')
BASES = ('none', 'contract', 'legitimate_interest', 'legal_duty', 'consent')
RULES = {'export', 'erase', 'of', 'why'}
MEMBERS = {'purpose', 'basis', 'retention', 'person', 'gone', 'touches', 'export', 'erase', 'why', 'columns'}
SHOWN = {'no': None, False: None}
ERASED = {'keep': None, 'gone': None, 'derived': None}


def columns(root):
    """(schema, table) -> {column: (file, line)}, from the migrations."""
    found = {}
    for path in sorted(codes.sql_files(root)):
        if 'schema' not in path.parts:
            continue
        file = path.relative_to(root).as_posix()
        text = codes.without_comments(path.read_text(encoding='utf-8'))
        for match in TABLE.finditer(text):
            for column in COLUMN.finditer(match.group(3)):
                line = text.count('\n', 0, match.start(3) + column.start()) + 1
                found.setdefault(match.group(1, 2), {})[column.group(1)] = (file, line)
        for match in ALTER.finditer(text):
            for column in ADDED.finditer(match.group(3)):
                line = text.count('\n', 0, match.start(3) + column.start()) + 1
                found.setdefault(match.group(1, 2), {})[column.group(1)] = (file, line)
            for column in DROPPED.finditer(match.group(3)):
                found.get(match.group(1, 2), {}).pop(column.group(1), None)
    return found


class Catalogue:
    """All five files."""

    def __init__(self, root, faults):
        self.faults, self.rows = faults, []
        self.there = columns(root)
        for schema in rules.SERVICES + ('common',):
            path = root / ('shared' if schema == 'common' else f'services/{schema}') / 'catalogue.yaml'
            if path.exists():
                self.file(schema, yamlmarks.load(path, path.relative_to(root).as_posix(), faults))
        said = {(row['schema_name'], row['table_name'], row['column_name']) for row in self.rows}
        for (schema, table), names in self.there.items():
            for name, (file, line) in names.items():
                if (schema, table, name) not in said:
                    faults.add(file, line, f'{schema}.{table}.{name} is not in the data catalogue')

    def fault(self, node, key, text):
        self.faults.add(node.file, node.line_of(key), text)

    def file(self, schema, document):
        tables = document.get('tables')
        if document.get('service') != schema or not isinstance(tables, Map):
            self.fault(document, 'service', f'service: {schema}, and tables')
            return
        for name, table in tables.items():
            if (schema, name) not in self.there:
                self.fault(tables, name, f'{schema}.{name}: no migration makes this table')
            elif not isinstance(table, Map) or not set(table) <= MEMBERS or not isinstance(table.get('columns'), list):
                self.fault(tables, name, f'{name}: has {", ".join(sorted(MEMBERS))}, and nothing else')
            else:
                self.table(schema, name, tables, table)

    def table(self, schema, name, tables, table):
        for key in ('purpose', 'retention'):
            if not isinstance(table.get(key), str):
                self.fault(tables, name, f'{name}: says its {key}')
        if table.get('basis') not in BASES:
            self.fault(tables, name, f'{name}: basis is one of {", ".join(BASES)}')
        person = table.get('person')
        if person and table.get('basis') == 'none':
            self.fault(tables, name, f'{name}: data of people has a basis')
        if not person and table.get('basis') != 'none' and not table.get('why'):
            self.fault(tables, name, f'{name}: says in `why` why no person is shown it')
        gone = person if table.get('gone') == 'person' else table.get('gone')
        seen = set()
        for index, group in enumerate(table['columns']):
            own = group if isinstance(group, Map) else {}
            names = own.get('names', ()) if own else group if isinstance(group, list) else [group]
            if set(own) - RULES - {'names'}:
                self.fault(own, 'names', f'a column of {name} has names, {", ".join(sorted(RULES))}')
            for column in names:
                line = own.line_of('names') if own else table['columns'].line_of(index)
                if column in seen or column not in self.there[schema, name]:
                    self.faults.add(table.file, line, f'{name}.{column} stands here twice' if column in seen
                                    else f'{name} has no column {column}')
                seen.add(column)
                rule = {key: own.get(key, table.get(key)) for key in RULES}
                self.column(f'{name}.{column}', table.file, line, rule, bool(person))
                self.rows.append({
                    'schema_name': schema, 'table_name': name, 'column_name': column, 'place': len(self.rows) + 1,
                    'purpose': table.get('purpose'), 'basis': table.get('basis'), 'retention': table.get('retention'),
                    'why': rule['why'], 'person': person, 'gone': gone, 'touches': table.get('touches', person),
                    'owned': rule['of'], 'export': self.shown(column, rule['export']) if person else None,
                    'erase': None if rule['erase'] in ERASED else rule['erase'],
                    'stays': rule['erase'] in (None, 'keep')})

    def column(self, name, file, line, rule, person):
        if not person:
            if rule['export'] is not None or rule['erase'] is not None:
                self.faults.add(file, line, f'{name}: a table without a person exports and erases nothing')
            return
        if rule['export'] is None:
            self.faults.add(file, line, f'{name}: export is value, card, no or an expression')
        stays = rule['erase'] in (None, 'keep')
        if (stays or rule['export'] in SHOWN) and not rule['why']:
            self.faults.add(file, line, f'{name}: says why it stays, or is not shown')

    @staticmethod
    def shown(column, export):
        """The expression of what an export shows."""
        return {'value': column, 'card': f'profiles.card_json({column})', **SHOWN}.get(export, export)

    def files(self):
        """name -> text of what the build makes of it."""
        text = '[' + ',\n'.join(json.dumps(row) for row in self.rows) + ']'
        return {
            'gen/catalogue.h': ctext.header('catalogue.h', 'catalogue.yaml', '/* Rows of common.catalogue, as a JSON array. */\n'
                                            'extern const char catalogue_rows[];\n'),
            'gen/catalogue.c': ctext.HEAD.format(sources='catalogue.yaml') + '#include "gen/catalogue.h"\n\n'
                               f'const char catalogue_rows[] =\n{ctext.lines(text)};\n'}
