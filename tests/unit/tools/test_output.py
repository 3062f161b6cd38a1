"""What the generators write: C that compiles, the merged contract, pages; the same each time."""

import json
import os
import subprocess
import unittest
import unittest.mock

from fixture import Case, ROOT, SQL, YAML

FLAGS = ['-std=gnu17', '-Wall', '-Wextra', '-Werror', '-Wmissing-prototypes', '-fsyntax-only',
         '-Wno-missing-field-initializers', '-D_GNU_SOURCE']


class Written(Case):
    def files_made(self):
        return {path.relative_to(self.out).as_posix(): path
                for path in sorted(self.out.rglob('*')) if path.is_file()}

    def test_the_c_tables_compile(self):
        self.assert_clean()
        sources = [str(path) for name, path in self.files_made().items() if name.endswith('.c')]
        self.assertEqual(len(sources), 5 + 8 + 6)
        done = subprocess.run(['gcc', *FLAGS, f'-I{ROOT}', f'-I{ROOT}/shared', f'-I{self.out}',
                               *sources], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_a_condition_is_held_against_the_nearest_read(self):
        self.assert_clean()
        rows = self.made('gen/evaluation/contract.c').split('\t{\n\t\t.id = ')[1:]
        place = next(i for i, row in enumerate(rows) if row.startswith('"goal_read"'))
        tagged = {row.split('"')[1]: f'.tagged = &evaluation_operations[{place}]' in row
                  for row in rows}
        self.assertEqual({name for name, good in tagged.items() if good},
                         {'goal_patch', 'goal_completion'})
        made = json.loads(self.made('openapi.json'))
        named = {one['operationId'] for item in made['paths'].values() for one in item.values()
                 if any('IfMatch' in p.get('$ref', '') for p in one.get('parameters', ()))}
        self.assertEqual(named, {'goal_patch', 'goal_completion'})

    def test_two_runs_are_equal(self):
        self.assert_clean()
        first = {name: path.read_bytes() for name, path in self.files_made().items()}
        self.out = self.root / 'again'
        self.assert_clean()
        second = {name: path.read_bytes() for name, path in self.files_made().items()}
        self.assertEqual(first, second)

    def test_nothing_is_written_when_nothing_changed(self):
        self.assert_clean()
        for path in self.files_made().values():
            os.utime(path, (1, 1))
        self.assert_clean()
        touched = [name for name, path in self.files_made().items() if path.stat().st_mtime > 1]
        self.assertEqual(touched, ['gen/stamp'])

    def test_only_what_changed_is_written(self):
        self.assert_clean()
        for path in self.files_made().values():
            os.utime(path, (1, 1))
        self.change(SQL, 'SET a = :body', 'SET b = :body')
        self.assert_clean()
        touched = [name for name, path in self.files_made().items() if path.stat().st_mtime > 1]
        self.assertEqual(touched, ['gen/evaluation/statements.c', 'gen/stamp'])

    def test_a_page_that_is_no_longer_made_goes(self):
        self.assert_clean()
        self.assertIn('problems/stale.html', self.files_made())
        problem = '  stale: {status: 412, title: Changed., meaning: Someone was faster., ' \
                  'remedy: Read again.}\n'
        self.change('api/problems.yaml', problem, '')
        self.assert_clean()
        self.assertNotIn('problems/stale.html', self.files_made())
        self.assertNotIn('stale', self.made('problems/index.html'))

    def test_pages_escape_their_text(self):
        self.change('api/problems.yaml', 'title: Changed.', 'title: a < b & c')
        self.assert_clean()
        self.assertIn('<h1>a &lt; b &amp; c</h1>', self.made('problems/stale.html'))

    def test_no_services_are_no_fault(self):
        for name in [name for name in self.files if name.startswith('services/')] + [YAML]:
            del self.files[name]
        self.files['api/scopes.yaml'] = 'scopes: {}\n'
        self.change('api/problems.yaml', 'constraints:\n  goal_due: {code: invalid_body, pointer: '
                    '/due_on, detail: The date is too far away.}', 'constraints: {}')
        self.test_the_c_tables_compile()

    def test_the_statements_are_bound_by_type(self):
        self.assert_clean()
        made = self.made('gen/evaluation/statements.c')
        self.assertIn('WHERE pair_id = $1::uuid AND member = $2::uuid AND status = ANY '
                      '($3::text[])', made)
        self.assertIn('(due_on, id) > ($4::date, $5::uuid) ORDER BY due_on, id LIMIT '
                      '$6::int8 + 1', made)
        self.assertIn('SELECT $1::uuid, $2::uuid, $3::text, $4::date, $5::json, $6::text[], '
                      '$7::uuid', made)
        self.assertIn('closed < $2::timestamptz AND worker = $1::text', made)
        self.assertEqual(made.count('.unprepared = true'), 1)

    def table(self, name):
        made = self.made('gen/evaluation/contract.c')
        start = made.index(f' {name}[]')
        return ' '.join(made[start:made.index(';', start)].split())

    def test_the_sources_follow_the_statement(self):
        self.assert_clean()
        self.assertEqual(self.table('goal_list_run'),
                         'goal_list_run[] = { { SOURCE_QUERY, 0 }, { SOURCE_ACTOR, 0 }, '
                         '{ SOURCE_QUERY, 1 }, { SOURCE_AFTER, 0 }, { SOURCE_AFTER, 1 }, '
                         '{ SOURCE_LIMIT, 0 } }')
        self.assertEqual(self.table('goal_patch_run'),
                         'goal_patch_run[] = { { SOURCE_BODY, 0 }, { SOURCE_PATH, 0 }, '
                         '{ SOURCE_IF_MATCH, 0 }, { SOURCE_ACTOR, 0 } }')

    def test_the_read_after_a_create_takes_the_new_id(self):
        self.assert_clean()
        self.assertEqual(self.table('goal_create_reread'),
                         'goal_create_reread[] = { { SOURCE_ACTOR, 0 }, { SOURCE_NEW_ID, 0 } }')
        for other in ('goal_patch', 'goal_completion'):
            self.assertEqual(self.table(f'{other}_reread'), f'{other}_reread[] = '
                             '{ { SOURCE_ACTOR, 0 }, { SOURCE_PATH, 0 } }')

    def test_a_write_may_answer_with_another_noun(self):
        self.change(YAML, 'operationId: goal_completion', 'operationId: goal_completion\n'
                          '      x-read: answer')
        self.files[SQL] += '\n-- answer_read: x\nSELECT :answer_id, :goal_id;\n'
        self.assert_clean()
        self.assertEqual(self.table('goal_completion_reread'), 'goal_completion_reread[] = '
                         '{ { SOURCE_NEW_ID, 0 }, { SOURCE_PATH, 0 } }')

    def test_the_fields_carry_what_the_schema_says(self):
        self.assert_clean()
        body = self.table('goal_create_body')
        self.assertIn('{ .name = "specific", .type = FIELD_STRING, .flags = FIELD_REQUIRED, '
                      '.text = TEXT_LINE, .min = 3, .max = 200 }', body)
        self.assertIn('{ .name = "due_on", .type = FIELD_DATE, .flags = FIELD_NULLABLE, '
                      '.min = 0, .max = 10 }', body)
        self.assertIn('.type = FIELD_ARRAY, .flags = FIELD_UNIQUE, .min = 0, .max = 3, .members = '
                      'goal_create_body_labels, .member_count = 1', body)
        self.assertIn('{ .name = "text", .type = FIELD_STRING, .text = TEXT_LINE, .min = 0, .max = 20 }',
                      self.table('goal_create_body_steps_item'))

    def test_limit_and_cursor_are_no_fields(self):
        self.assert_clean()
        self.assertNotIn('limit', self.table('goal_list_query'))
        self.assertNotIn('cursor', self.table('goal_list_query'))

    def test_me_is_a_flag_of_the_parameter(self):
        old = '{name: goal_id, in: path, required: true, '
        self.change(YAML, old, old + 'x-me: true, ')
        self.assert_clean()
        self.assertIn('FIELD_REQUIRED | FIELD_ME', self.table('goal_read_path'))
        self.assertNotIn('x-me', self.made('openapi.json'))
        found = json.loads(self.made('openapi.json'))['paths']['/api/v1/goals/{goal_id}']['get']['parameters'][0]
        self.assertEqual(found['schema'], {'anyOf': [{'type': 'string', 'format': 'uuid'}, {'type': 'string', 'const': 'me'}]})

    def test_an_answer_that_stands_in_its_operation_gets_a_name(self):
        named = "{$ref: '#/components/schemas/GoalPage'}"
        page = self.files[YAML].split('    GoalPage:\n')[1]
        self.change(YAML, '    GoalPage:\n' + page, '')
        self.change(YAML, named,
                    "{type: object, properties: {items: {type: array, items: {$ref: '#/components/schemas/Goal'}}}}")
        self.assert_clean()
        made = json.loads(self.made('openapi.json'))
        answer = made['paths']['/api/v1/goals']['get']['responses']['200']['content']['application/json']['schema']
        self.assertEqual(answer, {'$ref': '#/components/schemas/GoalPage'})
        self.assertEqual(list(made['components']['schemas']['GoalPage']['properties']), ['items'])
        self.change(YAML, '    Goal: {', '    GoalPage: {type: object}\n    Goal: {')
        self.assert_fault(YAML, 'operationId: goal_list', 'would be called GoalPage')

    def test_codes_of_problems_are_listed(self):
        self.assert_clean()
        made = json.loads(self.made('openapi.json'))['components']['schemas']
        self.assertEqual(made['ProblemCode']['enum'], ['invalid_body', 'unauthenticated', 'not_found', 'stale'])

    def test_parameters_of_a_path_are_those_of_its_operations(self):
        path = "      parameters:\n        - {name: goal_id, in: path, required: true, " \
               "schema: {type: string, format: uuid}}\n"
        self.assertEqual(self.files[YAML].count(path), 3)
        self.files[YAML] = self.files[YAML].replace(path, '').replace(
            '  /api/v1/goals/{goal_id}:\n', '  /api/v1/goals/{goal_id}:\n' + path[2:].replace(
                '\n  ', '\n')).replace('/completion:\n', '/completion:\n' + path[2:].replace(
                    '\n  ', '\n'))
        self.assert_clean()
        found = json.loads(self.made('openapi.json'))['paths']['/api/v1/goals/{goal_id}']
        self.assertEqual([one.get('name') for one in found['patch']['parameters']][:1],
                         ['goal_id'])

    def test_operations_are_sorted_for_routing(self):
        self.assert_clean()
        made = self.made('gen/evaluation/contract.c')
        places = [made.index(f'.id = "{name}"') for name in
                  ('goal_list', 'goal_create', 'goal_read', 'goal_patch', 'goal_completion')]
        self.assertEqual(places, sorted(places))

    def test_a_handler_is_in_the_table(self):
        self.assert_clean()
        self.assertIn('.handler = goal_completion,', self.made('gen/evaluation/contract.c'))
        self.assertIn('struct reply goal_completion(const struct call *call);',
                      self.made('gen/evaluation/contract.h'))

    def test_a_c_string_keeps_every_byte(self):
        self.change(SQL, 'SET a = :body', "SET a = 'q\"\\ ??= ü' || :body")
        self.test_the_c_tables_compile()
        self.assertIn(r"'q\"\\ ?\?= ü'", self.made('gen/evaluation/statements.c'))

    def openapi(self):
        self.assert_clean()
        return json.loads(self.made('openapi.json'))

    def test_the_contract_gains_the_standard_answers(self):
        found = self.openapi()['paths']['/api/v1/goals/{goal_id}']
        self.assertEqual(sorted(found['patch']['responses']),
                         ['200', '400', '401', '403', '404', '405', '406', '408', '409', '412',
                          '413', '415', '422', '428', '429', '503'])
        self.assertEqual(sorted(found['get']['responses']),
                         ['200', '304', '400', '401', '403', '404', '405', '406', '412', '429',
                          '503'])

    def test_the_contract_gains_headers_and_parameters(self):
        paths = self.openapi()['paths']
        made = paths['/api/v1/goals']['post']
        self.assertIn('Location', made['responses']['201']['headers'])
        self.assertIn({'$ref': '#/components/parameters/IdempotencyKey'}, made['parameters'])
        listed = paths['/api/v1/goals']['get']['parameters']
        self.assertEqual([one['$ref'].rsplit('/')[-1] for one in listed if '$ref' in one],
                         ['limit', 'cursor'])
        self.assertEqual([one['explode'] for one in listed if 'explode' in one], [False])
        self.assertIn({'$ref': '#/components/parameters/IfMatch'},
                      paths['/api/v1/goals/{goal_id}']['patch']['parameters'])

    def test_the_contract_says_scopes_and_relations(self):
        made = self.openapi()['paths']['/api/v1/goals']['post']
        self.assertEqual(made['security'], [{'bearer': ['goals:write']}])
        self.assertEqual((made['x-scope'], made['x-authz']), ('goals:write', ['pair_member']))
        self.assertNotIn('x-page', self.made('openapi.json'))

    def test_a_merge_patch_may_come_as_json(self):
        body = self.openapi()['paths']['/api/v1/goals/{goal_id}']['patch']['requestBody']
        self.assertEqual(sorted(body['content']), ['application/json',
                                                   'application/merge-patch+json'])

    def test_only_what_is_used_is_in_the_contract(self):
        self.change('api/common.yaml', '  schemas:\n', '  schemas:\n    Unused: {type: string}\n')
        made = self.openapi()
        self.assertNotIn('Unused', made['components']['schemas'])
        self.assertEqual([tag['name'] for tag in made['tags']], ['goals'])


class Lenient(Case):
    def test_what_is_missing_is_left_out(self):
        self.change(SQL, '-- goal_patch:', '-- goal_patches:')
        status, said = self.run_tool('--lenient')
        self.assertEqual((status, said),
                         (0, ['2 things are missing (without CONTRACT=lenient they '
                              'are listed)']))
        self.assertNotIn('goal_patch', self.made('gen/evaluation/contract.c'))

    def test_a_faulty_service_does_not_stop_the_others(self):
        self.change(YAML, 'x-lane: batch', 'x-lain: batch')
        status, said = self.run_tool('--lenient')
        self.assertEqual((status, len(said)), (0, 1))
        self.assertFalse((self.out / 'gen/evaluation').exists())
        self.assertTrue((self.out / 'gen/matching/contract.c').exists())
        self.assertEqual(self.run_tool()[0], 1)

    def test_a_fault_of_what_all_share_stops_everything(self):
        self.change('api/problems.yaml', 'status: 404', 'status: 204')
        self.assertEqual(self.run_tool('--lenient')[0], 1)
        self.assertFalse(self.out.exists())

    def test_the_environment_may_ask_for_it(self):
        self.change(SQL, '-- goal_patch:', '-- goal_patches:')
        with unittest.mock.patch.dict(os.environ, CONTRACT='lenient'):
            self.assertEqual(self.run_tool()[0], 0)

    def test_a_fault_leaves_the_last_good_tables(self):
        self.assert_clean()
        good = self.made('gen/evaluation/contract.c')
        self.change(SQL, 'closed <', 'opened <')
        self.change(YAML, 'x-lane: batch', 'x-lain: batch')
        self.assertEqual(self.run_tool()[0], 1)
        self.assertEqual(self.made('gen/evaluation/contract.c'), good)
        self.assertIn('closed <', self.made('gen/evaluation/statements.c'))


if __name__ == '__main__':
    unittest.main()
