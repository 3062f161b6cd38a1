"""The contract without its words: what clients rely on, and nothing else. build/contract.json is today's;
api/released.json is that of the last release; shared/tools/released.py compares the two.

	operations   by operationId: route, scope, who may call, parameters, bodies and answers by media type
	schemas      by name, as in the document: type (one), nullable, format, enum, bounds, members, required,
	             items, values (of an object with free names), any (one of several), $ref (a name)
	scopes       the roles that hold each
	problems     the status of each code
	events       public ones: subject and data
"""

import json

WORDS = ('format', 'enum', 'const', 'minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems',
         'uniqueItems', 'required')


def schema(node):
    """A schema in few words; null among its types or alternatives is `nullable`."""
    made = {}
    if '$ref' in node:
        return {'$ref': node['$ref'].rsplit('/', 1)[1]}
    types = node.get('type', [])
    types = types if isinstance(types, list) else [types]
    options = [one for one in node.get('oneOf', node.get('anyOf', [])) if set(one) != {'required'}]
    others = [schema(one) for one in options if one.get('type') != 'null']
    if len(others) == 1:
        made.update(others[0])
    elif others:
        made['any'] = others
    if 'null' in types or len(others) < len(options):
        made['nullable'] = True
    made.update({'type': one for one in types if one != 'null'})
    made.update({word: node[word] for word in WORDS if word in node})
    if 'enum' in made:
        made['enum'] = [value for value in made['enum'] if value is not None]
    if 'properties' in node:
        made['members'] = {name: schema(inner) for name, inner in node['properties'].items()}
    if 'items' in node:
        made['items'] = schema(node['items'])
    if isinstance(node.get('additionalProperties'), dict):
        made['values'] = schema(node['additionalProperties'])
    return made


def content(node):
    """Media type -> schema."""
    return {kind: schema(media.get('schema', {})) for kind, media in node.get('content', {}).items()}


def parameters(document, operation):
    """`in name` -> schema; a parameter that must be there is required."""
    made = {}
    for node in operation.get('parameters', []):
        if '$ref' in node:
            node = document['components']['parameters'][node['$ref'].rsplit('/', 1)[1]]
        made[f'{node["in"]} {node["name"]}'] = {'schema': schema(node['schema']), **(
            {'required': True} if node.get('required') else {})}
    return made


def operations(document):
    """Everything under `operations`."""
    made = {}
    for path, item in document['paths'].items():
        for method, node in item.items():
            made[node['operationId']] = {
                'route': f'{method} {path}', 'scope': node['x-scope'], 'authz': node['x-authz'],
                'parameters': parameters(document, node),
                **({'body': {'required': node['requestBody']['required'], 'content': content(node['requestBody'])}}
                   if 'requestBody' in node else {}),
                'answers': {code: {'headers': sorted(answer['headers']), 'content': content(answer)}
                            for code, answer in node['responses'].items() if code.startswith('2')}}
    return made


def document(openapi, scopes, problems, events):
    """The text of build/contract.json. openapi: the served document; the others as their files have them."""
    made = {
        'operations': operations(openapi),
        'schemas': {name: schema(node) for name, node in openapi['components']['schemas'].items()},
        'scopes': {name: list(row['roles']) for name, row in scopes.items()},
        'problems': {code: row['status'] for code, row in problems.items()},
        'events': {name: {'subject': row['subject'], 'data': {key: schema(node)
                                                              for key, node in (row.get('data') or {}).items()}}
                   for name, row in events.items() if row.get('audience') == 'public'},
    }
    return '{\n' + ',\n'.join(
        f' {json.dumps(group)}: {{\n' + ',\n'.join(
            f'  {json.dumps(name)}: {json.dumps(made[group][name], ensure_ascii=False)}' for name in sorted(made[group]))
        + '\n }' for group in made) + '\n}\n'
