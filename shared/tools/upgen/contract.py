"""The whole contract: every file read, every name joined, every fault found."""

import re

from . import rules, statements, yamlmarks
from .binding import Binder
from .fields import Fields, NAME, REF
from .lifecycles import Lifecycles
from .operations import Operations
from .yamlmarks import Map

HANDLER = re.compile(r'^struct reply\s+(\w+)\s*\(\s*const struct call \*\s*\w*\s*\)\s*\{', re.M)
NAMED = re.compile(r'\bstmt_(\w+)\b')
BRACES = re.compile(r'\{[^}]*\}')


class Contract:
    def __init__(self, root, faults):
        self.root, self.faults = root, faults
        self.schemas, self.schema_places = {}, {}
        self.operations = {service: [] for service in rules.SERVICES}
        self.declared = []   # those of self.operations, also while something that answers is missing
        self.statements = {owner: [] for owner in rules.SERVICES + ('shared',)}
        self.handlers = {service: {} for service in rules.SERVICES}
        self.mentions = {owner: set() for owner in rules.SERVICES + ('shared',)}
        self.common = self.problems = self.scopes = Map('', 0)
        self.lifecycles = Lifecycles(faults)

    def all_operations(self):
        return [op for service in rules.SERVICES for op in self.operations[service]]

    def name(self, path):
        return path.relative_to(self.root).as_posix()

    def yaml(self, path):
        return yamlmarks.load(path, self.name(path), self.faults)

    # ---- reading ---------------------------------------------------------------------------------
    def read(self):
        api = self.root / 'api'
        self.common = self.yaml(api / 'common.yaml')
        self.problems = self.yaml(api / 'problems.yaml')
        self.scopes = self.yaml(api / 'scopes.yaml')
        self.events = self.yaml(api / 'events.yaml')
        self.tasks = self.yaml(api / 'tasks.yaml')
        self.messages = self.yaml(api / 'messages.yaml')
        self.visibility = self.yaml(api / 'visibility.yaml')
        documents = {service: [self.yaml(path) for path in sorted((api / service).glob('*.yaml'))]
                     for service in rules.SERVICES}
        for document in [self.common] + [d for each in documents.values() for d in each]:
            self.take_schemas(document)
        fields = Fields(self.schemas, self.faults)
        parameters = (self.common.get('components') or {}).get('parameters') or {}
        for service in rules.SERVICES:
            reader = Operations(service, parameters, fields, self.faults)
            for document in documents[service]:
                reader.file(document)
                self.references(document)
                self.lifecycles.file(service, document)
            self.operations[service] = sorted(reader.found, key=lambda op: op.order())
            self.declared += self.operations[service]
        self.references(self.common)
        for owner in self.statements:
            self.sources(owner)

    def take_schemas(self, document):
        components = document.get('components')
        schemas = components.get('schemas') if isinstance(components, Map) else None
        for name, schema in (schemas.items() if isinstance(schemas, Map) else ()):
            if name in self.schemas:
                self.faults.add(schemas.file, schemas.line_of(name),
                                f'schema {name} stands in {self.schema_places[name]} too')
                continue
            self.schemas[name] = schema
            self.schema_places[name] = f'{schemas.file}:{schemas.line_of(name)}'

    def references(self, node):
        """Every $ref leads somewhere, every member is in snake_case; examples are data and are passed over."""
        if isinstance(node, Map):
            members = node.get('properties')
            for name in members if isinstance(members, Map) else ():
                if not NAME.match(name):
                    self.faults.add(members.file, members.line_of(name), f'"{name}" is not snake_case')
            target = node.get('$ref')
            if isinstance(target, str) and not self.exists(target):
                self.faults.add(node.file, node.line_of('$ref'), f'$ref {target} leads nowhere')
            for key, value in node.items():
                if value is None and key not in ('default', 'example'):
                    self.faults.add(node.file, node.line_of(key), f'"{key}" has no value: is it the end of a sentence '
                                    'with a comma, which wants quotes?')
                if key not in ('example', 'examples'):
                    self.references(value)
        elif isinstance(node, list):
            for value in node:
                self.references(value)

    def exists(self, target):
        if target.startswith(REF):
            return target[len(REF):] in self.schemas
        parts = target.removeprefix('#/components/').split('/')
        group = (self.common.get('components') or {}).get(parts[0]) or {}
        return len(parts) == 2 and parts[0] != 'schemas' and parts[1] in group

    def sources(self, owner):
        """Statements, handlers and stmt_ names of one service (or of shared/)."""
        top = self.root / ('shared' if owner == 'shared' else f'services/{owner}')
        for path in sorted(top.rglob('*.sql')):
            if not {'schema', 'objects'} & set(path.relative_to(top).parts[:-1]):
                text = path.read_text(encoding='utf-8')
                self.statements[owner] += statements.read(text, self.name(path), owner,
                                                          self.faults)
        for path in sorted(top.rglob('*.c')) + sorted(top.rglob('*.h')):
            text = path.read_text(encoding='utf-8', errors='replace')
            self.mentions[owner].update(NAMED.findall(text))
            if owner != 'shared' and path.suffix == '.c':
                for match in HANDLER.finditer(text):
                    line = text.count('\n', 0, match.start()) + 1
                    self.handlers[owner][match.group(1)] = (self.name(path), line)

    # ---- joining ---------------------------------------------------------------------------------
    def join(self):
        self.once()
        binder = Binder(self.faults)
        for service in rules.SERVICES:
            known = {statement.name: statement for statement in self.statements[service]}
            for op in self.operations[service]:
                self.answered(op, known)
                binder.run(op)
                binder.read(op)
                op.location = self.location(op)
            self.operations[service] = [op for op in self.operations[service] if op.ready]
            self.conditions(self.operations[service])
        self.tags()
        self.unused()

    def once(self):
        """operationId, method + path, path shape and statement name stand once."""
        ids, routes, shapes = {}, {}, {}
        for op in self.all_operations():
            place = f'{op.file}:{op.line}'
            route = (op.method, BRACES.sub('{}', op.path))
            for seen, key, what in ((ids, op.id, op.id), (routes, route,
                                                         f'{op.method} {op.path}')):
                if key in seen:
                    self.faults.add(op.file, op.line, f'{what} stands in {seen[key]} too')
                seen.setdefault(key, place)
            was = shapes.setdefault(route[1], op.path)
            if was != op.path:
                self.faults.add(op.file, op.line, f'{op.id}: {op.path} is {was} elsewhere: one '
                                                  'name for one parameter')
        shared = {statement.name: statement for statement in self.statements['shared']}
        for owner, found in self.statements.items():
            seen = {} if owner == 'shared' else dict(shared)
            for statement in found:
                if statement.name in seen:
                    was = seen[statement.name]
                    self.faults.add(statement.file, statement.line, f'statement {statement.name} '
                                    f'stands in {was.file}:{was.line} too')
                seen.setdefault(statement.name, statement)

    def answered(self, op, known):
        op.handler = op.id in self.handlers[op.service]
        op.run = known.get(op.id)
        if op.run is not None:
            op.run.used = True
            op.run.batched = op.lane == 'DB_BATCH' and bool(op.run.order)
        elif not op.handler:
            op.ready = False
            self.faults.gap(op.file, op.line, f'{op.id}: neither a statement "-- {op.id}:" in '
                            f'services/{op.service}/*.sql nor a function "struct reply '
                            f'{op.id}(const struct call *call)" in services/{op.service}/*.c')
        if op.kind == 'OPERATION_LIST' and op.run is not None and not op.run.unprepared:
            self.faults.add(op.run.file, op.run.line, f'{op.id}: a list says "-- unprepared" '
                            'under its header (a generic plan is many times slower)')
        if op.read_noun:
            op.read = known.get(op.read_noun + '_read')
            if op.read is not None:
                op.read.used = True
            else:
                op.ready = False
                self.faults.gap(op.file, op.line, f'{op.id}: no statement {op.read_noun}_read to '
                                'answer with (x-read names another noun; "none" where the handler '
                                'makes the whole answer)')

    def location(self, op):
        """The template of the object's own path, for 201 and 202."""
        if op.success not in (201, 202):
            return None
        noun = op.read_noun or op.noun
        wanted = '/{' + noun + '_id}'
        paths = [other.path for other in self.operations[op.service]
                 if other.id == noun + '_read']
        paths += [other.path for other in self.operations[op.service]
                  if other.path == op.path + wanted]
        return paths[0] if paths else None

    def conditions(self, operations):
        """The GET whose ETag If-Match is held against: of the path itself, else of what the path
        hangs on. A list has no tag that could match."""
        reads = {op.path: op for op in operations if op.method == 'get'}
        for op in operations:
            path = op.path if op.method != 'get' else ''
            while path and path not in reads:
                path = path.rpartition('/')[0]
            found = reads.get(path)
            if found and found.kind == 'OPERATION_READ':
                op.tagged = found
            elif op.if_match == 'required':
                self.faults.add(op.file, op.line, f'{op.id}: If-Match is required, but no GET of '
                                'this path, or above it, shows an ETag')

    def tags(self):
        known = self.common.get('tags')
        names = [tag.get('name') for tag in known or () if isinstance(tag, Map)]
        for index, name in enumerate(names):
            if name in names[:index]:
                self.faults.add(known.file, known.line_of(index), f'tag "{name}" stands twice')
        for op in self.all_operations():
            for tag in op.node.get('tags') or ():
                if tag not in names:
                    self.faults.add(op.file, op.node.line_of('tags'),
                                    f'{op.id}: tag "{tag}" is not in api/common.yaml')

    def unused(self):
        anywhere = set().union(*self.mentions.values())
        for owner, found in self.statements.items():
            mentioned = anywhere if owner == 'shared' else self.mentions[owner]
            for statement in found:
                if statement.used:
                    continue
                if statement.name not in mentioned:
                    self.faults.gap(statement.file, statement.line,
                                    f'statement {statement.name}: no operation bears this name '
                                    f'and no C code says stmt_{statement.name}')
                    self.statements[owner] = [one for one in self.statements[owner]
                                              if one is not statement]
                elif statement.declared is None:
                    self.undeclared(statement)

    def undeclared(self, statement):
        """A step of C code that does not say what types its names have."""
        for name in statement.order:
            self.faults.add(statement.file, statement.name_line(name),
                            f'{statement.name}: :{name} has no type: no operation bears this '
                            'name; a step of C code declares its parameters, '
                            f'"-- {statement.name}({name} text): …"')
            statement.types[name] = 'text'
