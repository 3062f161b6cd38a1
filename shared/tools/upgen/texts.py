"""services/scheduling/notifications/texts_<language>.yaml: what mails say -> gen/scheduling/texts.c.

	language: de
	words: {greeting: …}
	kinds: {session_booked: {subject: …, text: …}}

Each language has the words of English, and each kind of the schema NotificationKind."""

from . import ctext
from .yamlmarks import Map

FOLDER, SCHEMA, FIRST = 'services/scheduling/notifications', 'NotificationKind', 'en'
DECLARED = """#include <stddef.h>

/* Texts of mails in one language, sorted by key: words.greeting, kinds.session_booked.subject. */
struct mail_text {
	const char *key, *text;
};
struct mail_language {
	const char *tag; /* BCP 47 */
	const struct mail_text *texts;
};
extern const struct mail_language mail_languages[]; /* English first */
extern const size_t mail_language_count, mail_text_count;
"""


class Texts:
    """The languages of mails."""

    def __init__(self, contract, faults):
        self.faults, self.languages = faults, {}
        for path in sorted((contract.root / FOLDER).glob('texts_*.yaml')):
            tag = path.stem.removeprefix('texts_')
            document = contract.yaml(path)
            if not isinstance(document, Map) or document.get('language') != tag \
                    or set(document) != {'language', 'words', 'kinds'}:
                faults.add(f'{FOLDER}/{path.name}', 1, f'a language has language: {tag}, words and kinds')
            else:
                self.languages[tag] = self.flat(document)
        kinds = (contract.schemas.get(SCHEMA) or {}).get('enum') or ()
        first = self.languages.get(FIRST, (None, {}))[1]
        wanted = {key for key in first if key.startswith('words.')} \
            | {f'kinds.{kind}.{part}' for kind in kinds for part in ('subject', 'text')}
        for document, texts in self.languages.values():
            for key in sorted(wanted ^ set(texts)):
                faults.add(document.file, 1, f'{key} is missing' if key in wanted else f'there is no {key}')

    def flat(self, document):
        """(the document, key -> text)."""
        texts = {f'words.{key}': text for key, text in document['words'].items()}
        for kind, parts in document['kinds'].items():
            texts.update({f'kinds.{kind}.{part}': text for part, text in parts.items()})
        for key, text in texts.items():
            if not isinstance(text, str) or not text.strip() or '\n' in text:
                self.faults.add(document.file, 1, f'{key} is a text in one line')
        return document, texts

    def files(self):
        """name -> text of what the build makes of them."""
        head, made, rows = ctext.HEAD.format(sources=f'{FOLDER}/texts_*.yaml'), '', ''
        order = sorted(self.languages, key=lambda tag: (tag != FIRST, tag))
        for tag in order:
            listed = sorted(self.languages[tag][1].items())
            symbol = 'texts_' + tag.replace('-', '_').lower()
            made += f'\nstatic const struct mail_text {symbol}[] = {{\n' + ''.join(
                f'\t{{ {ctext.string(key)}, {ctext.string(text)} }},\n' for key, text in listed) + '};\n'
            rows += f'\t{{ {ctext.string(tag)}, {symbol} }},\n'
        count = len(self.languages[order[0]][1]) if order else 0
        return {
            'gen/scheduling/texts.h': ctext.header('scheduling/texts.h', f'{FOLDER}/texts_*.yaml', DECLARED),
            'gen/scheduling/texts.c': f'{head}#include "gen/scheduling/texts.h"\n{made}\n'
                                      f'const struct mail_language mail_languages[] = {{\n{rows}}};\n'
                                      f'const size_t mail_language_count = {len(order)};\n'
                                      f'const size_t mail_text_count = {count};\n',
        }
