"""api/events.yaml: what happened, said once -> the arrays of the consumers, common.event, the page.

	events:
	  pair.suspended:
	    subject: pair
	    when: A pair rests, since one of the two or HR wanted it.
	    data: {reason: {type: string, description: ...}}
	    audience: public
	    notify: {to: both, kind: pair_suspended}
	    consumers: [matching.suspended, scheduling.pair_ends]

An event is internal unless it says public: only public ones leave by /events and webhooks. Every
type that a statement or a step writes is declared, and every declared one is written.
"""

import json
import re
from html import escape

from . import ctext, rules
from .yamlmarks import Map

TYPE = re.compile(r'[a-z_]+\.[a-z_]+\Z')
LITERAL = re.compile(r"'([a-z_]+\.[a-z_]+)'")
COMPOSED = re.compile(r"'[a-z_]+\.' *\|\|")
CONSUMER = re.compile(r'[a-z]+\.[a-z_]+\Z')
MEMBERS = {'subject', 'when', 'data', 'audience', 'notify', 'consumers'}
# Whom a notification goes to: of a pair one side or both, of a shortlist its mentee, the person of an enrolment
# or the one that the data names, the coordinators of a round's programme, those with a place at a gathering.
TOLD = ('both', 'mentor', 'mentee', 'shortlist_mentee', 'self', 'programme_admin', 'registered')
NOTIFICATIONS = 'scheduling.notifications'
PIECE = re.compile(r'^(?:-- [a-z_0-9]+(?:\([^)]*\))?:|CREATE )', re.M)
SETTINGS = ('app', 'common', 'profiles', 'matching', 'scheduling', 'evaluation')


def written(text):
    """(type, line) of every event that a text of SQL writes: literals of statements and functions that name the
    outbox. A type that is put together ('round.' || status) could not be known: its type is None."""
    starts = [match.start() for match in PIECE.finditer(text)] + [len(text)]
    for start, end in zip([0] + starts, starts):
        piece = text[start:end]
        if 'common.outbox' not in piece:
            continue
        for match in COMPOSED.finditer(piece):
            yield None, text.count('\n', 0, start + match.start()) + 1
        for match in LITERAL.finditer(piece):
            if match.group(1).split('.')[0] not in SETTINGS:
                yield match.group(1), text.count('\n', 0, start + match.start()) + 1


