"""Life cycles: every fault of x-lifecycle is found at its line, and the rows say what the contract says."""

import json
import unittest

from fixture import Case, YAML

LIFE = """\
x-lifecycle:
  goal:
    start: {creation: {to: proposed, event: goal.proposed}}
    states:
      proposed: It waits for the other one.
      paused: It rests.
      completed: It is done.
    steps:
      completion: {from: [proposed], to: completed, by: [pair_member]}
      pause: {from: [proposed], to: paused, by: [clock], event: none}
      return: {from: [paused], to: [proposed], by: [clock], event: goal.back}
      touch: {from: [proposed], to: proposed, by: [pair_member], operation: goal_patch, event: none}
"""


class Lifecycles(Case):
    def setUp(self):
        super().setUp()
        self.files[YAML] = LIFE + self.files[YAML]
        self.files['api/events.yaml'] = ('events:\n' + ''.join(
            f'  goal.{name}: {{subject: goal, when: It happened.}}\n' for name in ('proposed', 'completed', 'back')))
        self.files['api/problems.yaml'] = self.files['api/problems.yaml'].replace(
            'constraints:', '  wrong_state: {status: 409, title: Not now., meaning: Not now., remedy: Wait.}\nconstraints:')

    def rows(self):
        """(name, from) -> row of what the build made"""
        self.assert_clean()
        text = (self.out / 'gen' / 'lifecycles.c').read_text().split('lifecycle_rows[] =\n')[1]
        literals = [line.strip().rstrip(';') for line in text.strip().split('\n')]
        found = json.loads(''.join(json.loads(literal) for literal in literals))
        return {(row['name'], row['from_status']): row for row in found}

    def test_the_rows_say_what_the_contract_says(self):
        rows = self.rows()
        self.assertEqual(len(rows), 5)
        self.assertEqual(rows['creation', '']['to_status'], 'proposed')
        self.assertEqual(rows['creation', '']['event'], 'goal.proposed')
        done = rows['completion', 'proposed']
        self.assertEqual((done['to_status'], done['event'], done['ends'], done['refusal'], done['action']),
                         ('completed', 'goal.completed', True, 'wrong_state', 'completion'))
        self.assertEqual(done['parties'], ['pair_member', 'mentor', 'mentee'])
        pause = rows['pause', 'proposed']
        self.assertEqual((pause['event'], pause['ends']), (None, False))
        self.assertIsNone(rows['return', 'paused']['to_status'])
        self.assertEqual(rows['touch', 'proposed']['action'], 'patch')

    def test_a_step_between_states_that_are_not_there(self):
        self.change(YAML, 'to: completed', 'to: finished')
        self.assert_fault(YAML, 'completion: {from', 'names the state finished')

    def test_a_state_that_nothing_leads_to(self):
        self.change(YAML, '      paused: It rests.', '      lost: It is lost.\n      paused: It rests.')
        self.assert_fault(YAML, 'lost: It', 'nothing leads to the state lost')

    def test_a_state_without_a_sentence(self):
        self.change(YAML, 'paused: It rests.', 'paused: rest')
        self.assert_fault(YAML, 'paused: rest', 'has a sentence')

    def test_a_step_of_a_caller_without_an_operation(self):
        self.change(YAML, 'operation: goal_patch, ', '')
        self.assert_fault(YAML, 'touch: {from', 'has no operation goal_touch')

    def test_a_step_that_is_not_open_to_its_caller(self):
        self.change(YAML, 'to: completed, by: [pair_member]', 'to: completed, by: [hris]')
        self.assert_fault(YAML, 'completion: {from', 'is not open to hris')

    def test_nobody_of_that_name(self):
        self.change(YAML, 'by: [clock], event: none', 'by: [moon], event: none')
        self.assert_fault(YAML, 'pause: {from', 'nobody is "moon"')

    def test_a_step_that_lacks_a_member(self):
        self.change(YAML, 'to: paused, by: [clock]', 'to: paused')
        self.assert_fault(YAML, 'pause: {from', 'step pause has from, to and by')

    def test_an_event_without_a_noun(self):
        self.change(YAML, 'event: goal.back', 'event: back')
        self.assert_fault(YAML, 'return: {from', 'an event is')

    def test_a_problem_that_is_not_there(self):
        self.change(YAML, 'event: goal.back}', 'event: goal.back, refusal: no_such}')
        self.assert_fault(YAML, 'return: {from', 'no problem "no_such"')

    def test_a_state_change_that_is_no_step(self):
        self.change(YAML, '      completion: {from: [proposed], to: completed, by: [pair_member]}\n',
                    '      ending: {from: [proposed], to: completed, by: [clock]}\n')
        self.assert_fault(YAML, 'operationId: goal_completion', 'goal has no step completion')

    def test_a_second_life_cycle_of_a_noun(self):
        self.files['api/evaluation/zeal.yaml'] = LIFE + 'components:\n  schemas: {}\n'
        self.assert_fault('api/evaluation/zeal.yaml', 'goal:', 'has a life cycle already')


if __name__ == '__main__':
    unittest.main()
