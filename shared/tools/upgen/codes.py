"""Codes and constraints that SQL names, against api/problems.yaml."""

import re

REFUSAL = re.compile(r"\brefuse\(\s*'([^']*)'")
COMMENT = re.compile(r'--[^\n]*')


def without_comments(text):
    """The same text with blanks for line comments, so that offsets stay."""
    return COMMENT.sub(lambda match: ' ' * len(match.group()), text)


def sql_files(root):
    """Every .sql file of shared/ and services/, migrations and objects included."""
    for top in ('shared', 'services'):
        yield from sorted((root / top).rglob('*.sql'))


def check(root, problems, faults):
    """common.refuse('code') names a problem; a constraint of the table exists in a migration."""
    words = set()
    for path in sql_files(root):
        file = path.relative_to(root).as_posix()
        text = without_comments(path.read_text(encoding='utf-8'))
        for match in REFUSAL.finditer(text):
            if match.group(1) not in problems.codes:
                faults.gap(file, text.count('\n', 0, match.start()) + 1,
                           f'refuse(\'{match.group(1)}\'): no such code in api/problems.yaml')
        if {'schema', 'objects'} & set(path.parts):
            words.update(re.findall(r'\w+', text))
    for name in problems.constraints:
        if name not in words:
            faults.gap(problems.constraints.file, problems.constraints.line_of(name),
                       f'{name}: no migration has a constraint of this name')
