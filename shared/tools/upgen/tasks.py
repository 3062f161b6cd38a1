"""api/tasks.yaml: what waits for whom -> rows of common.task_kind and common.segment.

The members of a kind are described in api/tasks.yaml itself. Checked: names that lead nowhere (services, nouns,
operations, rows, segments), what may not stand together, kinds that their owner's SQL does not have, and the
enumerations of the contract (TaskKind, WorkKind, MessageAbout), which list the same.
"""

import json
import re

from . import ctext, rules
from .yamlmarks import Map

NEEDED = ('owner', 'waits_for', 'noun', 'action', 'text')
MEMBERS = set(NEEDED) | {'part', 'reminders', 'last_day', 'event', 'segment', 'work', 'discreet', 'shown', 'confidential'}
WAITS_FOR = ('person', 'mentee', 'mentor', 'pair', 'programme')
WORD = re.compile(r'[a-z][a-z_]*\Z')
DAYS_MOST = 90


class Tasks:
    """The catalogue of one contract."""

    def __init__(self, document, faults):
        self.document, self.faults = document, faults
        self.kinds, self.segments = {}, {}
        self.read()

    def fault(self, node, key, text):
        self.faults.add(node.file, node.line_of(key), text)

    def read(self):
        """Takes every kind that has its members."""
        for group, known in (('segments', self.segment), ('tasks', self.kind)):
            listed = self.document.get(group)
            for name, node in (listed.items() if isinstance(listed, Map) else ()):
                if not isinstance(node, Map) or not WORD.match(name):
                    self.fault(listed, name, f'{name}: a mapping of members, by a name in small letters')
                else:
                    known(listed, name, node)

    def segment(self, listed, name, node):
        if set(node) - {'reminder', 'discreet'} or not WORD.match(str(node.get('reminder'))):
            self.fault(listed, name, f'segment {name} has reminder, and perhaps discreet')
            return
        self.segments[name] = node

    def kind(self, listed, name, node):
        if not set(node) <= MEMBERS or not all(node.get(key) for key in NEEDED):
            self.fault(listed, name, f'task {name} has {", ".join(NEEDED)}, and perhaps '
                       f'{", ".join(sorted(MEMBERS - set(NEEDED)))}')
            return
        self.kinds[name] = node
        if node['owner'] not in rules.SERVICES:
            self.fault(node, 'owner', f'task {name}: no service "{node["owner"]}"')
        if node['waits_for'] not in WAITS_FOR:
            self.fault(node, 'waits_for', f'task {name}: waits_for is one of {", ".join(WAITS_FOR)}')
        if not str(node['text']).endswith('.'):
            self.fault(node, 'text', f'task {name}: text is a sentence')
        days = node.get('reminders', [])
        if not isinstance(days, list) or not all(isinstance(d, int) and 0 < d <= DAYS_MOST for d in days) \
                or sorted(set(days)) != list(days):
            self.fault(node, 'reminders', f'task {name}: reminders are days, the first one first, at most {DAYS_MOST}')
        if node.get('segment', node.get('reminders')) and node['waits_for'] == 'programme':
            self.fault(listed, name, f'task {name}: a programme is not reminded')
        if days and 'segment' not in node:
            self.fault(node, 'reminders', f'task {name}: the segment says how a reminder is called')
        if node.get('segment', None) not in (None, *self.segments):
            self.fault(node, 'segment', f'task {name}: no segment "{node["segment"]}"')
        if node.get('confidential') and (node.get('work') or node.get('segment') or node['waits_for'] == 'programme'):
            self.fault(listed, name, f'task {name}: what is confidential stands on one\'s own dashboard alone')
        if 'work' in node:
            self.work(name, node, node['work'])

    def work(self, name, node, work):
        """The row of the work list."""
        if not isinstance(work, Map) or set(work) - {'row', 'after', 'can', 'remind', 'of'} \
                or not WORD.match(str(work.get('row'))) or not isinstance(work.get('can'), list) or not work['can'] \
                or not isinstance(work.get('after'), int) or not 0 <= work['after'] <= DAYS_MOST:
            self.fault(node, 'work', f'task {name}: work has row, after (days, at most {DAYS_MOST}) and can')
            return
        if work.get('remind', None) not in (None, *self.segments):
            self.fault(work, 'remind', f'task {name}: no segment "{work["remind"]}"')
        if ('remind' in work) != ('message_create' in work['can']):
            self.fault(work, 'can', f'task {name}: message_create needs what to remind of, and the other way round')
        if work.get('of', 'pair') not in WAITS_FOR:
            self.fault(work, 'of', f'task {name}: of is one of {", ".join(WAITS_FOR)}')

    def join(self, contract):
        """Against the operations, the schemas of the contract and the SQL of the owners."""
        operations = {op.id for op in contract.declared}
        sql = {}
        for name, node in self.kinds.items():
            noun, owner = node['noun'], node['owner']
            if not any(op.noun == noun for op in contract.declared):
                self.fault(node, 'noun', f'task {name}: no noun "{noun}"')
            for key, action in (('action', node['action']), ('part', (node.get('part') or {}).get('action'))):
                if action and not any(op in (action, f'{noun}_{action}') or key == 'part' and op.endswith(f'_{action}')
                                      for op in operations):
                    self.fault(node, key, f'task {name}: no operation {action} or {noun}_{action}')
            if node.get('event') and node['event'] not in (contract.events.get('events') or {}):
                self.fault(node, 'event', f'task {name}: no event "{node["event"]}"')
            if owner in rules.SERVICES:
                if owner not in sql:
                    sql[owner] = '\n'.join(path.read_text(encoding='utf-8') for path in
                                           sorted((contract.root / 'services' / owner).rglob('*.sql')))
                if f"'{name}'" not in sql[owner]:
                    self.fault(self.document['tasks'], name, f"task {name}: the SQL of {owner} does not say '{name}'")
        shown = [name for name, node in self.kinds.items() if node.get('shown', True)]
        rows = list(dict.fromkeys(node['work']['row'] for node in self.kinds.values() if 'work' in node))
        for schema, wanted in (('TaskKind', shown), ('WorkKind', rows), ('MessageAbout', list(self.segments))):
            found = contract.schemas.get(schema)
            if isinstance(found, Map) and isinstance(found.get('enum'), list) and list(found['enum']) != wanted:
                self.fault(found, 'enum', f'{schema}: api/tasks.yaml has {", ".join(wanted)}')

    def rows(self):
        """Rows of common.task_kind."""
        for place, (name, node) in enumerate(self.kinds.items()):
            work, part = node.get('work', {}), node.get('part', {})
            yield {'kind': name, 'owner': node['owner'], 'waits_for': node['waits_for'], 'noun': node['noun'],
                   'action': node['action'], 'part': part.get('path'), 'part_action': part.get('action'),
                   'reminders': node.get('reminders', []), 'last_day': node.get('last_day', False),
                   'event': node.get('event'), 'segment': node.get('segment'), 'work': work.get('row'),
                   'work_days': work.get('after'), 'work_can': work.get('can'), 'work_remind': work.get('remind'),
                   'work_of': work.get('of', node['waits_for']) if work else None,
                   'discreet': node.get('discreet', False), 'shown': node.get('shown', True),
                   'confidential': node.get('confidential', False), 'text': node['text'], 'place': place}

    def segment_rows(self):
        """Rows of common.segment."""
        for place, (name, node) in enumerate(self.segments.items()):
            yield {'segment': name, 'reminder': node['reminder'], 'discreet': node.get('discreet', False), 'place': place}

    def files(self):
        """name -> text of what the build makes of them."""
        head = ctext.HEAD.format(sources='api/tasks.yaml')
        made, declared = head + '#include "gen/tasks.h"\n', ''
        for name, what, rows in (('task_rows', 'common.task_kind', self.rows()),
                                 ('segment_rows', 'common.segment', self.segment_rows())):
            text = '[' + ',\n'.join(json.dumps(row) for row in rows) + ']'
            made += f'\nconst char {name}[] =\n{ctext.lines(text)};\n'
            declared += f'/* Rows of {what}, as a JSON array. */\nextern const char {name}[];\n'
        return {'gen/tasks.h': ctext.header('tasks.h', 'api/tasks.yaml', declared), 'gen/tasks.c': made}
