"""The columns of an answer as CSV: the members of its rows, in the contract's order."""

from .yamlmarks import Map


def inner(fields, schema):
    """The object that a member holds, where it holds one with known members (or null)."""
    schema = fields.resolve(schema)
    if isinstance(schema, Map) and isinstance(schema.get('oneOf'), list):
        schema = next((made for made in map(fields.resolve, schema['oneOf'])
                       if isinstance(made, Map) and 'properties' in made), None)
    return schema if isinstance(schema, Map) and 'properties' in schema else None


def flat(fields, schema, outer=''):
    """Names of all members; those of inner objects as outer.inner."""
    names = []
    for name, member in schema['properties'].items():
        below = inner(fields, member)
        names += flat(fields, below, f'{outer}{name}.') if below else [outer + name]
    return names


def columns(fields, schema):
    """Of a list its items, of a report its one array of objects; None where there is not one."""
    whole = inner(fields, schema)
    rows = []
    for member in (whole['properties'].values() if whole else ()):
        member = fields.resolve(member)
        item = inner(fields, member.get('items')) if isinstance(member, Map) else None
        if item and member.get('type') == 'array':
            rows.append(item)
    return flat(fields, rows[0]) if len(rows) == 1 else None