class Events:
    """The catalogue."""

    def __init__(self, document, faults):
        self.document, self.faults = document, faults
        listed = document.get('events')
        self.types = listed if isinstance(listed, Map) else Map(document.file, 1)
        self.emitted = {}
        for name, row in self.types.items():
            self.row(name, row)

    def fault(self, node, key, text):
        self.faults.add(node.file, node.line_of(key), text)

    def row(self, name, row):
        if not TYPE.match(name):
            self.fault(self.types, name, f'{name}: an event is <noun>.<what happened>')
        if not isinstance(row, Map) or not set(row) <= MEMBERS or not isinstance(row.get('subject'), str) \
                or not str(row.get('when', '')).endswith('.'):
            self.fault(self.types, name, f'{name}: has a subject, a sentence in `when`, and perhaps data, '
                                         'audience and consumers')
            return
        if row.get('audience', 'internal') not in ('internal', 'public'):
            self.fault(row, 'audience', f'{name}: audience is public or internal')
        for consumer in row.get('consumers') or ():
            if not CONSUMER.match(str(consumer)) or consumer.split('.')[0] not in rules.SERVICES:
                self.fault(row, 'consumers', f'{name}: a consumer is <service>.<name>')

        notify = row.get('notify')
        if notify is not None and not (isinstance(notify, Map) and set(notify) == {'to', 'kind'}
                                       and notify['to'] in TOLD):
            self.fault(row, 'notify', f'{name}: notify has kind, and to: {", ".join(TOLD)}')

    def join(self, contract):
        """Against the life cycles and what statements write."""
        for life in contract.lifecycles.found.values():
            for row in life.rows():
                if row['event']:
                    self.emit(row['event'], life.node.file, life.node.line)
        for path in sorted((contract.root / 'services').rglob('*.sql')) + sorted((contract.root / 'shared').rglob('*.sql')):
            for name, line in written(path.read_text(encoding='utf-8')):
                if name is None:
                    self.faults.add(contract.name(path), line, 'an event is written whole, so that it can be found')
                    continue
                self.emit(name, contract.name(path), line)
        for name, (file, line) in self.emitted.items():
            if name not in self.types:
                self.faults.add(file, line, f'the event {name} is not in api/events.yaml')
        for name in self.types:
            if name not in self.emitted:
                self.fault(self.types, name, f'{name}: nobody writes this event')
        self.notifications(contract)

    def notifications(self, contract):
        """The contract's NotificationKind lists what events and reminders make; besides, only what scheduling's SQL
        makes of one."""
        schema = contract.schemas.get('NotificationKind')
        if not isinstance(schema, Map):
            return
        made = [row['notify'].get('kind') for row in self.types.values() if isinstance(row.get('notify'), Map)]
        made += [node.get('reminder') for node in (contract.tasks.get('segments') or {}).values() if isinstance(node, Map)]
        listed = schema.get('enum') or []
        for kind in sorted(set(made) - set(listed)):
            self.fault(schema, 'enum', f'NotificationKind: {kind} is missing')
        for kind in [one for one in listed if one not in made]:
            if not any(f"'{kind}'" in path.read_text(encoding='utf-8')
                       for path in (contract.root / 'services/scheduling').rglob('*.sql')):
                self.fault(schema, 'enum', f'NotificationKind: nobody makes {kind}')

    def emit(self, name, file, line):
        self.emitted.setdefault(name, (file, line))

    def consumers(self):
        """consumer -> its types, in the order of the catalogue"""
        found = {}
        for name, row in self.types.items():
            for consumer in [*(row.get('consumers') or ()), *([NOTIFICATIONS] if row.get('notify') else ())]:
                found.setdefault(consumer, []).append(name)
        return found

    def files(self, services):
        """name -> text of what the build makes of them, for these services."""
        made = {}
        for service in services:
            arrays = [(consumer.split('.')[1], types) for consumer, types in self.consumers().items()
                      if consumer.split('.')[0] == service]
            body = ''.join(f'static const char *const events_{name}[] = {{\n'
                           + ''.join(f'\t{ctext.string(one)},\n' for one in types) + '\tNULL,\n};\n\n'
                           for name, types in arrays)
            made[f'gen/{service}/events.h'] = ctext.header(
                f'{service}_events.h', 'api/events.yaml',
                '/* What the consumers of this service take, NULL-terminated. */\n' + (body or '/* nothing */\n'))
        rows = [{'type': name, 'audience': row.get('audience', 'internal'), 'subject': row.get('subject'),
                 'recipients': (row.get('notify') or {}).get('to'),
                 'notification': (row.get('notify') or {}).get('kind')}
                for name, row in self.types.items()]
        made['gen/events.h'] = ctext.header('events.h', 'api/events.yaml',
                                            '/* Rows of common.event, as a JSON array. */\nextern const char event_rows[];\n')
        text = '[' + ',\n'.join(json.dumps(row) for row in rows) + ']'
        made['gen/events.c'] = (ctext.HEAD.format(sources='api/events.yaml') +
                                f'#include "gen/events.h"\n\nconst char event_rows[] =\n{ctext.lines(text)};\n')
        return made

    def page(self):
        """The catalogue for who receives events: public ones, each with an example."""
        rows = []
        for name, row in self.types.items():
            if row.get('audience') != 'public':
                continue
            data = {key: node.get('example') for key, node in (row.get('data') or {}).items()}
            example = {'type': name, 'timestamp': '2027-01-18T09:00:00Z', 'data': {
                f'{row["subject"]}_id': '019a0000-0000-7000-8000-000000000005', **data}}
            rows.append(f'<section id="{escape(name)}"><h2><code>{escape(name)}</code></h2>\n<p>{escape(row["when"])}</p>\n'
                        f'<pre>{escape(json.dumps(example, indent=1))}</pre></section>\n')
        return ('<h1>Events</h1>\n<p>What happened, as the stream of events and webhooks tell it. An event bears ids '
                'and codes alone: read the object for more. More types may come, and a type may gain members.</p>\n'
                + ''.join(rows))
