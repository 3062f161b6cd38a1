"""Small pieces of C source."""

HEAD = '/* Made by shared/tools/contract.py from {sources}: change those. */\n'


def string(text):
    """A C string literal, NULL for None."""
    if text is None:
        return 'NULL'
    made = []
    for char in str(text):
        if char in '"\\':
            made.append('\\' + char)
        elif char == '\n':
            made.append('\\n')
        elif char == '\t':
            made.append('\\t')
        elif char == '?' and made and made[-1] == '?':
            made.append('\\?')  # no trigraphs
        elif ord(char) < 32 or ord(char) == 127:
            made.append(f'\\{ord(char):03o}')
        else:
            made.append(char)
    return '"' + ''.join(made) + '"'


def lines(text, indent='\t'):
    """A literal of several lines, one C string a line."""
    parts = text.split('\n')
    ended = [part + '\n' for part in parts[:-1]] + [parts[-1]]
    return '\n'.join(indent + string(part) for part in ended)


def constant(prefix, name):
    return prefix + ''.join(c if c.isalnum() else '_' for c in name).upper()


def guard(name):
    return constant('UPWARD_GEN_', name)


def header(name, sources, body):
    mark = guard(name)
    return (HEAD.format(sources=sources) + f'#ifndef {mark}\n#define {mark}\n\n{body}\n'
            '#endif\n')
