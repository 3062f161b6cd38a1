#!/usr/bin/env python3
"""Makes everything that follows from the contract and from the statements.

	contract.py --out build [--root .] [--lenient]

Reads  api/common.yaml, api/problems.yaml, api/scopes.yaml, api/events.yaml, api/tasks.yaml,
       api/messages.yaml, api/visibility.yaml, api/<service>/*.yaml, services/<service>/**/*.sql, shared/*/*.sql,
       services/<service>/catalogue.yaml, shared/catalogue.yaml, the texts of mails, those of the API in other
       languages (api/texts_*.yaml), and the C sources for handlers.
Writes <out>/gen/** (C tables), <out>/problems/*.html, <out>/openapi.json, <out>/contract.json (the
       same without its words), <out>/texts_*.json, only where the content changed, and <out>/gen/stamp.

Every fault is printed as file:line: message; then the exit status is 1. What belongs to a service
without faults is written all the same.

--lenient, or CONTRACT=lenient in the environment (for work on one part while another is half
written): what is missing but not wrong (an operation that nothing answers, a statement or a scope
that nobody names) is counted only, the operation left out; the faults of one service do not stop
the others.
"""

import argparse
import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from upgen import codes, ctables, openapi, pages, reduced, rules  # noqa: E402
from upgen.catalogue import Catalogue  # noqa: E402
from upgen.events import Events  # noqa: E402
from upgen.faults import Faults  # noqa: E402
from upgen.forms import Forms  # noqa: E402
from upgen.contract import Contract  # noqa: E402
from upgen.messages import Messages  # noqa: E402
from upgen.output import Output  # noqa: E402
from upgen.tables import Problems, Scopes  # noqa: E402
from upgen.tasks import Tasks  # noqa: E402
from upgen.texts import Texts  # noqa: E402
from upgen.translations import Translations  # noqa: E402
from upgen.visibility import Visibility  # noqa: E402


def service_of(file):
    """The service a file belongs to, or None for what all share."""
    parts = file.split('/')
    if parts[0] in ('api', 'services') and len(parts) > 2 and parts[1] in rules.SERVICES:
        return parts[1]
    return None


def generate(root, out, faults):
    """Reads everything and writes what has no faults. Returns the Output."""
    contract = Contract(root, faults)
    contract.read()
    contract.join()
    problems = Problems(contract.problems, faults)
    scopes = Scopes(contract.scopes, contract.declared, faults)
    codes.check(root, problems, faults)
    contract.lifecycles.join(contract, problems.codes)
    events = Events(contract.events, faults)
    events.join(contract)
    tasks = Tasks(contract.tasks, faults)
    tasks.join(contract)
    catalogue = Catalogue(root, faults)
    messages = Messages(contract.messages, faults)
    messages.join(contract)
    forms = Forms(contract, faults)
    texts = Texts(contract, faults)
    translations = Translations(contract, problems, messages, faults)
    visibility = Visibility(contract.visibility, faults)
    visibility.join(contract)
    broken = {service_of(file) for file, _, _ in faults.items}
    output = Output(out)
    if None in broken:
        return output
    for name, text in {**problems.files(), **scopes.files(), **contract.lifecycles.files(), **tasks.files(),
                       **catalogue.files(), **messages.files(), **translations.files(texts), **visibility.files(), **forms.files(),
                       **events.files([one for one in rules.SERVICES if one not in broken]), 'events.html': pages.page('Events of the Upward API', events.page()),
                       'visibility.html': pages.page('Who sees what in the Upward API', visibility.page())}.items():
        output.put(name, text)
    for owner, found in contract.statements.items():
        if owner not in broken:
            for name, text in ctables.statement_files(owner, found).items():
                output.put(name, text)
    for service in rules.SERVICES:
        if service not in broken:
            for name, text in ctables.contract_files(service, contract.operations[service]).items():
                output.put(name, text)
    if 'scheduling' not in broken:
        for name, text in texts.files().items():
            output.put(name, text)
    made = pages.problem_pages(problems.codes)
    for name, text in made.items():
        output.put('problems/' + name, text)
    output.only('problems', made)
    if not broken:
        served = openapi.document(contract, problems.codes)
        output.put('openapi.json', json.dumps(served, ensure_ascii=False, indent=1) + '\n')
        output.put('contract.json', reduced.document(served, scopes.rows, problems.codes, events.types))
    return output


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    parser.add_argument('--out', type=Path, required=True)
    parser.add_argument('--root', type=Path, default=Path('.'))
    parser.add_argument('--lenient', action='store_true',
                        default=os.environ.get('CONTRACT') == 'lenient')
    chosen = parser.parse_args(arguments)
    faults = Faults()
    generate(chosen.root.resolve(), chosen.out, faults)
    if not chosen.lenient:
        faults.close_gaps()
    for line in faults.lines():
        print(line, file=sys.stderr)
    if faults.gaps:
        print(f'{len(faults.gaps)} things are missing (without CONTRACT=lenient they are listed)',
              file=sys.stderr)
    if any(not chosen.lenient or service_of(file) is None for file, _, _ in faults.items):
        print(f'{len(faults)} faults (CONTRACT=lenient make … builds the parts without any)',
              file=sys.stderr)
        return 1
    stamp = chosen.out / 'gen' / 'stamp'
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()
    return 0


if __name__ == '__main__':
    sys.exit(main())
