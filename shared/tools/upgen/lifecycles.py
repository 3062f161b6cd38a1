"""x-lifecycle: the states of a noun and the steps between them -> rows of common.step.

	x-lifecycle:
	  pair:
	    start: {pick: proposed}
	    states: {proposed: The mentor has been asked., ...}
	    steps:
	      acceptance: {from: [proposed], to: active, by: [mentor], event: pair.active}

A step's `to` is a state, or a list: back to where it came from, one of them; or `same`: it stays. `by` names relations of
callers, who take it by the operation <noun>_<step> (or `operation`), and parties within the product
(PARTIES). `event` is <noun>.<to> where nothing else is said; `none` tells nobody. `refusal` is the
problem of a step in another state (wrong_state). A noun's
`hidden` states are shown to nobody.
"""

import json
import re
from dataclasses import dataclass

from . import ctext, rules
from .yamlmarks import Map

# Who else than a caller takes steps: time, the HR system's changes, and the life of another noun.
PARTIES = {'clock', 'hr', 'programme', 'round', 'enrolment', 'shortlist', 'pair', 'agreement', 'session', 'import'}
# Relations that stand for others when it is asked who may do what.
WIDER = {'pair_member': ['mentor', 'mentee']}
MEMBERS = {'from', 'to', 'by', 'event', 'refusal', 'operation', 'confidential', 'text'}
WORD = re.compile(r'[a-z][a-z_]*\Z')
EVENT = re.compile(r'[a-z_]+\.[a-z_]+\Z')


@dataclass
class Lifecycle:
    service: str
    noun: str
    node: object
    start: dict
    states: dict
    steps: dict

    def back(self, step):
        """Does the step lead back to where the one before came from?"""
        return isinstance(self.steps[step]['to'], list)

    def reached(self, step):
        """The states that a step may lead to."""
        to = self.steps[step]['to']
        return list(to) if isinstance(to, list) else list(self.steps[step]['from']) if to == 'same' else [to]

    def ends(self, state):
        """Does no step lead on from a state to another one?"""
        return not any(state in step['from'] and step['to'] != 'same' and self.reached(name) != [state]
                       for name, step in self.steps.items())

    def rows(self):
        """Rows of common.step, as objects."""
        place = 0
        for name, state in self.start.items():
            to = state['to'] if isinstance(state, Map) else state
            yield self.row(name, '', to, state if isinstance(state, Map) else {}, place)
            place += 1
        for name, step in self.steps.items():
            for state in step['from']:
                to = state if step['to'] == 'same' else None if self.back(name) else step['to']
                yield self.row(name, state, to, step, place)
            place += 1

    def row(self, name, state, to, step, place):
        """One of them."""
        parties = []
        for party in step.get('by') or ():
            parties += [party, *WIDER.get(party, ())]
        event = step.get('event', f'{self.noun}.{to}' if to and state else 'none')
        return {'noun': self.noun, 'name': name, 'from_status': state, 'to_status': to,
                'action': step.get('operation', f'{self.noun}_{name}').removeprefix(self.noun + '_'),
                'ends': bool(to) and self.ends(to), 'parties': parties,
                'event': None if event == 'none' else event,
                'refusal': step.get('refusal', 'wrong_state'),
                'place': place}


