"""api/messages.yaml: codes that people meet, in words -> rows of common.message.

	messages:
	  shortlist_reason:
	    schema: ShortlistReason       whose enum, or properties, are the codes
	    codes:
	      no_mentors: {text: A sentence., relax: What to do.}

A message is found by <group>.<code>. Without `schema` the group's codes are what it lists.
"""

import json
import re

from . import ctext
from .yamlmarks import Map

WORD = re.compile(r'[a-z][a-z_]*\Z')


class Messages:
    """The catalogue of one contract."""

    def __init__(self, document, faults):
        self.faults, self.groups = faults, {}
        listed = document.get('messages')
        for name, group in (listed.items() if isinstance(listed, Map) else ()):
            if not isinstance(group, Map) or not isinstance(group.get('codes'), Map) or set(group) - {'schema', 'codes'}:
                faults.add(document.file, listed.line_of(name), f'{name}: a group has codes, and perhaps schema')
                continue
            self.groups[name] = group
            for code, node in group['codes'].items():
                self.message(group['codes'], f'{name}.{code}', code, node)

    def message(self, codes, name, code, node):
        if not WORD.match(code) or not isinstance(node, Map) or set(node) - {'text', 'relax'} \
                or not all(str(node[key]).endswith('.') for key in node if node[key] is not None) or not node.get('text'):
            self.faults.add(codes.file, codes.line_of(code), f'{name}: text, and perhaps relax, is a sentence')

    def join(self, contract):
        """Every code of the contract's schemas has its message, and the other way round."""
        for name, group in self.groups.items():
            if 'schema' not in group:
                continue
            schema = contract.schemas.get(group['schema'])
            if not isinstance(schema, Map):
                self.faults.add(group.file, group.line_of('schema'), f'{name}: no schema "{group["schema"]}"')
                continue
            wanted = list(schema.get('enum') or schema.get('properties') or ())
            for code in wanted:
                if code not in group['codes']:
                    self.faults.add(group.file, group.line_of('codes'), f'{name}: {code} has no message')
            for code in group['codes']:
                if code not in wanted:
                    self.faults.add(group.file, group['codes'].line_of(code), f'{name}: {group["schema"]} has no {code}')

    def files(self):
        """name -> text of what the build makes of them."""
        rows = [{'key': f'{name}.{code}', 'text': node.get('text'), 'relax': node.get('relax')}
                for name, group in self.groups.items() for code, node in group['codes'].items()]
        text = '[' + ',\n'.join(json.dumps(row) for row in rows) + ']'
        head = ctext.HEAD.format(sources='api/messages.yaml')
        return {
            'gen/messages.h': ctext.header('messages.h', 'api/messages.yaml', '/* Rows of common.message, as a JSON array. '
                                           '*/\nextern const char message_rows[];\n'),
            'gen/messages.c': f'{head}#include "gen/messages.h"\n\nconst char message_rows[] =\n{ctext.lines(text)};\n',
        }
