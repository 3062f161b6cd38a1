"""The columns of an answer as CSV: the members of its rows, in the contract's order, but for those
that only programs use."""

from .yamlmarks import Map

FOR_PROGRAMS = ('can', 'link', 'links', 'action', 'remind', 'photo_url', 'version')
SIDE_BY_SIDE = 5  # so many objects of a list get columns of their own


def inner(fields, schema):
    """The object that a member holds, where it holds one with known members (or null)."""
    schema = fields.resolve(schema)
    if isinstance(schema, Map) and isinstance(schema.get('oneOf'), list):
        schema = next((made for made in map(fields.resolve, schema['oneOf'])
                       if isinstance(made, Map) and 'properties' in made), None)
    return schema if isinstance(schema, Map) and 'properties' in schema else None


def flat(fields, schema, outer=''):
    """Names of all members; those of inner objects as outer.inner, of a short list of objects as
    outer.1.inner, of a longer one none. What has other members than the contract names is outer.*."""
    names = []
    for name, member in schema['properties'].items():
        if name in FOR_PROGRAMS or member.get('x-csv') is False:
            continue
        whole, below = fields.resolve(member), inner(fields, member)
        item = inner(fields, whole.get('items'))
        if below:
            names += flat(fields, below, f'{outer}{name}.')
        elif item and whole.get('maxItems', SIDE_BY_SIDE + 1) <= SIDE_BY_SIDE:
            for place in range(whole['maxItems']):
                names += flat(fields, item, f'{outer}{name}.{place + 1}.')
        elif not item:  # a longer list of objects is no cell
            is_open = 'object' in (whole.get('type') or ())  # a type, or a list of types
            names.append(outer + name + ('.*' if is_open else ''))
    return names


def columns(fields, schema):
    """Of a list its items, of a report its one array of objects; None where there is not one."""
    whole = inner(fields, schema)
    rows = []
    for member in (whole['properties'].values() if whole else ()):
        member = fields.resolve(member)
        item = inner(fields, member.get('items')) if isinstance(member, Map) else None
        if item and member.get('type') == 'array' and member.get('x-csv') is not False:
            rows.append(item)
    return flat(fields, rows[0]) if len(rows) == 1 else None