class Lifecycles:
    """All of the contract."""

    def __init__(self, faults):
        self.faults = faults
        self.found = {}

    def file(self, service, document):
        """Takes x-lifecycle of one file."""
        listed = document.get('x-lifecycle')
        for noun, node in (listed.items() if isinstance(listed, Map) else ()):
            if not isinstance(node, Map) or not all(isinstance(node.get(key), Map)
                                                    for key in ('start', 'states', 'steps')):
                self.faults.add(document.file, listed.line_of(noun), f'{noun}: a life cycle has start, states and steps')
            elif noun in self.found:
                self.faults.add(document.file, listed.line_of(noun), f'{noun}: has a life cycle already')
            elif self.shaped(noun, node):
                self.found[noun] = Lifecycle(service, noun, node, node['start'], node['states'], node['steps'])
                self.sound(self.found[noun])

    def shaped(self, noun, node):
        """Has every step its members?"""
        good = True
        for name, step in node['steps'].items():
            if not isinstance(step, Map) or not set(step) <= MEMBERS or not isinstance(step.get('from'), list) \
                    or not step.get('to') or not isinstance(step.get('by'), list) or not WORD.match(name):
                self.faults.add(node.file, node['steps'].line_of(name), f'{noun}: step {name} has from, to and by, and '
                                f'perhaps {", ".join(sorted(MEMBERS - {"from", "to", "by"}))}')
                good = False
        return good

    def sound(self, life):
        """Names that lead nowhere, and states that nothing leads to."""
        def fault(where, key, text):
            self.faults.add(where.file, where.line_of(key), f'{life.noun}: {text}')

        begins = [state['to'] if isinstance(state, Map) else state for state in life.start.values()]
        reached = set(begins)
        for name, step in life.steps.items():
            for state in [*step['from'], *life.reached(name)]:
                if state not in life.states:
                    fault(life.steps, name, f'step {name} names the state {state}, which is not there')
            for party in step['by']:
                if party not in rules.RELATIONS and party not in PARTIES:
                    fault(step, 'by', f'step {name}: nobody is "{party}"')
            if step.get('event', 'none') != 'none' and not EVENT.match(str(step['event'])):
                fault(step, 'event', f'step {name}: an event is <noun>.<state>, or none')
            reached.update(life.reached(name))
        for state, text in life.states.items():
            if state not in reached:
                fault(life.states, state, f'nothing leads to the state {state}')
            if not isinstance(text, str) or not text.endswith('.'):
                fault(life.states, state, f'state {state} has a sentence')

    def join(self, contract, problems):
        """Against the operations, the problems and the enumeration of states."""
        operations = {op.id: op for op in contract.declared}
        for life in self.found.values():
            for name, step in life.steps.items():
                self.joined(life, name, step, operations)
                if step.get('refusal', 'wrong_state') not in problems:
                    self.faults.add(step.file, step.line_of('refusal'), f'{life.noun}: no problem "{step["refusal"]}"')
            schema = contract.schemas.get(''.join(word.title() for word in life.noun.split('_')) + 'Status')
            states = schema.get('enum') if isinstance(schema, Map) else None
            if states is not None and [s for s in life.states if s not in life.node.get('hidden', ())] != list(states):
                self.faults.add(schema.file, schema.line_of('enum'),
                                f'{life.noun}: the states are {", ".join(life.states)}')
        for op in contract.declared:
            life = self.found.get(op.noun)
            if life and op.method == 'post' and op.success == 200 and op.verb not in rules.VERBS \
                    and op.verb not in life.steps and not op.node.get('x-step') == 'none' \
                    and op.id not in [step.get('operation') for step in life.steps.values()]:
                self.faults.add(op.file, op.line, f'{op.id}: {life.noun} has no step {op.verb} '
                                '(an operation that takes none says "x-step: none")')

    def joined(self, life, name, step, operations):
        """A step of a caller has its operation, which is open to that caller."""
        callers = [party for party in step['by'] if party in rules.RELATIONS]
        if not callers:
            return
        op = operations.get(step.get('operation', f'{life.noun}_{name}'))
        if op is None:
            self.faults.add(life.node.file, life.steps.line_of(name),
                            f'{life.noun}: step {name} has no operation {life.noun}_{name}')
            return
        for party in callers:
            known = set(op.authz)
            if party not in known and not any(party in WIDER.get(wide, ()) for wide in known):
                self.faults.add(step.file, step.line_of('by'),
                                f'{life.noun}: {op.id} is not open to {party} (x-authz)')

    def files(self):
        """name -> text of what the build makes of them."""
        rows = [row for life in self.found.values() for row in life.rows()]
        text = '[' + ',\n'.join(json.dumps(row) for row in rows) + ']'
        events = {(row['noun'], row['name']): row['event'] for row in rows}
        shown = {life.noun: {'service': life.service, 'start': {
            name: state['to'] if isinstance(state, Map) else state for name, state in life.start.items()},
            'states': dict(life.states), 'hidden': list(life.node.get('hidden', ())), 'steps': {name: {
                'from': list(step['from']), 'to': life.reached(name), 'by': list(step['by']),
                'operation': step.get('operation', f'{life.noun}_{name}'), 'event': events[life.noun, name],
                'refusal': step.get('refusal', 'wrong_state'), 'text': step.get('text')}
                for name, step in life.steps.items()}} for life in self.found.values()}
        head = ctext.HEAD.format(sources='x-lifecycle in api/')
        return {
            'gen/lifecycles.h': ctext.header('lifecycles.h', 'x-lifecycle in api/',
                                             '/* Rows of common.step, as a JSON array. */\n'
                                             'extern const char lifecycle_rows[];\n'),
            'gen/lifecycles.c': f'{head}#include "gen/lifecycles.h"\n\nconst char lifecycle_rows[] =\n{ctext.lines(text)};\n',
            'lifecycles.json': json.dumps(shown, indent=1) + '\n',
        }
