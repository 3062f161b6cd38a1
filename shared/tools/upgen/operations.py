"""Reads the operations of one api/<service>/<noun>.yaml."""

import re

from . import rules
from .columns import columns
from .model import Field, Operation
from .yamlmarks import Map

PARAMETER_REF = '#/components/parameters/'
IDENTIFIER = re.compile(r'[a-z][a-z0-9]*(_[a-z0-9]+)+\Z')
SEGMENT = re.compile(r'([a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?|\{[a-z_]+\}(\.[a-z]+)?)\Z')
IN_BRACES = re.compile(r'\{([^}]*)\}')
JSON = 'application/json'
MERGE = 'application/merge-patch+json'
STANDARD = {'operationId', 'tags', 'summary', 'description', 'parameters', 'requestBody',
            'responses', 'deprecated', 'x-scope', 'x-authz', 'x-lane', 'x-read', 'x-id', 'x-page',
            'x-body-limit', 'x-cache', 'x-if-match', 'x-step', 'x-updated-since'}


class Operations:
    """Operations of one service, in the order of its files."""

    def __init__(self, service, common, fields, faults):
        self.service, self.common, self.fields, self.faults = service, common, fields, faults
        self.found = []

    def file(self, document):
        for key in document:
            if key not in ('paths', 'components', 'x-lifecycle'):
                self.faults.add(document.file, document.line_of(key),
                                f'"{key}": a file of the contract has paths, components and x-lifecycle only')
        paths = document.get('paths')
        for path, item in (paths.items() if isinstance(paths, Map) else ()):
            if not isinstance(item, Map):
                continue
            self.owner(path, paths)
            for method, node in item.items():
                line = item.line_of(method)
                if method in rules.METHODS and isinstance(node, Map):
                    self.operation(path, method, node, item.get('parameters'))
                elif method != 'parameters':
                    self.faults.add(item.file, line, f'"{method}" is no method of this API')

    def owner(self, path, paths):
        line = paths.line_of(path)
        for segment in path.strip('/').split('/'):
            if not SEGMENT.match(segment):
                self.faults.add(paths.file, line, f'{path}: "{segment}" is neither kebab-case nor a parameter')
        if path.startswith(rules.PREFIX):
            first = path[len(rules.PREFIX):].split('/')[0]
            owned = rules.OWNED
        else:
            first = path.strip('/').split('/')[0]
            owned = rules.OWNED_OUTSIDE
        if first in owned[self.service]:
            return
        other = [name for name, segments in owned.items() if first in segments]
        self.faults.add(paths.file, line,
                        f'{path}: "{first}" belongs to {other[0]}' if other else
                        f'{path}: no service owns "{first}" (upgen/rules.py)')

    def operation(self, path, method, node, path_parameters):
        made = Operation(str(node.get('operationId')), self.service, node.file,
                         node.line_of('operationId'), method, path, node)
        if 'operationId' not in node or not IDENTIFIER.match(made.id):
            self.faults.add(node.file, made.line, f'{method} {path}: operationId is <noun>_<verb>')
            return
        self.found.append(made)
        for key in node:
            if key not in STANDARD:
                self.fault(made, key, f'unknown member "{key}"')
        for key in ('tags', 'summary', 'description', 'responses', 'x-scope', 'x-authz'):
            if key not in node:
                self.fault(made, key, f'"{key}" is missing')
        self.name(made)
        self.parameters(made, path_parameters)
        self.parameters(made, node.get('parameters'))
        self.path_names(made)
        self.request(made)
        self.answer(made)
        self.extensions(made)

    def fault(self, op, key, message):
        self.faults.add(op.file, op.node.line_of(key) if key in op.node else op.line,
                        f'{op.id}: {message}')

    def name(self, op):
        """noun and verb: a known verb, or the last word of the path."""
        literal = op.segments()[-1].replace('-', '_').replace('.', '_')
        head, _, last = op.id.rpartition('_')
        if last in rules.VERBS:
            op.noun, op.verb = head, last
            if op.method not in rules.VERBS[last]:
                self.fault(op, 'operationId', f'_{last} is not a {op.method.upper()}')
        elif op.id.endswith('_' + literal):
            op.noun, op.verb = op.id[:-len(literal) - 1], literal
        else:
            op.noun, op.verb = head, last
            self.fault(op, 'operationId', 'ends in list, read, create, patch, put, delete or the '
                                          f'last word of the path ("_{literal}")')

    def one_parameter(self, op, index, listed):
        node = listed[index]
        if isinstance(node, Map) and '$ref' in node:
            name = str(node['$ref']).removeprefix(PARAMETER_REF)
            if name not in self.common:
                self.faults.add(op.file, listed.line_of(index), f'{op.id}: no parameter {name}')
                return None
            node = self.common[name]
        if not isinstance(node, Map) or 'name' not in node or 'in' not in node:
            self.faults.add(op.file, listed.line_of(index), f'{op.id}: a parameter has name and in')
            return None
        return node

    def parameters(self, op, listed):
        for index in range(len(listed or ())):
            node = self.one_parameter(op, index, listed)
            if node is None:
                continue
            name, where = str(node['name']), node['in']
            if where not in ('path', 'query'):
                self.faults.add(node.file, node.line, f'{op.id}: {name}: parameters are in path or '
                                                      'query; the build adds the headers')
                continue
            required = node.get('required') is True
            made = self.fields.make(name, node.get('schema'), required or where == 'path')
            if made is None:
                self.faults.add(node.file, node.line, f'{op.id}: {name}: a parameter has a schema')
                continue
            made.file, made.line = node.file, node.line_of('name')
            self.fields.named(name, Map(node.file, made.line))
            if node.get('x-me') is True and 'FIELD_ME' not in made.flags:
                made.flags.append('FIELD_ME')
            op.parameters.append(listed[index])
            if where == 'path':
                op.declared[name] = made
                if not required:
                    self.faults.add(node.file, made.line, f'{op.id}: {name}: required: true')
            else:
                op.query_fields.append(made)

    def path_names(self, op):
        names = IN_BRACES.findall(op.path)
        for name in names:
            if name == 'id' or not (name.endswith('_id') or name in rules.PLAIN_PATH_NAMES):
                self.fault(op, 'operationId', f'path parameter "{name}" is named <noun>_id')
            if name in op.declared:
                op.path_fields.append(op.declared[name])
            else:
                self.fault(op, 'parameters', f'path parameter "{name}" is not declared')
        for name, made in op.declared.items():
            if name not in names:
                self.faults.add(made.file, made.line, f'{op.id}: "{name}" is not in the path')
        if len(names) > rules.PATH_MOST or len(op.query_fields) > rules.QUERY_MOST - 2:
            self.fault(op, 'parameters', 'too many parameters')

    def request(self, op):
        node = op.node.get('requestBody')
        if node is None:
            if op.method in ('put', 'patch'):
                self.fault(op, 'requestBody', f'a {op.method.upper()} has a requestBody')
            return
        content = node.get('content') if isinstance(node, Map) else None
        if not isinstance(content, Map) or len(content) != 1 or op.method in ('get', 'delete'):
            self.fault(op, 'requestBody', 'a body has one content type, on POST, PUT and PATCH')
            return
        op.consumes, media = next(iter(content.items()))
        wanted = MERGE if op.method == 'patch' else JSON
        if op.consumes not in (JSON, MERGE):
            op.body = 'BODY_RAW'
        elif op.consumes != wanted:
            self.faults.add(op.file, content.line_of(op.consumes),
                            f'{op.id}: the body of a {op.method.upper()} is {wanted}')
        if op.body != 'BODY_RAW':
            op.body = 'BODY_MERGE_PATCH' if op.method == 'patch' else 'BODY_JSON'
            self.body_schema(op, media, content)
        self.example(op, media, content, op.consumes)

    def body_schema(self, op, media, content):
        schema = self.fields.resolve(media.get('schema')) if isinstance(media, Map) else None
        if not isinstance(schema, Map) or schema.get('type') != 'object':
            self.faults.add(op.file, content.line_of(op.consumes),
                            f'{op.id}: the body is an object with a schema')
            return
        op.body_fields = self.fields.members(schema)
        if op.method == 'patch' and schema.get('required'):
            self.faults.add(schema.file, schema.line_of('required'),
                            f'{op.id}: a merge patch has no required members')

    def example(self, op, media, content, kind):
        if not isinstance(media, Map) or not ('example' in media or 'examples' in media):
            self.faults.add(op.file, content.line_of(kind), f'{op.id}: {kind} without an example')

    def answer(self, op):
        responses = op.node.get('responses')
        codes = [str(code) for code in responses] if isinstance(responses, Map) else []
        good = [code for code in codes if re.match(r'2\d\d\Z', code)]
        if not good:
            self.fault(op, 'responses', 'no success answer')
            return
        for code in good:
            if code not in ('200', '201', '202', '204'):
                self.faults.add(op.file, responses.line_of(code), f'{op.id}: {code} is not used')
        op.success = int(good[0])
        for code in good:
            self.success(op, responses, code)
        if op.method == 'delete':
            op.kind = 'OPERATION_DELETE'
            if op.success != 204:
                self.fault(op, 'responses', 'a DELETE answers 204')
        elif op.method != 'get':
            op.kind = 'OPERATION_WRITE'

    def success(self, op, responses, code):
        answer = responses[code]
        content = answer.get('content') if isinstance(answer, Map) else None
        if not isinstance(content, Map):
            if code != '204':
                self.faults.add(op.file, responses.line_of(code), f'{op.id}: {code} has content')
            return
        kinds = list(content)
        if JSON in kinds and 'text/csv' in kinds:
            op.csv = columns(self.fields, content[JSON].get('schema'))
            if not op.csv:
                self.faults.add(op.file, content.line_of('text/csv'),
                                f'{op.id}: a CSV has the rows of one array of objects')
        op.ndjson = JSON in kinds and 'application/x-ndjson' in kinds
        op.produces = JSON if JSON in kinds else kinds[0]
        if op.produces.startswith('text/') and 'charset' not in op.produces:
            op.produces += '; charset=utf-8'
        for kind in kinds:
            self.example(op, content[kind], content, kind)
            if isinstance(content[kind], Map) and 'schema' not in content[kind]:
                self.faults.add(op.file, content.line_of(kind), f'{op.id}: {kind} without schema')

    def choice(self, op, key, allowed):
        value = op.node.get(key)
        if value is not None and value not in allowed:
            self.fault(op, key, f'{key} is one of {", ".join(map(str, allowed))}')
            return None
        return value

    def extensions(self, op):
        node = op.node
        op.scope = str(node.get('x-scope'))
        op.authz = list(node.get('x-authz') or []) if isinstance(node.get('x-authz'), list) else []
        for relation in op.authz:
            if relation not in rules.RELATIONS:
                self.fault(op, 'x-authz', f'unknown relation "{relation}"')
        if not op.authz:
            self.fault(op, 'x-authz', 'x-authz lists the relations that may call')
        if (op.scope == 'public') != (op.authz == ['public']):
            self.fault(op, 'x-scope', 'x-scope: public goes with x-authz: [public]')
        lane = self.choice(op, 'x-lane', tuple(rules.LANES))
        op.lane = rules.LANES.get(lane, 'DB_POOL')
        op.confidential_time = self.choice(op, 'x-id', ('v4',)) == 'v4'
        op.no_store = self.choice(op, 'x-cache', ('no-store',)) == 'no-store'
        most = node.get('x-body-limit', rules.BODY_MOST)
        if isinstance(most, int) and most > 0 and op.body != 'BODY_NONE':
            op.body_most = most
        elif 'x-body-limit' in node:
            self.fault(op, 'x-body-limit', 'x-body-limit is a number of bytes, on a body')
        self.versions(op)
        self.page(op)
        if op.lane == 'DB_BATCH' and op.kind != 'OPERATION_READ':
            self.fault(op, 'x-lane', 'the batch lane is for keyed single-row reads')
        if op.kind == 'OPERATION_WRITE' and op.success != 204:
            op.read_noun = str(node.get('x-read') or op.noun)
            op.read_noun = '' if op.read_noun == 'none' else op.read_noun
        elif 'x-read' in node:
            self.fault(op, 'x-read', 'x-read is for writes that answer with an object')

    def versions(self, op):
        said = self.choice(op, 'x-if-match', rules.IF_MATCH)
        usual = 'required' if op.method in ('patch', 'delete') else 'optional'
        if op.method == 'put' and said is None:
            self.fault(op, 'x-if-match', 'a PUT states x-if-match: required or optional')
        op.if_match = said or usual

    def whole(self, op):
        """An answer without pages: if it is nothing but items, it says why it does not take updated_since."""
        answer = (op.node.get('responses') or {}).get('200') or {}
        schema = ((answer.get('content') or {}).get(JSON) or {}).get('schema') or {}
        if (list(schema.get('properties') or ()) == ['items']) != (op.without_since is not None):
            self.fault(op, 'x-updated-since', 'x-updated-since says why a list does not take updated_since: '
                                              f'one of {", ".join(rules.WITHOUT_SINCE)}')

    def page(self, op):
        keys = op.node.get('x-page')
        op.without_since = self.choice(op, 'x-updated-since', tuple(rules.WITHOUT_SINCE))
        if keys is None:
            if op.verb == 'list':
                self.fault(op, 'operationId', 'a list has x-page')
            self.whole(op)
            return
        if op.method != 'get' or not isinstance(keys, Map) or \
                not 0 < len(keys) <= rules.PAGE_KEYS_MOST:
            self.fault(op, 'x-page', 'x-page maps 1 to 4 columns to types, on a GET')
            return
        op.kind = 'OPERATION_LIST'
        for name, kind in keys.items():
            if kind not in rules.PAGE_TYPES:
                self.faults.add(op.file, keys.line_of(name), f'{op.id}: x-page type "{kind}" is '
                                f'not one of {", ".join(rules.PAGE_TYPES)}')
            op.page_keys.append((name, kind))
        op.as_of = op.without_since is None
        if op.as_of:
            op.query_fields.append(Field('updated_since', 'FIELD_INSTANT', 'timestamptz', op.file,
                                         op.node.line_of('x-page'), most=40))
        for made in op.query_fields:
            if made.name in ('limit', 'cursor'):
                self.faults.add(made.file, made.line,
                                f'{op.id}: x-page adds {made.name} by itself')
