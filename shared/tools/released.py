#!/usr/bin/env python3
"""Compares the contract with the one that was last released: what others rely on must stay.

	released.py --released api/released.json --now build/openapi.json

A fault is: an operation, a success answer, a media type or a member of an answer that is gone; a
member of an answer that need no longer be there; a type or an enum of an answer that widened in
type; a parameter or body member that became required or is gone; an enum of a request that lost a
value or of an answer's promise (it may gain values). Growing is not a fault. Without a released
contract there is nothing to compare.
"""

import argparse
import json
import sys
from pathlib import Path

METHODS = ('get', 'post', 'put', 'patch', 'delete')
DEPTH_MOST = 24


class Diff:
    def __init__(self, was, now):
        self.was, self.now, self.faults = was, now, []

    def fault(self, where, message):
        self.faults.append(f'{where}: {message}')

    @staticmethod
    def resolve(document, node):
        while isinstance(node, dict) and '$ref' in node:
            found = document
            for part in node['$ref'].removeprefix('#/').split('/'):
                found = found.get(part, {})
            node = found
        return node if isinstance(node, dict) else {}

    @staticmethod
    def types(schema):
        said = schema.get('type', [])
        return set(said if isinstance(said, list) else [said])

    def schema(self, where, was, now, request, depth=0):
        was, now = self.resolve(self.was, was), self.resolve(self.now, now)
        if depth > DEPTH_MOST:
            return
        before, after = self.types(was), self.types(now)
        lost = before - after
        if request and lost and after or not request and after - before and before:
            self.fault(where, f'type was {"|".join(sorted(before))}, '
                              f'is {"|".join(sorted(after))}')
        elif lost - {'null'} and after:
            self.fault(where, f'type {"|".join(sorted(lost))} is gone')
        self.enum(where, was, now, request)
        self.members(where, was, now, request, depth)
        if 'items' in was:
            self.schema(where + '[]', was['items'], now.get('items', {}), request, depth + 1)

    def enum(self, where, was, now, request):
        before, after = was.get('enum'), now.get('enum')
        if before is not None and after is not None:
            for value in before:
                if value not in after:
                    self.fault(where, f'enum lost "{value}"')
        elif request and before is None and after is not None:
            self.fault(where, 'an enum now narrows it')

    def members(self, where, was, now, request, depth):
        before, after = was.get('properties', {}), now.get('properties', {})
        needed_before, needed_after = set(was.get('required', [])), set(now.get('required', []))
        for name, inner in before.items():
            if name not in after:
                self.fault(where, f'member "{name}" is gone')
                continue
            if not request and name in needed_before - needed_after:
                self.fault(where, f'member "{name}" need no longer be there')
            self.schema(f'{where}.{name}', inner, after[name], request, depth + 1)
        for name in sorted(needed_after - needed_before) if request else ():
            self.fault(where, f'member "{name}" is now required')

    def contents(self, where, was, now, request):
        after = now.get('content', {})
        for kind, media in was.get('content', {}).items():
            if kind not in after:
                self.fault(where, f'{kind} is gone')
            else:
                self.schema(where, media.get('schema', {}), after[kind].get('schema', {}), request)

    def parameters(self, where, was, now):
        def table(document, operation):
            found = [self.resolve(document, one) for one in operation.get('parameters', [])]
            return {(one.get('in'), one.get('name')): one for one in found}

        before, after = table(self.was, was), table(self.now, now)
        for key, one in before.items():
            if key not in after:
                self.fault(where, f'parameter "{key[1]}" is gone')
            else:
                self.schema(f'{where} ?{key[1]}', one.get('schema', {}),
                            after[key].get('schema', {}), True)
        for key, one in after.items():
            if one.get('required') and not before.get(key, {}).get('required'):
                self.fault(where, f'parameter "{key[1]}" is now required')

    def operation(self, where, was, now):
        if was.get('operationId') != now.get('operationId'):
            self.fault(where, f'operationId was {was.get("operationId")}')
        self.parameters(where, was, now)
        if was.get('requestBody'):
            self.contents(where + ' body', self.resolve(self.was, was['requestBody']),
                          self.resolve(self.now, now.get('requestBody', {})), True)
        elif self.resolve(self.now, now.get('requestBody', {})).get('required'):
            self.fault(where, 'a body is now required')
        for code, answer in was.get('responses', {}).items():
            if code not in now.get('responses', {}):
                self.fault(where, f'answer {code} is gone')
                continue
            self.contents(f'{where} {code}', self.resolve(self.was, answer),
                          self.resolve(self.now, now['responses'][code]), False)

    def run(self):
        for path, item in self.was.get('paths', {}).items():
            for method in METHODS:
                if method not in item:
                    continue
                now = self.now.get('paths', {}).get(path, {}).get(method)
                if now is None:
                    self.fault(f'{method} {path}', 'is gone')
                else:
                    self.operation(f'{method} {path}', item[method], now)
        return sorted(set(self.faults))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--released', type=Path, required=True)
    parser.add_argument('--now', type=Path, required=True)
    chosen = parser.parse_args(arguments)
    if not chosen.released.exists():
        print('no released contract to compare with')
        return 0
    was = json.loads(chosen.released.read_text(encoding='utf-8'))
    now = json.loads(chosen.now.read_text(encoding='utf-8'))
    faults = Diff(was, now).run()
    for line in faults:
        print(line, file=sys.stderr)
    if faults:
        print(f'{len(faults)} breaks with {chosen.released}', file=sys.stderr)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())
