"""Reads SQL text for `:name` and writes `$n::type`, leaving everything else as it is.

Passed over: `::`, `:=`, '…' with '' escapes, E'…' with backslashes, dollar quotes, "identifiers",
comments (-- and nested /* */), and the colon of an array slice ([1:2], [a:b]). Comments are left
out of what is sent, white space outside quotes shrinks to one blank or newline.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(r"""
  (?P<comment>--[^\n]*)
| (?P<block>/\*)
| (?P<string>[eE]'(?:[^'\\]|\\.|'')*' | (?:[uU]&|[bBxXnN])?'(?:[^']|'')*')
| (?P<quoted>(?:[uU]&)?"(?:[^"]|"")*")
| (?P<dollar>\$(?:[^\W\d]\w*)?\$)
| (?P<position>\$[0-9]+)
| (?P<cast>::|:=)
| (?P<name>:[A-Za-z_][A-Za-z0-9_]*)
| (?P<word>[^\W\d][\w$]*)
| (?P<number>[0-9][0-9.]*)
| (?P<space>\s+)
| (?P<other>.)
""", re.X | re.S)
BLOCK = re.compile(r'/\*|\*/')


@dataclass
class Name:
    """A `:name` of the text; indexed says that `[` follows, which a bare cast would swallow."""
    name: str
    line: int
    indexed: bool = False


class Scanner:
    def __init__(self, text, file, line, faults):
        self.text, self.file, self.line, self.faults = text, file, line, faults
        self.out = []       # str or Name
        self.depth = []     # open brackets
        self.previous = ''  # last token that is not blank: its kind
        self.ended = 0      # line of the `;`

    def fault(self, message):
        self.faults.add(self.file, self.line, message)

    def space(self, newline):
        if not self.out or self.out[-1] == '\n':
            return
        if self.out[-1] == ' ':
            self.out.pop()
            newline = True if newline else False
        self.out.append('\n' if newline else ' ')

    def put(self, text, kind):
        if self.ended:
            self.fault('a second statement under one name: each takes its own "-- name:" line')
            self.ended = 0
        if text == '[' and self.out and isinstance(self.out[-1], Name):
            self.out[-1].indexed = True
        self.out.append(text)
        self.previous = kind

    def block_end(self, start):
        depth = 0
        for match in BLOCK.finditer(self.text, start):
            depth += 1 if match.group() == '/*' else -1
            if depth == 0:
                return match.end()
        self.fault('comment without end')
        return len(self.text)

    def dollar_end(self, start, tag):
        end = self.text.find(tag, start + len(tag))
        if end < 0:
            self.fault(f'{tag} without end')
            return len(self.text)
        return end + len(tag)

    def slice_colon(self):
        return bool(self.depth) and self.depth[-1] == '[' and self.previous == 'value'

    def other(self, text):
        kind = 'value' if text in ')]' else 'sign'
        if text in '([':
            self.depth.append(text)
        elif text in ')]' and self.depth:
            self.depth.pop()
        elif text in '\'"':
            self.fault(f'{text} without end')
        elif text == ';':
            self.ended = self.ended or self.line
            return
        self.put(text, kind)

    def one(self, match, at):
        kind, text = match.lastgroup, match.group()
        end = match.end()
        if kind == 'block':
            end = self.block_end(at)
            self.space(False)
        elif kind == 'comment':
            self.space(True)
        elif kind == 'space':
            self.space('\n' in text)
        elif kind == 'dollar':
            end = self.dollar_end(at, text)
            self.put(self.text[at:end], 'value')
        elif kind == 'name' and self.slice_colon():
            end = at + 1
            self.put(':', 'sign')
        elif kind == 'name':
            if text != text.lower():
                self.fault(f'{text}: names are written in lower case')
            self.put(Name(text[1:].lower(), self.line), 'value')
        elif kind == 'position':
            self.fault(f'{text}: write a name, not a position')
        elif kind == 'other':
            self.other(text)
        else:
            self.put(text, 'sign' if kind == 'cast' else 'value')
        self.line += self.text.count('\n', at, end)
        return end

    def run(self):
        at = 0
        while at < len(self.text):
            at = self.one(TOKEN.match(self.text, at), at)
        while self.out and self.out[-1] in (' ', '\n'):
            self.out.pop()
        return self.out


def scan(text, file, line, faults):
    """The text as a list of str and Name. `line` is the line of its first character."""
    return Scanner(text, file, line, faults).run()


def names_of(tokens):
    """The names in order of their first appearance."""
    seen = []
    for token in tokens:
        if isinstance(token, Name) and token.name not in seen:
            seen.append(token.name)
    return seen


def bind(tokens, order, types, mark='$'):
    """The SQL with `$n::type` for each name; order gives n (from 1), types the cast."""
    made = []
    for token in tokens:
        if not isinstance(token, Name):
            made.append(token)
            continue
        text = f'{mark}{order.index(token.name) + 1}::{types[token.name]}'
        made.append(f'({text})' if token.indexed else text)
    return ''.join(made)
