"""Finds the named statements of .sql files.

	-- goal_create: what it does (its names come from the request of the operation goal_create)
	-- round_claim(worker text, at timestamptz): a step of C code, with its own parameters
	-- unprepared
	-- updated_since: g.updated_at

The line with the name begins the file, or follows an empty line or the end of a statement: "-- word:" within
a longer comment is no name.
"""

import re
from dataclasses import dataclass, field

from . import sqltext

HEADER = re.compile(r'-- ([a-z][a-z0-9_]*)(\(.*)?:(?:\s.*)?$')
OPEN_HEADER = re.compile(r'-- ([a-z][a-z0-9_]*)\(([^)]*)$')
CLOSE_HEADER = re.compile(r'--\s+([^)]*\)):')
PARAMETER = re.compile(r'([a-z][a-z0-9_]*)\s+([a-z][a-z0-9_. ]*(?:\[\])?)\Z')
PARAMETERS_MOST = 24


@dataclass
class Statement:
    name: str
    file: str
    line: int
    owner: str                    # service, or "shared"
    declared: list = None         # [(name, type)] of the signature, or None
    unprepared: bool = False
    tokens: list = field(default_factory=list)
    order: list = field(default_factory=list)   # parameter names, $1 first
    types: dict = field(default_factory=dict)   # name -> PostgreSQL type
    changed: str = None           # of a list: the column that updated_since looks at
    used: bool = False
    batched: bool = False         # one statement answers several calls at once

    def sql(self):
        return sqltext.bind(self.tokens, self.order, self.types)

    def set_sql(self):
        """The same for several calls: each parameter an array of their values, the call's place the
        last column."""
        places = range(1, len(self.order) + 1)
        arrays, names = ', '.join(f'${i}::text[]' for i in places), ', '.join(f'p{i}' for i in places)
        one = sqltext.bind(self.tokens, self.order, self.types, mark='k.p')
        return f'SELECT r.*, k.n FROM unnest({arrays}) WITH ORDINALITY k({names}, n),\nLATERAL ({one}) r'

    def name_line(self, name):
        for token in self.tokens:
            if isinstance(token, sqltext.Name) and token.name == name:
                return token.line
        return self.line


def signature(text, file, line, faults):
    """[(name, type)] of "(worker text, at timestamptz)"; None on a fault."""
    made = []
    inner = text.strip()[1:-1].strip()
    for part in inner.split(',') if inner else []:
        match = PARAMETER.match(' '.join(part.split()))
        if not match:
            faults.add(file, line, f'"{part.strip()}": a parameter is written "name type"')
            return []
        if match.group(1) in [name for name, _ in made]:
            faults.add(file, line, f'parameter {match.group(1)} stands in the signature twice')
        made.append((match.group(1), match.group(2)))
    return made


class Reader:
    def __init__(self, text, file, owner, faults):
        self.lines, self.file, self.owner, self.faults = text.split('\n'), file, owner, faults
        self.found = []
        self.now, self.start, self.body = None, 0, []

    def close(self):
        if self.now is None:
            return
        text = '\n'.join(self.body)
        self.now.tokens = sqltext.scan(text, self.file, self.start, self.faults)
        if not self.now.tokens:
            self.faults.add(self.file, self.now.line, f'{self.now.name}: no SQL under this name')
        if self.now.changed:
            self.only_changed(self.now)
        self.settle(self.now)
        self.found.append(self.now)
        self.now = None

    def only_changed(self, made):
        """A list that takes updated_since: its condition also asks when the row last changed."""
        tokens, depths = made.tokens, []
        for token in tokens:
            depths.append((depths[-1] if depths else 0) + (token == '(') - (token == ')'))
        at = max((i for i, token in enumerate(tokens) if getattr(token, 'name', '') == 'limit'), default=-1)
        level = [i for i in range(at) if depths[i] == depths[at]]
        order = max((i for i in level if tokens[i] == 'ORDER'), default=-1)
        where = max((i for i in level if tokens[i] == 'WHERE' and i < order), default=-1)
        if where < 0:
            self.faults.add(self.file, made.line, f'{made.name}: updated_since needs WHERE … ORDER BY … LIMIT :limit + 1')
            return
        asked = f'\nAND (:updated_since IS NULL OR {made.changed} >= :updated_since)\n'
        made.tokens = [*tokens[:where + 1], ' (', *tokens[where + 1:order], ')',
                       *sqltext.scan(asked, self.file, made.line, self.faults), '\n', *tokens[order:]]

    def settle(self, made):
        """A declared signature fixes order and types; its names must be used, and no others."""
        used = sqltext.names_of(made.tokens)
        if made.declared is None:
            made.order = used
            return
        made.order = [name for name, _ in made.declared]
        made.types = dict(made.declared)
        for name in used:
            if name not in made.types:
                self.faults.add(self.file, made.name_line(name),
                                f'{made.name}: :{name} is not in its signature')
                made.types[name] = 'text'
                made.order.append(name)
        for name in made.order:
            if name not in used:
                self.faults.add(self.file, made.line,
                                f'{made.name}: parameter {name} is not used')

    def header(self, index):
        """(name, signature text or None, lines taken) when a header starts at this line."""
        before = self.lines[index - 1].rstrip() if index else ''
        if before and not before.endswith(';'):
            return None
        line = self.lines[index].rstrip()
        match = HEADER.match(line)
        if match:
            inner = match.group(2)
            if inner is None:
                return match.group(1), None, 1
            end = inner.find('):')
            shut = inner[:end + 1] if end >= 0 else inner
            return match.group(1), shut, 1
        match = OPEN_HEADER.match(line)
        if not match:
            return None
        inner, taken = '(' + match.group(2), 1
        while index + taken < len(self.lines):
            more = self.lines[index + taken].rstrip()
            taken += 1
            end = CLOSE_HEADER.match(more)
            if end:
                return match.group(1), inner + ' ' + end.group(1), taken
            if not more.startswith('--'):
                break
            inner += ' ' + more[2:].strip()
        return None

    def run(self):
        index = 0
        while index < len(self.lines):
            made = self.header(index)
            if made:
                self.close()
                name, inner, taken = made
                declared = None
                if inner is not None:
                    declared = signature(inner, self.file, index + 1, self.faults)
                self.now = Statement(name, self.file, index + 1, self.owner, declared)
                index += taken
                self.start, self.body = index + 1, []
                continue
            line = self.lines[index]
            if self.now is not None:
                if line.strip() == '-- unprepared':
                    self.now.unprepared = True
                if line.startswith('-- updated_since: '):
                    self.now.changed = line.split(': ')[1].strip()
                self.body.append(line)
            elif line.strip() and not line.lstrip().startswith('--'):
                self.faults.add(self.file, index + 1, 'SQL before the first "-- name:" line')
                return self.found
            index += 1
        self.close()
        return self.found


def read(text, file, owner, faults):
    """The statements of one file, in its order."""
    found = Reader(text, file, owner, faults).run()
    for made in found:
        if len(made.order) > PARAMETERS_MOST:
            faults.add(file, made.line,
                       f'{made.name}: {len(made.order)} parameters, at most {PARAMETERS_MOST}')
    return found
