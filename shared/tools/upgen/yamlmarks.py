"""YAML with line numbers: mappings and lists that remember where each member stands.

Plain scalars follow YAML 1.2 (true, false, null, numbers); everything else is text, so that a
date, a time of day or the country code NO stays what was written.
"""

import re

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a PyYAML without libyaml: slower, the same result
    from yaml import SafeLoader as Loader

INTEGER = re.compile(r'[-+]?[0-9]+\Z')
NUMBER = re.compile(r'[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z')
WORDS = {'true': True, 'false': False, 'null': None, '~': None, '': None,
         'True': True, 'False': False, 'Null': None, 'TRUE': True, 'FALSE': False, 'NULL': None}


class Map(dict):
    """A mapping. line_of(key) is the key's own line."""

    def __init__(self, file, line):
        super().__init__()
        self.file, self.line, self.lines = file, line, {}

    def line_of(self, key):
        return self.lines.get(key, self.line)


class Seq(list):
    def __init__(self, file, line):
        super().__init__()
        self.file, self.line, self.lines = file, line, []

    def line_of(self, index):
        return self.lines[index] if index < len(self.lines) else self.line


def scalar(node):
    text = node.value
    if node.style is not None and node.style != '':
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.match(text):
        return int(text)
    if NUMBER.match(text):
        return float(text)
    return text


def build(node, file, faults):
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        made = Map(file, line)
        for key_node, value_node in node.value:
            key = key_node.value
            key_line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                faults.add(file, key_line, 'a member name must be a plain word')
                continue
            if key == '<<':
                faults.add(file, key_line, 'merge keys (<<) are not used here')
            if key in made:
                faults.add(file, key_line, f'"{key}" stands here twice')
            made[key] = build(value_node, file, faults)
            made.lines[key] = key_line
        return made
    if isinstance(node, yaml.SequenceNode):
        made = Seq(file, line)
        for item in node.value:
            made.append(build(item, file, faults))
            made.lines.append(item.start_mark.line + 1)
        return made
    return scalar(node)


def load(path, file, faults):
    """The file's mapping (empty on a fault). `file` is the name that faults carry."""
    empty = Map(file, 1)
    try:
        node = yaml.compose(path.read_text(encoding='utf-8'), Loader=Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, 'problem_mark', None)
        said = getattr(error, 'problem', None) or str(error)
        faults.add(file, mark.line + 1 if mark else 1, f'not YAML: {said}')
        return empty
    if node is None:
        return empty
    made = build(node, file, faults)
    if not isinstance(made, Map):
        faults.add(file, 1, 'the file must be a mapping')
        return empty
    return made


def plain(value):
    """The same value as ordinary dicts and lists (a copy)."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
