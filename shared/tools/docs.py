#!/usr/bin/env python3
"""Makes what npm helps to make: the documentation pages (swagger-ui-dist with our own index.html, the life cycles,
the TypeScript types), the elements and the portal.

	docs.py --out build [--plain]

Writes <out>/docs/, <out>/elements/ and <out>/portal/; with --plain only the pages that need no npm, which come first
anyway. The packages come from api/package-lock.json by npm, once for each lock file; no
page loads anything from another host. An unchanged page is left alone. Two runs side by side wait for each other.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SWAGGER = ('swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-16x16.png', 'favicon-32x32.png',
           'LICENSE', 'NOTICE')
PACKAGE = ('package.json', 'package-lock.json', '.npmrc')


def install(folder):
    """npm ci of the page's packages, when the lock file is another than last time."""
    lock = (ROOT / 'api' / 'package-lock.json').read_bytes()
    mark = folder / '.installed'
    if mark.exists() and mark.read_text() == hashlib.sha256(lock).hexdigest():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in PACKAGE:
        shutil.copy(ROOT / 'api' / name, folder)
    subprocess.run(['npm', 'ci', '--prefix', str(folder), '--omit=dev', '--ignore-scripts',
                    '--no-audit', '--no-fund', '--loglevel=error'], check=True,
                   stdout=subprocess.DEVNULL)
    mark.write_text(hashlib.sha256(lock).hexdigest())


def put(source, target):
    """Copies a file whole or not at all, and only when it differs."""
    data = source.read_bytes()
    if target.exists() and target.read_bytes() == data:
        return
    fresh = target.with_name(f'{target.name}.{os.getpid()}')
    fresh.write_bytes(data)
    os.replace(fresh, target)


def types(modules, contract, docs):
    """upward.d.ts, when the contract is newer."""
    target = docs / 'upward.d.ts'
    if target.exists() and target.stat().st_mtime >= contract.stat().st_mtime:
        return
    fresh = docs / 'upward.new.d.ts'
    subprocess.run([str(modules / '.bin' / 'openapi-typescript'), str(contract), '--default-non-nullable',
                    'false', '--output', str(fresh)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.replace(fresh, target)


def lives(modules, described, docs):
    """lifecycles.html: the diagrams of all life cycles."""
    made = subprocess.run(['node', str(ROOT / 'shared/tools/lifecycles.mjs'), str(described), str(modules)],
                          check=True, stdout=subprocess.PIPE).stdout
    fresh = docs / f'lifecycles.{os.getpid()}'
    fresh.write_bytes(made)
    os.replace(fresh, docs / 'lifecycles.html')


def elements(modules, out):
    """The elements and the portal: built aside, then put in place, the page that uses all the rest last."""
    fresh = out / f'elements.{os.getpid()}'
    try:
        subprocess.run(['node', str(ROOT / 'api/elements/build.mjs'), str(modules), str(fresh)], check=True)
        for path in sorted(out.glob('texts_*.json')):  # what the API says in other languages
            module = fresh / 'elements' / f'{path.stem.replace("_", ".")}.js'
            module.write_text(f'export default {json.dumps(json.loads(path.read_text()), ensure_ascii=False)};\n', encoding='utf-8')
        for path in sorted(fresh.glob('*/*'), key=lambda path: path.name in ('upward.js', 'index.html')):
            (out / path.parent.name).mkdir(exist_ok=True)
            put(path, out / path.parent.name / path.name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--plain', action='store_true')
    options = parser.parse_args()
    out = options.out
    if options.plain:
        plain(out)
        return 0
    (out / 'npm').mkdir(parents=True, exist_ok=True)
    with open(out / 'npm' / 'docs.lock', 'w', encoding='utf-8') as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        return make(out)


def plain(out):
    """The pages that are there as they are: all but the one of the API, which wants swagger-ui."""
    docs = out / 'docs'
    docs.mkdir(parents=True, exist_ok=True)
    for path in sorted((ROOT / 'api' / 'docs').iterdir()):
        if path.name != 'index.html':
            put(path, docs / path.name)
    for name in ('events.html', 'visibility.html'):
        put(out / name, docs / name)


def make(out):
    """Makes everything; the exit status."""
    try:
        plain(out)
        install(out / 'npm' / 'docs')
        modules, docs = out / 'npm' / 'docs' / 'node_modules', out / 'docs'
        elements(modules, out)
        for name in SWAGGER:
            put(modules / 'swagger-ui-dist' / name, docs / name)
        put(ROOT / 'api' / 'docs' / 'index.html', docs / 'index.html')
        lives(modules, out / 'lifecycles.json', docs)
        types(modules, out / 'openapi.json', docs)  # last: with it, the folder is whole
    except (OSError, subprocess.CalledProcessError) as error:
        print(f'docs: {error}', file=sys.stderr)
        return 1
    return 0


if __name__ == '__main__':
    sys.exit(main())
