"""What clients rely on is taken from the contract; growing is allowed, taking away is not."""

import copy
import io
import json
import unittest
from contextlib import redirect_stdout

import fixture
import released
from upgen import reduced

ID = {'type': 'string', 'format': 'uuid'}
OPENAPI = {
    'paths': {'/a/{a_id}': {'patch': {
        'operationId': 'a_patch', 'x-scope': 'a:write', 'x-authz': ['pair_member', 'admin'],
        'summary': 'Change an A',
        'parameters': [
            {'in': 'path', 'name': 'a_id', 'required': True,
             'schema': {'anyOf': [ID, {'type': 'string', 'const': 'me'}]}},
            {'$ref': '#/components/parameters/View'}],
        'requestBody': {'required': False, 'content': {'application/json': {'example': {}, 'schema': {
            'type': 'object', 'additionalProperties': False, 'properties': {
                'name': {'type': ['string', 'null'], 'maxLength': 20, 'description': 'A name'},
                'kind': {'type': 'string', 'enum': ['x', 'y']},
                'count': {'type': 'integer', 'minimum': 1},
                'until': {'type': 'string', 'format': 'local-time'},
                'on': {'type': 'string', 'format': 'date'}}}}}},
        'responses': {
            '200': {'headers': {'ETag': {}}, 'content': {'application/json': {
                'schema': {'$ref': '#/components/schemas/A'}}}},
            '404': {'$ref': '#/components/responses/NotFound'}}}}},
    'components': {
        'parameters': {'View': {'in': 'query', 'name': 'view', 'schema': {'type': 'string', 'maxLength': 9}}},
        'schemas': {'A': {'type': 'object', 'required': ['id'], 'properties': {
            'id': ID, 'state': {'type': 'string', 'enum': ['on', 'off']},
            'until': {'type': 'string', 'format': 'local-time'},
            'other': {'oneOf': [{'$ref': '#/components/schemas/A'}, {'type': 'null'}]},
            'links': {'type': 'object', 'additionalProperties': {'type': 'string'}},
            'parts': {'type': 'array', 'items': {'$ref': '#/components/schemas/A'}}}}}},
}
SCOPES = {'a:write': {'roles': ['participant', 'admin'], 'meaning': 'write'}}
PROBLEMS = {'stale': {'status': 412, 'title': 'Changed.'}}
EVENTS = {'a.changed': {'subject': 'a', 'audience': 'public', 'when': 'Changed.',
                        'data': {'b_id': {'type': 'string', 'example': 'x'}}},
          'a.seen': {'subject': 'a', 'when': 'Seen.'}}
WAS = json.loads(reduced.document(OPENAPI, SCOPES, PROBLEMS, EVENTS))


class Reduced(unittest.TestCase):
    def test_words_are_left_out(self):
        text = json.dumps(WAS)
        for word in ('Change an A', 'A name', 'example', 'write"}', 'Changed.'):
            self.assertNotIn(word, text)

    def test_what_clients_rely_on_is_kept(self):
        operation = WAS['operations']['a_patch']
        self.assertEqual((operation['route'], operation['scope'], operation['authz']),
                         ('patch /a/{a_id}', 'a:write', ['pair_member', 'admin']))
        self.assertEqual(operation['parameters']['path a_id'],
                         {'schema': {'any': [ID, {'type': 'string', 'const': 'me'}]}, 'required': True})
        self.assertEqual(list(operation['parameters']), ['path a_id', 'query view'])
        self.assertEqual(operation['body']['content']['application/json']['members']['name'],
                         {'type': 'string', 'nullable': True, 'maxLength': 20})
        self.assertEqual(operation['answers'],
                         {'200': {'headers': ['ETag'], 'content': {'application/json': {'$ref': 'A'}}}})
        self.assertEqual(WAS['schemas']['A']['members']['other'], {'$ref': 'A', 'nullable': True})
        self.assertEqual(WAS['schemas']['A']['members']['links'], {'type': 'object', 'values': {'type': 'string'}})
        self.assertEqual(WAS['scopes'], {'a:write': ['participant', 'admin']})
        self.assertEqual(WAS['problems'], {'stale': 412})
        self.assertEqual(WAS['events'], {'a.changed': {'subject': 'a', 'data': {'b_id': {'type': 'string'}}}})


