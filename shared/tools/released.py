#!/usr/bin/env python3
"""Compares the contract with the one that was last released: what clients rely on must stay.

	released.py [--write] [--released api/released.json] [--now build/contract.json]

Both files are contracts without their words (upgen/reduced.py). Growing is no fault: a new operation, a
parameter or a member that may be left out, a value more in an enumeration, another role. A fault is what
breaks a client: something that is gone; another route, scope, type or status; what need no longer be
there, or may now be null, in an answer; what has become required, or is bounded more tightly, in a request.

--write makes today's contract the released one, at a release, and says what breaks with the one before.
"""

import argparse
import json
import sys
from pathlib import Path

# What a format takes, and more: a request may go from the one to the other, an answer back.
WIDER = {'local-time': 'local-end'}
UPPER, LOWER = ('maxLength', 'maximum', 'maxItems'), ('minLength', 'minimum', 'minItems')


class Diff:
    """The faults of one contract against an earlier one."""

    def __init__(self, was, now):
        self.was, self.now, self.faults = was, now, []
        self.met = set()  # pairs of named schemas that were compared, by direction

    def fault(self, where, message):
        self.faults.append(f'{where}: {message}')

    # ---- schemas ---------------------------------------------------------------------------------
    def schema(self, where, was, now, request):
        """One schema against what it has become, of a request or of an answer."""
        named = was.get('$ref'), now.get('$ref'), request
        if named[0] and named[1]:
            if named in self.met:
                return
            self.met.add(named)
        was, now = self.behind(self.was, was), self.behind(self.now, now)
        if was.get('nullable', False) and request and not now.get('nullable', False):
            self.fault(where, 'takes no null any more')
        if now.get('nullable', False) and not request and not was.get('nullable', False):
            self.fault(where, 'may now be null')
        if 'any' in was or 'any' in now:
            self.alternatives(where, was, now, request)
            return
        self.type(where, was, now, request)
        self.enum(where, was, now, request)
        if request:
            self.bounds(where, was, now)
        self.members(where, was, now, request)
        for key, mark in (('items', '[]'), ('values', '{}')):
            if key in was:
                self.schema(where + mark, was[key], now.get(key, {}), request)

    @staticmethod
    def behind(document, node):
        """What a name stands for; nullable, if the place or the schema says so."""
        found = node
        while '$ref' in found:
            found = document['schemas'][found['$ref']]
        return {**found, **({'nullable': True} if node.get('nullable') else {})}

    def alternatives(self, where, was, now, request):
        """A request takes each alternative that it took; an answer is one of those that it was."""
        before, after = was.get('any', [was]), now.get('any', [now])
        for place, one in enumerate(before if request else after):
            fits = [other for other in (after if request else before)
                    if not self.tried(*((one, other) if request else (other, one)), request)]
            if not fits:
                self.fault(where, f'alternative {place + 1} is gone' if request else f'alternative {place + 1} is new')

    def tried(self, was, now, request):
        trial = Diff(self.was, self.now)
        trial.met = set(self.met)
        trial.schema('', was, now, request)
        return trial.faults

    def type(self, where, was, now, request):
        if was.get('type') != now.get('type'):
            self.fault(where, f'type was {was.get("type")}, is {now.get("type")}')
        before, after = was.get('format'), now.get('format')
        narrow, wide = (before, after) if request else (after, before)
        if narrow != wide and wide not in (None, WIDER.get(narrow)):  # no format takes everything
            self.fault(where, f'format was {before}, is {after}')
        if was.get('const') != now.get('const'):
            self.fault(where, f'was always {was.get("const")}, is {now.get("const")}')

    def enum(self, where, was, now, request):
        before, after = was.get('enum'), now.get('enum')
        if before is not None and after is not None:
            for value in before:
                if value not in after:
                    self.fault(where, f'enum lost "{value}"')
        elif request and after is not None:
            self.fault(where, 'an enum now narrows it')

    def bounds(self, where, was, now):
        for word in UPPER:
            if word in now and now[word] < was.get(word, float('inf')):
                self.fault(where, f'{word} was {was.get(word)}, is {now[word]}')
        for word in LOWER:
            if word in now and now[word] > was.get(word, 0 if word != 'minimum' else float('-inf')):
                self.fault(where, f'{word} was {was.get(word)}, is {now[word]}')
        if now.get('uniqueItems') and not was.get('uniqueItems'):
            self.fault(where, 'items must now differ')

    def members(self, where, was, now, request):
        before, after = was.get('members', {}), now.get('members', {})
        needed_before, needed_after = set(was.get('required', [])), set(now.get('required', []))
        for name, inner in before.items():
            if name not in after:
                self.fault(where, f'member "{name}" is gone')
                continue
            if not request and name in needed_before - needed_after:
                self.fault(where, f'member "{name}" need no longer be there')
            self.schema(f'{where}.{name}', inner, after[name], request)
        for name in sorted(needed_after - needed_before) if request else ():
            self.fault(where, f'member "{name}" is now required')

    # ---- operations ------------------------------------------------------------------------------
    def content(self, where, was, now, request):
        for kind, inner in was.items():
            if kind not in now:
                self.fault(where, f'{kind} is gone')
            else:
                self.schema(where, inner, now[kind], request)

    def parameters(self, where, was, now):
        for name, one in was.items():
            if name not in now:
                self.fault(where, f'parameter "{name}" is gone')
            else:
                self.schema(f'{where} ?{name}', one['schema'], now[name]['schema'], True)
        for name, one in now.items():
            if one.get('required') and not was.get(name, {}).get('required'):
                self.fault(where, f'parameter "{name}" is now required')

    def body(self, where, was, now):
        self.content(where + ' body', was.get('content', {}), now.get('content', {}), True)
        if now.get('required') and not was.get('required'):
            self.fault(where, 'a body is now required')

    def operation(self, name, was, now):
        for key in ('route', 'scope'):
            if was[key] != now[key]:
                self.fault(name, f'{key} was {was[key]}, is {now[key]}')
        for relation in was['authz']:
            if relation not in now['authz']:
                self.fault(name, f'is closed to {relation}')
        self.parameters(name, was['parameters'], now['parameters'])
        self.body(name, was.get('body', {}), now.get('body', {}))
        for code, answer in was['answers'].items():
            after = now['answers'].get(code)
            if after is None:
                self.fault(name, f'answer {code} is gone')
                continue
            for header in answer['headers']:
                if header not in after['headers']:
                    self.fault(name, f'answer {code} lost the header {header}')
            self.content(f'{name} {code}', answer['content'], after['content'], False)

    # ---- the rest --------------------------------------------------------------------------------
    def pairs(self, group, what):
        """(name, was, now) of what both have; what is gone is a fault."""
        for name, was in self.was[group].items():
            if name in self.now[group]:
                yield name, was, self.now[group][name]
            else:
                self.fault(f'{what} {name}', 'is gone')

    def run(self):
        """All faults, sorted."""
        for name, was, now in self.pairs('operations', 'operation'):
            self.operation(name, was, now)
        for name, was, now in self.pairs('scopes', 'scope'):
            for role in was:
                if role not in now:
                    self.fault(f'scope {name}', f'{role} no longer holds it')
        for name, was, now in self.pairs('problems', 'problem'):
            if was != now:
                self.fault(f'problem {name}', f'status was {was}, is {now}')
        for name, was, now in self.pairs('events', 'public event'):
            if was['subject'] != now['subject']:
                self.fault(f'event {name}', f'subject was {was["subject"]}, is {now["subject"]}')
            self.members(f'event {name}', {'members': was['data']}, {'members': now['data']}, False)
        return sorted(set(self.faults))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--write', action='store_true')
    parser.add_argument('--released', type=Path, default=Path('api/released.json'))
    parser.add_argument('--now', type=Path, default=Path('build/contract.json'))
    chosen = parser.parse_args(arguments)
    now = chosen.now.read_text(encoding='utf-8')
    faults = []
    if chosen.released.exists() or not chosen.write:
        faults = Diff(json.loads(chosen.released.read_text(encoding='utf-8')), json.loads(now)).run()
    for line in faults:
        print(line)
    if faults:
        print(f'{len(faults)} breaks with {chosen.released}; where they are meant: make release-contract')
    if chosen.write:
        chosen.released.write_text(now, encoding='utf-8')
        print(f'{chosen.released} is today\'s contract')
    return 1 if faults and not chosen.write else 0


if __name__ == '__main__':
    sys.exit(main())
