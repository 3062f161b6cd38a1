"""problems.yaml and scopes.yaml -> C tables."""

import re

from . import ctext, rules
from .yamlmarks import Map

CODE = re.compile(r'[a-z][a-z0-9_]*\Z')
PROBLEM = {'status': int, 'title': str, 'meaning': str, 'remedy': str}
CONSTRAINT = {'code', 'pointer', 'detail'}
SCOPES_MOST = 128  # bits of scope_set, one of them for `public`


class Problems:
    def __init__(self, document, faults):
        self.document, self.faults = document, faults
        self.codes = self.part('problems')
        self.constraints = self.part('constraints')
        self.check()

    def part(self, key):
        found = self.document.get(key)
        if isinstance(found, Map):
            return found
        return Map(self.document.file, 1)

    def add(self, node, key, message):
        self.faults.add(node.file, node.line_of(key), message)

    def check(self):
        for key in self.document:
            if key not in ('problems', 'constraints'):
                self.add(self.document, key, f'"{key}": the file has problems and constraints')
        for code, row in self.codes.items():
            if not CODE.match(code):
                self.add(self.codes, code, f'{code}: a code is lower case words with _')
            self.row(code, row)
        for name, row in self.constraints.items():
            self.constraint(name, row)

    def row(self, code, row):
        if not isinstance(row, Map):
            self.add(self.codes, code, f'{code}: has {", ".join(PROBLEM)}')
            return
        for key, kind in PROBLEM.items():
            if not isinstance(row.get(key), kind) or row.get(key) == '':
                self.add(self.codes, code, f'{code}: {key} is missing')
        for key in row:
            if key not in PROBLEM:
                self.add(row, key, f'{code}: unknown member "{key}"')
        status = row.get('status')
        if isinstance(status, int) and not 400 <= status <= 599:
            self.add(row, 'status', f'{code}: status {status} is no error')

    def constraint(self, name, row):
        if not isinstance(row, Map) or not set(row) <= CONSTRAINT or 'detail' not in row:
            self.add(self.constraints, name, f'{name}: has code, detail and perhaps pointer')
            return
        if row.get('code') not in self.codes:
            self.add(row, 'code', f'{name}: no problem "{row.get("code")}"')
        pointer = row.get('pointer')
        if pointer is not None and not str(pointer).startswith('/'):
            self.add(row, 'pointer', f'{name}: a pointer begins with /')

    def files(self):
        names = [ctext.constant('PROBLEM_', code) for code in self.codes]
        enum = ',\n'.join('\t' + name for name in names + ['PROBLEM_COUNT'])
        header = ctext.header('problem_codes.h', 'api/problems.yaml',
                              f'enum problem_code {{\n{enum}\n}};\n')
        kinds = '\n'.join(
            f'\t[{ctext.constant("PROBLEM_", code)}] = {{ {ctext.string(code)}, '
            f'{row.get("status")}, {ctext.string(row.get("title"))} }},'
            for code, row in self.codes.items() if isinstance(row, Map))
        rows = '\n'.join(
            f'\t{{ {ctext.string(name)}, {ctext.constant("PROBLEM_", str(row.get("code")))}, '
            f'{ctext.string(row.get("pointer"))},\n\t\t{ctext.string(row.get("detail"))} }},'
            for name, row in sorted(self.constraints.items()) if isinstance(row, Map))
        source = (ctext.HEAD.format(sources='api/problems.yaml') + '#include "json/problem.h"\n\n'
                  'const struct problem_kind problem_kinds[PROBLEM_COUNT] = {\n' + kinds +
                  '\n};\n\n/* sorted by name; the last row is a sentinel */\n'
                  'const struct constraint_problem constraint_problems[] = {\n' +
                  (rows + '\n' if rows else '') + '\t{ .constraint = NULL },\n};\n\n'
                  f'const size_t constraint_problem_count = {len(self.constraints)};\n')
        return {'gen/problem_codes.h': header, 'gen/problems.c': source}


class Scopes:
    def __init__(self, document, operations, faults):
        self.faults = faults
        found = document.get('scopes')
        self.rows = found if isinstance(found, Map) else Map(document.file, 1)
        self.check(operations)

    def check(self, operations):
        named = {op.scope for op in operations}
        for op in operations:
            if op.scope != 'public' and op.scope not in self.rows:
                self.faults.add(op.file, op.node.line_of('x-scope'),
                                f'{op.id}: scope "{op.scope}" is not in {self.rows.file}')
        if len(self.rows) >= SCOPES_MOST:
            self.faults.add(self.rows.file, self.rows.line, f'at most {SCOPES_MOST - 1} scopes')
        for name, row in self.rows.items():
            line = self.rows.line_of(name)
            roles = row.get('roles') if isinstance(row, Map) else None
            if not isinstance(roles, list) or not roles:
                self.faults.add(self.rows.file, line, f'scope {name}: no role holds it')
                continue
            for role in roles:
                if role not in rules.ROLES:
                    self.faults.add(self.rows.file, line, f'scope {name}: unknown role "{role}"')
            if name not in named:
                self.faults.gap(self.rows.file, line, f'scope {name}: no operation names it')

    def roles(self, row):
        listed = row.get('roles') if isinstance(row, Map) else None
        return ' | '.join(rules.ROLES[role] for role in listed or () if role in rules.ROLES) or '0'

    def files(self):
        names = [ctext.constant('SCOPE_', name) for name in ['public', *self.rows]]
        enum = ',\n'.join('\t' + name for name in names + ['SCOPE_COUNT'])
        header = ctext.header('scopes.h', 'api/scopes.yaml',
                              f'enum scope {{\n{enum}\n}};\n\n'
                              'struct scope_row {\n\tconst char *name;\n'
                              '\tunsigned roles; /* who holds it */\n};\n\n'
                              'extern const struct scope_row scope_rows[SCOPE_COUNT];\n')
        rows = '\n'.join(f'\t[{ctext.constant("SCOPE_", name)}] = {{ {ctext.string(name)}, '
                         f'{self.roles(row)} }},' for name, row in self.rows.items())
        source = (ctext.HEAD.format(sources='api/scopes.yaml') + '#include "auth/scope.h"\n\n'
                  'const struct scope_row scope_rows[SCOPE_COUNT] = {\n'
                  '\t[SCOPE_PUBLIC] = { "public", 0 },\n' + rows + '\n};\n')
        return {'gen/scopes.h': header, 'gen/scopes.c': source}
