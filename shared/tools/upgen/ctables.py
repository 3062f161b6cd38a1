"""Operations and statements of one service -> contract.{h,c} and statements.{h,c}."""

from . import ctext, rules


def statement_files(owner, found):
    where = 'shared/' if owner == 'shared' else f'services/{owner}/'
    found = sorted(found, key=lambda statement: statement.name)
    externs = ''.join(f'extern const struct statement stmt_{one.name};\n' for one in found)
    header = ctext.header(f'{owner}_statements.h', 'the .sql files of ' + where,
                          '#include "db/statement.h"\n\n' + externs +
                          f'\nextern const struct statement *const {owner}_statements[];\n'
                          f'extern const size_t {owner}_statement_count;\n')
    parts = [ctext.HEAD.format(sources='the .sql files of ' + where),
             f'#include "gen/{owner}/statements.h"\n']
    for one in found:
        names = ', '.join(f'${i + 1} {name}' for i, name in enumerate(one.order))
        if one.batched:
            parts.append(f'/* for several calls at once */\n'
                         f'static const struct statement {one.name}_set = {{\n\t.name = "{one.name}_set",\n'
                         f'\t.sql =\n{ctext.lines(one.set_sql(), chr(9) * 2)},\n'
                         f'\t.param_count = {len(one.order)},\n}};\n')
        parts.append(f'/* {one.file}:{one.name}{": " + names if names else ""} */\n'
                     f'const struct statement stmt_{one.name} = {{\n\t.name = "{one.name}",\n'
                     f'\t.sql =\n{ctext.lines(one.sql(), chr(9) * 2)},\n'
                     f'\t.param_count = {len(one.order)},\n' +
                     ('\t.unprepared = true,\n' if one.unprepared else '') +
                     (f'\t.set = &{one.name}_set,\n' if one.batched else '') + '};\n')
    listed = ''.join(f'\t&stmt_{one.name},\n' for one in found)
    parts.append(f'const struct statement *const {owner}_statements[] = {{\n{listed}\tNULL,\n}};\n'
                 f'const size_t {owner}_statement_count = {len(found)};\n')
    return {f'gen/{owner}/statements.h': header, f'gen/{owner}/statements.c': '\n'.join(parts)}


