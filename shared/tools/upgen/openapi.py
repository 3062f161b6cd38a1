"""The merged OpenAPI document: the services' operations with what is the same for all of them.

An answer that its operation describes on the spot gets a name, so that clients made from the document
have a type for it: a list of goals is GoalPage, what goal_progress answers is GoalProgressAnswer.
"""

from . import rules
from .standard import HEADERS, ONCE, RESPONSES, headers_of, responses_of
from .yamlmarks import Map, plain

KEPT = ('x-scope', 'x-authz')
MERGE, JSON = 'application/merge-patch+json', 'application/json'


def ref(group, name):
    return {'$ref': f'#/components/{group}/{name}'}


def parameter(node):
    """One declared parameter; a list of values is comma-separated, `me` stands beside an id."""
    made = plain(node)
    if '$ref' in made:
        return made
    schema = made.get('schema') or {}
    if made.pop('x-me', False) or schema.pop('x-me', False):
        made['schema'] = {'anyOf': [schema, {'type': 'string', 'const': 'me'}]}
    if schema.get('type') == 'array' and made.get('in') == 'query':
        made.setdefault('style', 'form')
        made.setdefault('explode', False)
    return made


def parameters(op):
    made = [parameter(node) for node in op.parameters]
    if op.kind == 'OPERATION_LIST':
        made += [ref('parameters', 'updated_since')] if op.as_of else []
        made += [ref('parameters', 'limit'), ref('parameters', 'cursor')]
    return made + [ref('parameters', name) for name in headers_of(op)]


def body(op):
    made = plain(op.node.get('requestBody'))
    if made is None:
        return None
    made.setdefault('required', True)
    if op.body == 'BODY_MERGE_PATCH' and MERGE in made.get('content', {}):
        made['content'][JSON] = made['content'][MERGE]
    return made


def tagged(op, made, schemas):
    """Whether the answer has an ETag: what is read, and what bears a version."""
    if op.method in ('get', 'put') or op.read_noun not in ('', op.noun):
        return True
    media = next(iter((made.get('content') or {}).values()), {})
    schema = media.get('schema') or {}
    if '$ref' in schema:
        schema = schemas.get(schema['$ref'].rsplit('/', 1)[1]) or {}
    return 'version' in (schema.get('properties') or {})


def success(op, code, answer, schemas):
    """The operation's own answer with the headers that it always carries."""
    made = plain(answer)
    headers = {'X-Request-Id': ref('headers', 'X-Request-Id')}
    if code in ('200', '201', '202') and op.kind != 'OPERATION_LIST' and tagged(op, made, schemas):
        headers['ETag'] = ref('headers', 'ETag')
    if code in ('201', '202'):
        headers['Location'] = ref('headers', 'Location')
    if op.kind == 'OPERATION_LIST':
        headers['Link'] = ref('headers', 'Link')
    if op.csv:
        headers['Content-Disposition'] = ref('headers', 'Content-Disposition')
    if op.as_of:
        made['content'][JSON]['schema']['properties']['as_of'] = {
            'type': 'string', 'format': 'date-time',
            'description': 'With `updated_since`: the `updated_since` to send next time.'}
    if op.method == 'post':
        headers['Idempotency-Replayed'] = ref('headers', 'Idempotency-Replayed')
    headers['Cache-Control'] = ref('headers', 'Cache-Control')
    made['headers'] = {**headers, **(made.get('headers') or {})}
    return made


def answers(op, schemas):
    said = op.node.get('responses') or {}
    made = {code: success(op, code, said[code], schemas) if code.startswith('2') else plain(said[code])
            for code in said}
    for code in responses_of(op):
        made.setdefault(code, ref('responses', RESPONSES[code][0]))
    return {code: made[code] for code in sorted(made)}


def camel(name):
    return ''.join(word.capitalize() for word in name.split('_'))


def name_answers(op, made, schemas, faults):
    """Moves what an answer says on the spot to the schemas, under a name that follows from the operation."""
    name = camel(op.noun if op.verb in ('list', 'read') else op.id)
    name += 'Page' if op.kind == 'OPERATION_LIST' else 'Answer'
    for code, answer in made['responses'].items():
        media = answer.get('content', {}).get(JSON)
        if not code.startswith('2') or media is None or '$ref' in media['schema']:
            continue
        if name in schemas:
            faults.add(op.file, op.line, f'{op.id}: its answer would be called {name}, which is there already')
        schemas[name], media['schema'] = media['schema'], ref('schemas', name)


