"""Growing is allowed, taking away is not."""

import copy
import json
import unittest

import fixture
import released

WAS = {
    'paths': {'/a/{a_id}': {'patch': {
        'operationId': 'a_patch',
        'parameters': [{'in': 'path', 'name': 'a_id', 'required': True,
                        'schema': {'type': 'string'}},
                       {'$ref': '#/components/parameters/view'}],
        'requestBody': {'content': {'application/json': {'schema': {
            'type': 'object', 'properties': {'name': {'type': ['string', 'null']},
                                             'kind': {'type': 'string', 'enum': ['x', 'y']}}}}}},
        'responses': {'200': {'content': {'application/json': {
            'schema': {'$ref': '#/components/schemas/A'}}}}}}}},
    'components': {
        'parameters': {'view': {'in': 'query', 'name': 'view', 'schema': {'type': 'string'}}},
        'schemas': {'A': {'type': 'object', 'required': ['id'], 'properties': {
            'id': {'type': 'string'}, 'state': {'type': 'string', 'enum': ['on', 'off']},
            'parts': {'type': 'array', 'items': {'$ref': '#/components/schemas/A'}}}}}},
}


class Released(unittest.TestCase):
    def setUp(self):
        self.now = copy.deepcopy(WAS)
        self.operation = self.now['paths']['/a/{a_id}']['patch']
        self.answer = self.now['components']['schemas']['A']
        self.body = self.operation['requestBody']['content']['application/json']['schema']

    def faults(self):
        return released.Diff(WAS, self.now).run()

    def assert_fault(self, text):
        self.assertTrue([one for one in self.faults() if text in one], self.faults())

    def test_the_same_contract_breaks_nothing(self):
        self.assertEqual(self.faults(), [])

    def test_growing_breaks_nothing(self):
        self.answer['properties']['more'] = {'type': 'integer'}
        self.answer['required'].append('more')
        self.answer['properties']['state']['enum'].append('standby')
        self.body['properties']['more'] = {'type': 'string'}
        self.body['properties']['kind']['enum'].append('z')
        self.operation['parameters'].append({'in': 'query', 'name': 'q', 'schema': {}})
        self.now['paths']['/b'] = {'get': {'operationId': 'b_list', 'responses': {}}}
        self.assertEqual(self.faults(), [])

    def test_an_operation_that_is_gone(self):
        self.now['paths'] = {}
        self.assert_fault('patch /a/{a_id}: is gone')

    def test_another_operation_id(self):
        self.operation['operationId'] = 'b_patch'
        self.assert_fault('operationId was a_patch')

    def test_a_member_that_is_gone(self):
        del self.answer['properties']['state']
        self.assert_fault('member "state" is gone')

    def test_a_member_that_need_no_longer_be_there(self):
        self.answer['required'] = []
        self.assert_fault('member "id" need no longer be there')

    def test_an_enum_that_is_narrower(self):
        self.answer['properties']['state']['enum'] = ['on']
        self.assert_fault('.state: enum lost "off"')

    def test_a_request_enum_that_is_narrower(self):
        self.body['properties']['kind']['enum'] = ['y']
        self.assert_fault('.kind: enum lost "x"')

    def test_a_request_enum_that_is_new(self):
        self.body['properties']['name']['enum'] = ['y']
        self.assert_fault('.name: an enum now narrows it')

    def test_a_member_that_became_required(self):
        self.body['required'] = ['name']
        self.assert_fault('member "name" is now required')

    def test_a_body_member_that_takes_no_null_any_more(self):
        self.body['properties']['name']['type'] = 'string'
        self.assert_fault('.name: type was null|string, is string')

    def test_an_answer_that_may_now_be_null(self):
        self.answer['properties']['id']['type'] = ['string', 'null']
        self.assert_fault('.id: type was string, is null|string')

    def test_a_parameter_that_is_gone_or_required(self):
        self.operation['parameters'].pop()
        self.assert_fault('parameter "view" is gone')
        self.operation['parameters'].append({'in': 'query', 'name': 'q', 'required': True})
        self.assert_fault('parameter "q" is now required')

    def test_a_media_type_that_is_gone(self):
        self.operation['responses']['200']['content'] = {}
        self.assert_fault('application/json is gone')

    def test_the_tool_says_so_by_its_exit_status(self):
        case = fixture.Case()
        case.setUp()
        self.addCleanup(case.doCleanups)
        was, now = case.root / 'was.json', case.root / 'now.json'
        now.write_text(json.dumps(self.now))
        arguments = ['--released', str(was), '--now', str(now)]
        self.assertEqual(self.quietly(arguments), 0)
        was.write_text(json.dumps(WAS))
        self.assertEqual(self.quietly(arguments), 0)
        now.write_text(json.dumps({**self.now, 'paths': {}}))
        self.assertEqual(self.quietly(arguments), 1)

    @staticmethod
    def quietly(arguments):
        from contextlib import redirect_stderr, redirect_stdout
        from io import StringIO
        with redirect_stderr(StringIO()), redirect_stdout(StringIO()):
            return released.main(arguments)


if __name__ == '__main__':
    unittest.main()
