"""Binds the names of an operation's statements to the places of its request."""

from . import rules
from .model import Source


def request_names(op):
    """name -> [(Source, Field)]: every place of the request that bears it."""
    places = {}
    for kind, fields in (('SOURCE_PATH', op.path_fields), ('SOURCE_QUERY', op.query_fields),
                         ('SOURCE_MEMBER', op.body_fields)):
        for index, made in enumerate(fields):
            places.setdefault(made.name, []).append((Source(kind, index, made.pg), made))
    return places


def call_names(op):
    """name -> Source of what the call itself gives this operation."""
    made = {'actor': Source('SOURCE_ACTOR', 0, 'uuid'), 'roles': Source('SOURCE_ROLES', 0, 'text[]')}
    if op.kind == 'OPERATION_WRITE':
        made['id'] = Source('SOURCE_NEW_ID', 0, 'uuid')
    if op.method != 'get':
        made['if_match'] = Source('SOURCE_IF_MATCH', 0, 'int8')
    if op.body in ('BODY_JSON', 'BODY_MERGE_PATCH'):
        made['body'] = Source('SOURCE_BODY', 0, 'json')
    if op.kind == 'OPERATION_LIST':
        made['limit'] = Source('SOURCE_LIMIT', 0, 'int8')
        for index, (name, kind) in enumerate(op.page_keys):
            made['after_' + name] = Source('SOURCE_AFTER', index, kind)
    return made


class Binder:
    def __init__(self, faults):
        self.faults = faults

    def fault(self, op, message, line=None):
        self.faults.add(op.file, line or op.line, f'{op.id}: {message}')

    def give_type(self, statement, name, pg, op):
        """A statement bound by several operations has one type for each name."""
        was = statement.types.setdefault(name, pg)
        if was != pg:
            self.faults.add(statement.file, statement.name_line(name),
                            f'{statement.name}: :{name} is {was}, but {pg} for {op.id}')

    def places(self, op):
        """The request's names, each in one place and none of the call's own."""
        places = request_names(op)
        given = call_names(op)
        for name, found in places.items():
            field = found[0][1]
            if name in rules.RESERVED or name in given:
                self.faults.add(field.file, field.line,
                                f'{op.id}: "{name}" is a name of the call itself')
            if len(found) > 1:
                self.faults.add(found[1][1].file, found[1][1].line,
                                f'{op.id}: "{name}" stands in two places of the request')
        return {name: found[0][0] for name, found in places.items()}, given

    def run(self, op):
        """The sources of the operation's own statement."""
        places, given = self.places(op)
        statement = op.run
        if statement is None:
            return
        if statement.declared is not None:
            self.faults.add(statement.file, statement.line, f'{statement.name}: an operation '
                            'takes its names from the request: leave the signature out')
            return
        for name in statement.order:
            source = given.get(name) or places.get(name)
            if source is None:
                self.faults.add(statement.file, statement.name_line(name),
                                f'{statement.name}: :{name} is no name of the request of {op.id} '
                                f'({", ".join(sorted({**given, **places}))})')
                source = Source('SOURCE_ACTOR')
            self.give_type(statement, name, source.pg, op)
            op.run_sources.append(source)
        if not op.handler:
            self.unused(op, statement, given, places)

    def unused(self, op, statement, given, places):
        used = set(statement.order)
        members = {field.name: field for field in op.body_fields}
        fields = {field.name: field for field in op.path_fields + op.query_fields}
        if 'body' not in used:
            fields.update(members)
        fields.pop(rules.COUNTED, None)
        for name, field in fields.items():
            if name not in used:
                self.faults.add(field.file, field.line,
                                f'{op.id}: "{name}" is not used by its statement '
                                f'({statement.file}:{statement.line})')
        must = [name for name in given if name.startswith('after_')]
        must += ['limit'] if 'limit' in given else []
        # a state change is guarded by its table's trigger; these may have nothing else to do
        if op.if_match == 'required' and op.method != 'post':
            must.append('if_match')
        must += ['id'] if op.verb == 'create' else []
        if rules.ROW_RELATIONS & set(op.authz) and 'participant' not in op.authz:
            must.append('actor')
        for name in must:
            if name not in used:
                self.faults.add(statement.file, statement.line,
                                f'{statement.name}: must use :{name}')

    def read(self, op):
        """The sources of the answering _read: actor, roles, path parameters and the object's id."""
        statement = op.read
        if statement is None:
            return
        own = op.read_noun + '_id'
        paths = {field.name: Source('SOURCE_PATH', index, field.pg)
                 for index, field in enumerate(op.path_fields)}
        given = {'actor': Source('SOURCE_ACTOR', 0, 'uuid'),
                 'roles': Source('SOURCE_ROLES', 0, 'text[]'), **paths}
        if op.creates() or own not in paths:
            given[own] = Source('SOURCE_NEW_ID', 0, 'uuid')
        for name in statement.order:
            source = given.get(name)
            if source is None:
                self.faults.add(statement.file, statement.name_line(name),
                                f'{statement.name}: answers {op.id} too and may use '
                                f'{", ".join(":" + one for one in sorted(given))} only, '
                                f'not :{name}')
                source = Source('SOURCE_ACTOR')
            self.give_type(statement, name, source.pg, op)
            op.read_sources.append(source)
