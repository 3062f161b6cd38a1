"""api/texts_<language>.yaml: what the API says to people, in another language -> texts_<language>.json for pages.

	language: de
	problems: {not_found: Nicht gefunden.}                         titles by code
	constraints: {session_length: …}                               details by constraint
	messages: {want: {covered: {text: …, relax: …}}}               of messages.yaml
	policy: {skills_only: {title: …, description: …}}              members of the policy's form
	reports: {gain: …}                                             the method of each report
	sentences: {'At least {n} people are enrolled.': …}            English first; {…} is what differs

The API speaks English, and codes stand beside what it says. Pages look its texts up in this catalogue, so that an answer
stays the same for everybody, and so does its entity tag. Every text has its translation, and no translation is left
over: a sentence is one that the sources still say.
"""

import json
import re

from .codes import sql_files
from .yamlmarks import Map

PLACE = re.compile(r'\{[a-z_]+\}')
REPORT = re.compile(r"\('([a-z-]+)', '[A-Z][A-Za-z ]*',\s")
COUNTED = re.compile(r"count_sentence\([^']*(?:'[a-z0-9]+'[^']*)*?'([a-z][^']* [^']*)'\)")
TOLD, UNTOLD = 'At least {n} %s.', 'We cannot tell how many %s: too few to show.'
LITERALS = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\n]|'')*)'")
RUN = 4  # words in a row by which a sentence is found in the sources, which put some together
FORMS = ('PolicyRulesInput', 'PolicyWeightsInput')


class Translations:
    """The languages other than English."""

    def __init__(self, contract, problems, messages, faults):
        self.faults, self.languages = faults, {}
        paths = sorted((contract.root / 'api').glob('texts_*.yaml'))
        if not paths:
            return
        self.english = self.said(contract, problems, messages)
        self.counted, self.methods, self.sources = set(), set(), ''
        self.scan(contract.root)
        for path in paths:
            tag, document = path.stem.removeprefix('texts_'), contract.yaml(path)
            parts = {'language', *self.english, 'reports', 'sentences'}
            if not isinstance(document, Map) or document.get('language') != tag or set(document) != parts:
                faults.add(contract.name(path), 1, f'a language has language: {tag}, and {", ".join(sorted(parts - {"language"}))}')
                continue
            self.languages[tag] = document
            for part, english in self.english.items():
                self.compare(document[part], english, self.flat(document[part]))
            self.compare(document['reports'], dict.fromkeys(self.methods, ''), document['reports'])
            self.sentences(document['sentences'])

    # ---- what there is to translate -------------------------------------------------------------
    @staticmethod
    def said(contract, problems, messages):
        """part -> key -> the English text."""
        members = {name: node for form in FORMS for name, node in (contract.schemas.get(form) or {}).get('properties', {}).items()}
        return {
            'problems': {code: row.get('title') for code, row in problems.codes.items()},
            'constraints': {name: row.get('detail') for name, row in problems.constraints.items()},
            'messages': {f'{group}.{code}.{key}': text for group, found in messages.groups.items()
                         for code, node in found['codes'].items() for key, text in node.items() if text},
            'policy': {f'{name}.{key}': node.get(key) for name, node in members.items() for key in ('title', 'description')},
        }

    def scan(self, root):
        """The reports, the counts that they say in a sentence, and all that is said between quotes in the sources."""
        found = [path.read_text(encoding='utf-8') for path in sql_files(root) if 'schema' not in path.parts]
        found += [path.read_text(encoding='utf-8') for top in ('services', 'shared/json') for path in sorted((root / top).rglob('*.c'))]
        for text in found:
            self.counted.update(COUNTED.findall(text))
            if 'report_method' in text:
                self.methods.update(REPORT.findall(text))
        said = ''.join(''.join(one) for text in found for one in LITERALS.findall(text))
        self.sources = said.replace("''", "'").replace('CIVIL_YEARS', '').replace('%%', '%')

    # ---- what is wrong --------------------------------------------------------------------------
    def flat(self, node, before=''):
        """key.key -> text."""
        texts = {}
        for key, inner in node.items():
            texts.update(self.flat(inner, f'{before}{key}.') if isinstance(inner, Map) else {f'{before}{key}': inner})
        return texts

    def compare(self, node, english, texts):
        for key in english.keys() - texts.keys():
            self.faults.add(node.file, node.line, f'{key} is missing: {english[key]}')
        for key, text in texts.items():
            if key not in english:
                self.faults.add(node.file, node.line_of(key.split('.')[0]), f'there is no {key}')
            else:
                self.alike(node, key, english[key], text)

    def alike(self, node, key, english, text):
        """A translation is one line, and has the placeholders of the English."""
        if not isinstance(text, str) or not text.strip() or '\n' in text or set(PLACE.findall(text)) != set(PLACE.findall(english)):
            self.faults.add(node.file, node.line_of(key.split('.')[0]), f'{key}: a text in one line, with the same {{…}} as in English')

    def sentences(self, node):
        for what in sorted(self.counted):
            for wanted in (TOLD % what, UNTOLD % what):
                if wanted not in node:
                    self.faults.add(node.file, node.line, f'{wanted} is missing')
        known = {form % what for what in self.counted for form in (TOLD, UNTOLD)}
        for english, text in node.items():
            self.alike(node, english, english, text)
            longest = max(PLACE.split(english), key=len).split()
            runs = [' '.join(longest[at:at + RUN]) for at in range(max(1, len(longest) - RUN + 1))]
            if english not in known and not any(run.rstrip('.') in self.sources for run in runs):
                self.faults.add(node.file, node.line_of(english), f'nothing says “{english}” any more')

    # ---- what becomes of it ---------------------------------------------------------------------
    def files(self, mails):
        """name -> text of what the build makes of them. Notifications, which have no words in the API, say what their
        mails say, in English too."""
        made = {}
        for tag in sorted({*self.languages, *mails.languages}):
            found = {'texts': {}, 'patterns': [], 'methods': {}, 'notifications': {}}
            if tag in self.languages:
                document = self.languages[tag]
                pairs = [(english[key], text) for part, english in self.english.items()
                         for key, text in self.flat(document[part]).items()] + list(document['sentences'].items())
                found['texts'] = {one: other for one, other in pairs if not PLACE.search(one)}
                found['patterns'] = [pair for pair in pairs if PLACE.search(pair[0])]
                found['methods'] = dict(document['reports'])
            if tag in mails.languages:
                found['notifications'] = {kind: parts['text'] for kind, parts in mails.languages[tag][0]['kinds'].items()}
            made[f'texts_{tag}.json'] = json.dumps(found, ensure_ascii=False, indent=1) + '\n'
        return made