class Released(unittest.TestCase):
    def setUp(self):
        self.now = copy.deepcopy(WAS)
        self.operation = self.now['operations']['a_patch']
        self.answer = self.now['schemas']['A']
        self.body = self.operation['body']['content']['application/json']

    def faults(self):
        return released.Diff(WAS, self.now).run()

    def assert_fault(self, text):
        self.assertTrue([one for one in self.faults() if text in one], self.faults())

    def test_the_same_contract_breaks_nothing(self):
        self.assertEqual(self.faults(), [])

    def test_growing_breaks_nothing(self):
        self.answer['members']['more'] = {'type': 'integer'}
        self.answer['required'].append('more')
        self.answer['members']['state']['enum'].append('standby')
        self.body['members']['more'] = {'type': 'string'}
        self.body['members']['kind']['enum'].append('z')
        self.body['members']['name']['maxLength'] = 30
        self.body['members']['count']['minimum'] = 0
        self.body['members']['kind']['nullable'] = True
        del self.body['members']['on']['format']
        self.body['members']['until']['format'] = 'local-end'
        self.operation['parameters']['query q'] = {'schema': {'type': 'string'}}
        self.operation['parameters']['path a_id']['schema']['any'].append({'type': 'string', 'const': 'all'})
        self.operation['authz'].append('mentor')
        self.operation['answers']['200']['headers'].append('Link')
        self.now['operations']['b_list'] = self.operation
        self.now['scopes']['a:write'].append('hris')
        self.now['scopes']['b:read'] = ['admin']
        self.now['problems']['in_use'] = 409
        self.now['events']['b.made'] = {'subject': 'b', 'data': {}}
        self.now['events']['a.changed']['data']['c_id'] = {'type': 'string'}
        self.assertEqual(self.faults(), [])

    def test_an_operation_that_is_gone(self):
        self.now['operations'] = {}
        self.assert_fault('operation a_patch: is gone')

    def test_another_route_or_scope(self):
        self.operation['route'] = 'put /a/{a_id}'
        self.assert_fault('route was patch /a/{a_id}, is put /a/{a_id}')
        self.operation['scope'] = 'b:write'
        self.assert_fault('scope was a:write, is b:write')

    def test_callers_who_are_shut_out(self):
        self.operation['authz'] = ['admin']
        self.assert_fault('is closed to pair_member')
        self.now['scopes']['a:write'] = ['admin']
        self.assert_fault('scope a:write: participant no longer holds it')
        self.now['scopes'] = {}
        self.assert_fault('scope a:write: is gone')

    def test_a_member_that_is_gone(self):
        del self.answer['members']['state']
        self.assert_fault('member "state" is gone')
        del self.body['members']['kind']
        self.assert_fault('a_patch body: member "kind" is gone')

    def test_a_member_that_need_no_longer_be_there(self):
        self.answer['required'] = []
        self.assert_fault('member "id" need no longer be there')

    def test_another_type_or_format(self):
        self.answer['members']['parts']['items'] = {'type': 'string'}
        self.assert_fault('.parts[]: type was object, is string')
        self.answer['members']['links']['values'] = {'type': 'integer'}
        self.assert_fault('.links{}: type was string, is integer')
        del self.answer['members']['id']['format']
        self.assert_fault('.id: format was uuid, is None')
        self.answer['members']['until']['format'] = 'local-end'
        self.assert_fault('.until: format was local-time, is local-end')
        self.body['members']['name']['format'] = 'email'
        self.assert_fault('.name: format was None, is email')

    def test_an_enum_that_is_narrower(self):
        self.answer['members']['state']['enum'] = ['on']
        self.assert_fault('.state: enum lost "off"')
        self.body['members']['kind']['enum'] = ['y']
        self.assert_fault('.kind: enum lost "x"')

    def test_a_request_enum_that_is_new(self):
        self.body['members']['name']['enum'] = ['y']
        self.assert_fault('.name: an enum now narrows it')

    def test_a_bound_that_is_tighter(self):
        self.body['members']['name']['maxLength'] = 19
        self.assert_fault('.name: maxLength was 20, is 19')
        self.body['members']['count']['minimum'] = 2
        self.assert_fault('.count: minimum was 1, is 2')
        self.body['members']['kind']['minLength'] = 1
        self.assert_fault('.kind: minLength was None, is 1')

    def test_what_became_required(self):
        self.body['required'] = ['name']
        self.assert_fault('member "name" is now required')
        self.operation['body']['required'] = True
        self.assert_fault('a body is now required')
        self.operation['parameters']['query q'] = {'schema': {'type': 'string'}, 'required': True}
        self.assert_fault('parameter "query q" is now required')

    def test_null(self):
        del self.body['members']['name']['nullable']
        self.assert_fault('.name: takes no null any more')
        self.answer['members']['id']['nullable'] = True
        self.assert_fault('.id: may now be null')

    def test_a_parameter_that_is_gone_or_takes_less(self):
        del self.operation['parameters']['query view']
        self.assert_fault('parameter "query view" is gone')
        self.operation['parameters']['path a_id']['schema'] = ID
        self.assert_fault('?path a_id: alternative 2 is gone')

    def test_an_answer_that_is_gone(self):
        self.operation['answers']['200']['headers'] = []
        self.assert_fault('answer 200 lost the header ETag')
        self.operation['answers']['200']['content'] = {}
        self.assert_fault('application/json is gone')
        self.operation['answers'] = {}
        self.assert_fault('answer 200 is gone')

    def test_problems_and_events(self):
        self.now['problems']['stale'] = 409
        self.assert_fault('problem stale: status was 412, is 409')
        self.now['problems'] = {}
        self.assert_fault('problem stale: is gone')
        self.now['events']['a.changed']['data'] = {}
        self.assert_fault('event a.changed: member "b_id" is gone')
        self.now['events']['a.changed']['subject'] = 'b'
        self.assert_fault('event a.changed: subject was a, is b')
        self.now['events'] = {}
        self.assert_fault('public event a.changed: is gone')


class Tool(fixture.Case):
    def test_it_refuses_writes_and_tells(self):
        was, now = self.root / 'was.json', self.root / 'now.json'
        paths = ['--released', str(was), '--now', str(now)]
        now.write_text(json.dumps(WAS))
        self.assertEqual(self.run_released(paths + ['--write']), (0, f"{was} is today's contract\n"))
        self.assertEqual(self.run_released(paths), (0, ''))
        now.write_text(json.dumps({**WAS, 'problems': {}}))
        status, said = self.run_released(paths)
        self.assertEqual((status, said), (1, f'problem stale: is gone\n1 breaks with {was}; where they are meant: make release-contract\n'))
        status, said = self.run_released(paths + ['--write'])
        self.assertEqual(status, 0)
        self.assertIn('problem stale: is gone', said)
        self.assertEqual(self.run_released(paths), (0, ''))

    @staticmethod
    def run_released(arguments):
        said = io.StringIO()
        with redirect_stdout(said):
            status = released.main(arguments)
        return status, said.getvalue()


if __name__ == '__main__':
    unittest.main()