def operation(op, schemas):
    node = op.node
    made = {'operationId': op.id}
    for key in ('tags', 'summary', 'description', 'deprecated'):
        if key in node:
            made[key] = plain(node[key])
    found = parameters(op)
    if found:
        made['parameters'] = found
    content = body(op)
    if content is not None:
        made['requestBody'] = content
    made['responses'] = answers(op, schemas)
    made['security'] = [] if op.scope == 'public' else [{'bearer': [op.scope]}]
    for key in KEPT:
        made[key] = plain(node.get(key))
    if op.without_since:
        made['description'] += f'\n\nNo `updated_since`: {rules.WITHOUT_SINCE[op.without_since]}.'
        made['x-updated-since'] = op.without_since
    return made


def problem_response(code, text, problems):
    found = [name for name, row in problems.items()
             if isinstance(row, Map) and str(row.get('status')) == code]
    listed = f' Codes: {", ".join(found)}.' if found else ''
    made = {'description': text + listed,
            'headers': {name: ref('headers', name) for name in HEADERS.get(code, ())}}
    made['headers']['X-Request-Id'] = ref('headers', 'X-Request-Id')
    if code != '304':
        example = next((name for name in ONCE.get(code, ()) if name in problems), None) or \
            (found[0] if found else None)
        media = {'schema': ref('schemas', 'Problem')}
        if example:
            row = problems[example]
            media['example'] = {'type': f'/problems/{example}', 'title': row.get('title'),
                                'status': int(code), 'code': example,
                                'request_id': '01979f5e-7e4c-7c3e-9f0e-2f6a53b1c001'}
        made['content'] = {'application/problem+json': media}
    return made


def used_components(document):
    """Drops schemas, parameters and headers that nothing names."""
    components = document['components']
    used = set()
    waiting = [document['paths'], {'x': [ref('schemas', 'Problem')]}]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            target = node.get('$ref')
            if isinstance(target, str) and target not in used:
                used.add(target)
                group, name = target.removeprefix('#/components/').split('/', 1)
                waiting.append(components.get(group, {}).get(name))
            waiting += [value for key, value in node.items() if key not in ('example', 'examples')]
        elif isinstance(node, list):
            waiting += node
    for group in ('schemas', 'parameters', 'headers', 'responses'):
        components[group] = {name: components[group][name] for name in sorted(components[group])
                             if f'#/components/{group}/{name}' in used}


def without(node, word):
    """The same without what concerns the build alone."""
    if isinstance(node, dict):
        return {key: without(value, word) for key, value in node.items() if key != word}
    return [without(value, word) for value in node] if isinstance(node, list) else node


def document(contract, problems):
    """The whole document, the same for the same sources."""
    common = contract.common
    shared = common.get('components') or {}
    schemas = {name: plain(schema) for name, schema in contract.schemas.items()}
    schemas['ProblemCode']['enum'] = list(problems)
    paths = {}
    for op in contract.all_operations():
        made = operation(op, schemas)
        name_answers(op, made, schemas, contract.faults)
        paths.setdefault(op.path, {})[op.method] = made
    named = {tag for op in contract.all_operations() for tag in op.node.get('tags') or ()}
    made = {
        'openapi': '3.1.0',
        'info': plain(common.get('info')) or {'title': 'Upward', 'version': '1'},
        'servers': [{'url': '/', 'description': 'The gateway that serves this document'}],
        'tags': [plain(tag) for tag in common.get('tags') or () if tag.get('name') in named],
        'paths': paths,
        'components': {
            'securitySchemes': {'bearer': {
                'type': 'http', 'scheme': 'bearer', 'bearerFormat': 'JWT',
                'description': 'A token of a configured issuer, or of an API client. Its roles '
                               'hold the scopes that operations name.'}},
            'schemas': schemas,
            'parameters': {name: parameter(node)
                           for name, node in (shared.get('parameters') or {}).items()},
            'headers': plain(shared.get('headers') or {}),
            'responses': {name: problem_response(code, text, problems)
                          for code, (name, text) in RESPONSES.items()},
        },
    }
    used_components(made)
    return without(without(made, 'x-text'), 'x-csv')