class Writer:
    """Writes contract.c of one service; tables before what points to them."""

    def __init__(self, operations):
        self.parts = []
        self.place = {op.id: index for index, op in enumerate(operations)}

    def bounds(self, field):
        numeric = field.type in ('FIELD_INTEGER', 'FIELD_NUMBER')
        least = ('INT64_MIN' if numeric else 0) if field.least is None else field.least
        most = 'INT64_MAX' if field.most is None else field.most
        if least == -2 ** 63:
            least = 'INT64_MIN'
        return f'.min = {least}, .max = {most}'

    def fields(self, name, fields):
        """Emits a table (and those below it); returns its name, NULL when empty."""
        if not fields:
            return 'NULL'
        rows = []
        for field in fields:
            label = f'{name}_{field.name or "item"}'
            row = f'\t{{ .name = "{field.name}", .type = {field.type}'
            if field.flags:
                row += f', .flags = {" | ".join(field.flags)}'
            if field.text != 'TEXT_EXACT':
                row += f', .text = {field.text}'
            row += f',\n\t\t{self.bounds(field)}'
            if field.values is not None:
                values = ', '.join(ctext.string(value) for value in field.values)
                self.parts.append(f'static const char *const {label}_values[] = {{ {values}, '
                                  'NULL };\n')
                row += f', .values = {label}_values'
            if field.members:
                inner = self.fields(label, field.members)
                row += f',\n\t\t.members = {inner}, .member_count = {len(field.members)}'
            rows.append(row + ' },\n')
        self.parts.append(f'static const struct field {name}[] = {{\n{"".join(rows)}}};\n')
        return name

    def binding(self, name, statement, sources):
        if statement is None:
            return None
        table = 'NULL'
        if sources:
            rows = ', '.join(f'{{ {one.kind}, {one.index} }}' for one in sources)
            self.parts.append(f'static const struct source {name}[] = {{ {rows} }};\n')
            table = name
        return f'{{ &stmt_{statement.name}, {table} }}'

    def roles(self, op):
        found = [rules.ROLES[one] for one in op.authz if one in rules.ROLES_WITHOUT_PERSON]
        return ' | '.join(found)

    def page(self, op):
        if not op.page_keys:
            return 'NULL'
        rows = ', '.join(f'{{ "{name}", "{kind}" }}' for name, kind in op.page_keys)
        self.parts.append(f'static const struct page_key {op.id}_page[] = {{ {rows} }};\n')
        return f'{op.id}_page'

    def operation(self, op):
        row = [('id', ctext.string(op.id)), ('noun', ctext.string(op.noun)),
               ('method', 'HTTP_' + op.method.upper()), ('path', ctext.string(op.path)),
               ('kind', op.kind), ('scope', ctext.constant('SCOPE_', op.scope)),
               ('delegates', 'delegate' in op.authz and 'true'), ('roles', self.roles(op)), ('lane', op.lane), ('success', op.success),
               ('body', op.body), ('body_most', op.body_most),
               ('consumes', op.consumes and ctext.string(op.consumes)),
               ('produces', ctext.string(op.produces)), ('csv', op.csv and ctext.string(','.join(op.csv))),
               ('ndjson', op.ndjson and 'true'),
               ('no_store', op.no_store and 'true'),
               ('if_match', op.if_match == 'required' and 'true'),
               ('tagged', op.tagged and f'&{op.service}_operations[{self.place[op.tagged.id]}]'),
               ('confidential_time', op.confidential_time and 'true')]
        for kind in ('path', 'query', 'body'):
            fields = getattr(op, kind + '_fields')
            if fields:
                row.append((kind + '_fields', self.fields(f'{op.id}_{kind}', fields)))
                row.append((kind + '_count', len(fields)))
        if op.page_keys:
            row += [('page_keys', self.page(op)), ('page_key_count', len(op.page_keys)), ('as_of', op.as_of and 'true')]
        row += [('run', self.binding(f'{op.id}_run', op.run, op.run_sources)),
                ('read', self.binding(f'{op.id}_reread', op.read, op.read_sources)),
                ('location', op.location and ctext.string(op.location)),
                ('handler', op.handler and op.id)]
        return '\t{\n' + ''.join(f'\t\t.{key} = {value},\n' for key, value in row
                                 if value not in (None, False, '')) + '\t},\n'


def contract_files(service, operations):
    """Operations come sorted for routing."""
    writer = Writer(operations)
    rows = [writer.operation(op) for op in operations]
    sources = f'api/{service}/'
    handlers = ''.join(f'struct reply {op.id}(const struct call *call);\n'
                       for op in operations if op.handler)
    header = ctext.header(f'{service}_contract.h', sources,
                          '#include "http/operation.h"\n'
                          f'#include "gen/{service}/statements.h"\n\n'
                          '/* sorted for routing: literals before parameters, segment by segment */\n'
                          f'extern const struct operation {service}_operations[];\n'
                          f'extern const size_t {service}_operation_count;\n' +
                          ('\n/* handlers */\n' + handlers if handlers else ''))
    rows = rows or ['\t{ .id = NULL }, /* none yet */\n']
    parts = [ctext.HEAD.format(sources=sources), f'#include "gen/{service}/contract.h"\n',
             *writer.parts,
             f'const struct operation {service}_operations[] = {{\n{"".join(rows)}}};\n'
             f'const size_t {service}_operation_count = {len(operations)};\n']
    return {f'gen/{service}/contract.h': header, f'gen/{service}/contract.c': '\n'.join(parts)}
