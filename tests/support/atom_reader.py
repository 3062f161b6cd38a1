"""Reads an Atom feed, the file named, and holds it against RFC 4287: prints what is wrong, a line each, and then
the title and the authors of each entry."""
import pathlib
import re
import sys
from xml.etree import ElementTree

ATOM = '{http://www.w3.org/2005/Atom}'
DATE = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)\Z')      # section 3.3, RFC 3339
IRI = re.compile(r'[a-z][a-z0-9+.-]*:\S+\Z')
ONCE = {'id', 'title', 'updated'}                          # exactly one of each (sections 4.1.1, 4.1.2)
AT_MOST_ONCE = {'generator', 'icon', 'logo', 'rights', 'subtitle', 'published', 'content', 'summary', 'source'}
ANY = {'author', 'category', 'contributor', 'link', 'entry'}
OF_ENTRY = {'published', 'content', 'summary', 'source'}
OF_FEED = {'generator', 'icon', 'logo', 'subtitle', 'entry'}


def faults(element, foreign, name):
    counts = {}
    for child in element:
        if not child.tag.startswith(ATOM):
            yield f'{name}: {child.tag} is not of Atom'
        counts[child.tag.removeprefix(ATOM)] = counts.get(child.tag.removeprefix(ATOM), 0) + 1
    for tag, count in counts.items():
        if tag not in ONCE | AT_MOST_ONCE | ANY or tag in foreign:
            yield f'{name}: has no {tag}'
        if tag in ONCE | AT_MOST_ONCE and count > 1:
            yield f'{name}: {count} of {tag}'
    for tag in ONCE - set(counts):
        yield f'{name}: without {tag}'
    for tag in ('updated', 'published'):
        for date in element.findall(ATOM + tag):
            if not DATE.match(date.text or ''):
                yield f'{name}: {tag} is no date'
    if not IRI.match(element.findtext(ATOM + 'id') or ''):
        yield f'{name}: id is no IRI'
    for link in element.findall(ATOM + 'link'):
        if not link.get('href'):
            yield f'{name}: a link leads nowhere'
    for author in element.findall(ATOM + 'author'):
        if [child.tag for child in author if child.tag == ATOM + 'name'] != [ATOM + 'name']:
            yield f'{name}: an author has one name'
    for category in element.findall(ATOM + 'category'):
        if not category.get('term'):
            yield f'{name}: a category has a term'


def main():
    feed = ElementTree.fromstring(pathlib.Path(sys.argv[1]).read_bytes())
    found = [] if feed.tag == ATOM + 'feed' else ['the document is no feed']
    entries = feed.findall(ATOM + 'entry')
    found += faults(feed, OF_ENTRY, 'feed')
    for entry in entries:
        found += faults(entry, OF_FEED, 'entry')
        if not entry.findall(ATOM + 'author') and not feed.findall(ATOM + 'author'):
            found.append('entry: without an author')
        if entry.find(ATOM + 'content') is None and entry.find(ATOM + "link[@rel='alternate']") is None:
            found.append('entry: neither content nor an alternate link')
    ids = [entry.findtext(ATOM + 'id') for entry in entries]
    if len(set(ids)) < len(ids):
        found.append('two entries have one id')
    if [link.get('href') for link in feed.findall(ATOM + 'link') if link.get('rel') == 'self'] == []:
        found.append('feed: no link to itself')
    for line in found:
        print('fault:', line)
    for entry in entries:
        print(entry.findtext(ATOM + 'title'), *[author.findtext(ATOM + 'name') for author in entry.findall(ATOM + 'author')],
              entry.findtext(ATOM + 'content'), sep=' | ')


main()
