"""Every fault of the contract and of its statements is found, at its file and line."""

import unittest

from fixture import C, Case, SQL, YAML

PROBLEMS, SCOPES = 'api/problems.yaml', 'api/scopes.yaml'
PATH_ID = '- {name: goal_id, in: path, required: true, schema: {type: string, format: uuid}}'


class Operations(Case):
    def test_the_fixture_has_no_fault(self):
        self.assert_clean()

    def test_yaml_that_cannot_be_read(self):
        self.change(YAML, 'summary: Goals', 'summary: [Goals')
        self.assert_fault(YAML, None, 'not YAML')

    def test_a_member_that_stands_twice(self):
        self.change(YAML, 'summary: Goals', 'summary: Goals\n      summary: Again')
        self.assert_fault(YAML, 'summary: Again', '"summary" stands here twice')

    def test_an_operation_without_an_answer(self):
        self.change(SQL, '-- goal_patch:', '-- goal_patches:')
        self.assert_fault(YAML, 'operationId: goal_patch', 'neither a statement')

    def test_a_prototype_is_no_handler(self):
        self.change(C, '(const struct call *call)\n{', '(const struct call *call);\n{')
        self.assert_fault(YAML, 'operationId: goal_completion', 'nor a function')

    def test_an_operation_id_that_stands_twice(self):
        self.change(YAML, 'operationId: goal_patch', 'operationId: goal_read #')
        self.assert_fault(YAML, 'operationId: goal_read #', 'goal_read stands in api/evaluation')

    def test_a_route_that_stands_twice(self):
        self.files['api/evaluation/other.yaml'] = (
            'paths:\n  /api/v1/goals/{goal_id}:\n    get:\n      operationId: other_read\n'
            '      tags: [goals]\n      summary: x\n      description: x\n'
            '      x-scope: goals:read\n      x-authz: [pair_member]\n'
            f'      parameters:\n        {PATH_ID}\n'
            "      responses: {'200': {description: x, content: {application/json: "
            "{schema: {type: object}, example: {}}}}}\n")
        self.assert_fault('api/evaluation/other.yaml', 'operationId', 'get /api/v1/goals/{goal_id} '
                                                                      'stands in')

    def test_one_path_with_two_names_for_its_parameter(self):
        self.change(YAML, '/api/v1/goals/{goal_id}/completion:', '/api/v1/goals/{code}:')
        self.change(YAML, 'operationId: goal_completion', 'operationId: goal_create_it')
        status, said = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn('one name for one parameter', '\n'.join(said))

    def test_a_schema_that_stands_twice(self):
        self.files['api/evaluation/zeal.yaml'] = 'components:\n  schemas:\n    Goal: {type: object}\n'
        self.assert_fault('api/evaluation/zeal.yaml', 'Goal', 'schema Goal stands in')

    def test_a_reference_that_leads_nowhere(self):
        self.change(YAML, "items: {$ref: '#/components/schemas/Goal'}",
                    "items: {$ref: '#/components/schemas/Gaol'}")
        self.assert_fault(YAML, 'Gaol', 'leads nowhere')

    def test_a_route_of_another_service(self):
        self.change(YAML, '/api/v1/goals/{goal_id}/completion:', '/api/v1/pairs/{goal_id}/completion:')
        self.assert_fault(YAML, '/api/v1/pairs', '"pairs" belongs to matching')

    def test_a_route_of_nobody(self):
        self.change(YAML, '/api/v1/goals/{goal_id}/completion:', '/api/v1/gaols/{goal_id}/completion:')
        self.assert_fault(YAML, '/api/v1/gaols', 'no service owns')

    def test_an_operation_id_of_the_wrong_form(self):
        self.change(YAML, 'operationId: goal_completion', 'operationId: completeGoal')
        self.assert_fault(YAML, 'completeGoal', '<noun>_<verb>')

    def test_an_operation_id_that_does_not_end_as_its_path(self):
        self.change(YAML, 'operationId: goal_completion', 'operationId: goal_closing')
        self.assert_fault(YAML, 'goal_closing', '_completion')

    def test_a_verb_of_another_method(self):
        self.change(YAML, 'operationId: goal_completion', 'operationId: goal_patch')
        status, said = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn('_patch is not a POST', '\n'.join(said))

    def test_an_unknown_scope(self):
        self.change(YAML, 'x-scope: goals:read', 'x-scope: goals:look')
        self.assert_fault(YAML, 'goals:look', 'is not in api/scopes.yaml')

    def test_a_scope_that_no_operation_names(self):
        self.files[SCOPES] += '  pairs:read: {roles: [participant], meaning: x}\n'
        self.assert_fault(SCOPES, 'pairs:read', 'no operation names it')

    def test_a_scope_that_no_role_holds(self):
        self.change(SCOPES, 'roles: [participant], meaning: read goals', 'roles: [], meaning: x')
        self.assert_fault(SCOPES, 'goals:read', 'no role holds it')

    def test_a_scope_of_an_unknown_role(self):
        self.change(SCOPES, '[participant, admin]', '[participant, boss]')
        self.assert_fault(SCOPES, 'goals:write', 'unknown role "boss"')

    def test_an_unknown_relation(self):
        self.change(YAML, 'x-authz: [pair_member, admin]', 'x-authz: [pair_member, boss]')
        self.assert_fault(YAML, 'boss', 'unknown relation "boss"')

    def test_public_stands_alone(self):
        self.change(YAML, 'x-authz: [pair_member, admin]', 'x-authz: [public]')
        status, said = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn('x-scope: public goes with x-authz: [public]', '\n'.join(said))

    def test_a_path_parameter_named_id(self):
        self.change(YAML, '/api/v1/goals/{goal_id}/completion:', '/api/v1/goals/{id}/completion:')
        self.assert_fault(YAML, 'operationId: goal_completion', '"id" is named <noun>_id')

    def test_a_path_parameter_that_is_not_declared(self):
        self.change(YAML, 'x-lane: batch\n      parameters:\n        ' + PATH_ID, 'x-lane: batch')
        self.assert_fault(YAML, 'operationId: goal_read', 'is not declared')

    def test_a_parameter_that_is_not_in_the_path(self):
        self.change(YAML, PATH_ID, PATH_ID + '\n        ' + PATH_ID.replace('goal_id', 'pair_id'))
        self.assert_fault(YAML, 'pair_id, in: path', '"pair_id" is not in the path')

    def test_a_string_without_max_length(self):
        self.change(YAML, 'minLength: 3, maxLength: 200', 'minLength: 3')
        self.assert_fault(YAML, 'specific: {type: string, minLength: 3}', 'needs maxLength')

    def test_a_nested_string_without_max_length(self):
        self.change(YAML, 'text: {type: string, maxLength: 20}', 'text: {type: string}')
        self.assert_fault(YAML, 'text: {type: string}', 'text: a string of a request needs')

    def test_an_array_without_max_items(self):
        self.change(YAML, 'maxItems: 3, ', '')
        self.assert_fault(YAML, 'labels', 'needs maxItems')

    def test_a_member_that_is_not_in_snake_case(self):
        self.change(YAML, 'properties: {id: {type: string}}', 'properties: {id: {type: string}, dueOn: {type: string}}')
        self.assert_fault(YAML, 'dueOn', '"dueOn" is not snake_case')

    def test_a_sentence_that_was_cut_at_a_comma(self):
        self.change(YAML, '{id: {type: string}}', '{id: {type: string, description: First, then second.}}')
        self.assert_fault(YAML, 'then second.', '"then second." has no value')

    def test_a_path_that_is_not_in_kebab_case(self):
        self.change(YAML, '{goal_id}/completion:', '{goal_id}/goal_completion:')
        self.assert_fault(YAML, 'goal_completion:', '"goal_completion" is neither kebab-case')

    def test_a_tag_that_stands_twice(self):
        self.change('api/common.yaml', '  - {name: goals,', '  - {name: goals, description: Again}\n  - {name: goals,')
        said = self.run_tool()[1]
        self.assertTrue([line for line in said if 'tag "goals" stands twice' in line], said)

    def test_an_enumeration_that_no_fault_has_room_for(self):
        self.change(YAML, 'enum: [open, done]', f'enum: [open, {"o" * 160}]')
        self.assert_fault(YAML, 'name: status', 'a fault lists the values')

    def test_an_object_that_takes_anything(self):
        self.change(YAML, 'additionalProperties: false\n                    properties',
                    'properties')
        status, said = self.run_tool()
        self.assertEqual(status, 1)
        line = self.files[YAML].split('\n').index('                labels: {type: array, maxItems: '
                                                  '3, uniqueItems: true, items: {type: string, '
                                                  'maxLength: 10}}') - 1
        self.assertIn(f'{YAML}:{line}: an object of a request says additionalProperties: false',
                      said)

    def test_a_word_that_requests_are_not_checked_for(self):
        self.change(YAML, 'minLength: 3, ', 'multipleOf: 3, ')
        self.assert_fault(YAML, 'multipleOf', 'not checked for "multipleOf"')

    def test_an_unknown_format(self):
        self.change(YAML, "'null'], format: date}", "'null'], format: day}")
        self.assert_fault(YAML, 'format: day', 'unknown format "day"')

    def test_a_request_schema_that_contains_itself(self):
        self.change(YAML, 'items:\n                    type: object\n                    '
                    'additionalProperties: false\n                    properties: {text: '
                    '{type: string, maxLength: 20}, done: {type: boolean}}',
                    "items: {$ref: '#/components/schemas/Step'}")
        self.files[YAML] += ("    Step: {type: object, additionalProperties: false, properties: "
                             "{next: {$ref: '#/components/schemas/Step'}}}\n")
        self.assert_fault(YAML, '    Step: {', 'may not contain itself')

    def test_a_required_member_that_does_not_exist(self):
        self.change(YAML, 'required: [pair_id, specific]', 'required: [pair_id, spezific]')
        self.assert_fault(YAML, 'spezific', 'not among the properties')

    def test_a_missing_example_of_an_answer(self):
        self.change(YAML, '              example: {items: [], next_cursor: null}\n', '')
        self.assert_fault(YAML, 'application/json:', 'without an example')

    def test_a_missing_example_of_a_body(self):
        self.change(YAML, '            example: {specific: More}\n', '')
        self.assert_fault(YAML, 'application/merge-patch+json', 'without an example')

    def test_a_patch_of_another_content_type(self):
        self.change(YAML, 'application/merge-patch+json:', 'application/json: #')
        self.assert_fault(YAML, 'application/json: #', 'the body of a PATCH is')

    def test_a_put_without_if_match(self):
        self.change(YAML, 'patch:\n', 'put:\n')
        self.change(YAML, 'operationId: goal_patch', 'operationId: goal_put')
        self.change(YAML, 'application/merge-patch+json', 'application/json')
        self.change(SQL, '-- goal_patch', '-- goal_put')
        self.assert_fault(YAML, 'operationId: goal_put', 'a PUT states x-if-match')

    def test_a_list_without_page_keys(self):
        self.change(YAML, '      x-page: {due_on: date, id: uuid}\n', '')
        self.assert_fault(YAML, 'operationId: goal_list', 'a list has x-page')

    def test_an_unknown_page_type(self):
        self.change(YAML, 'due_on: date, id', 'due_on: day, id')
        self.assert_fault(YAML, 'x-page', 'x-page type "day"')

    def test_the_batch_lane_for_a_list(self):
        self.change(YAML, 'x-page:', 'x-lane: batch\n      x-page:')
        self.assert_fault(YAML, 'x-lane: batch', 'keyed single-row reads')

    def test_a_missing_description(self):
        self.change(YAML, '      description: Closes a goal.\n', '')
        self.assert_fault(YAML, 'operationId: goal_completion', '"description" is missing')

    def test_an_unknown_tag(self):
        self.change(YAML, 'tags: [goals]', 'tags: [gaols]')
        self.assert_fault(YAML, 'gaols', 'tag "gaols"')

    def test_an_unknown_member_of_an_operation(self):
        self.change(YAML, 'x-lane: batch', 'x-lain: batch')
        self.assert_fault(YAML, 'x-lain', 'unknown member')


class Statements(Case):
    def test_a_statement_that_nobody_names(self):
        self.files[SQL] += '\n-- goal_lost: nobody\nSELECT 1;\n'
        self.assert_fault(SQL, '-- goal_lost', 'no operation bears this name')

    def test_c_code_names_a_statement(self):
        self.files[SQL] += '\n-- goal_lost: nobody\nSELECT 1;\n'
        self.files[C] += 'const void *x = &stmt_goal_lost;\n'
        self.assert_clean()

    def test_c_code_of_another_service_names_no_statement_here(self):
        self.files[SQL] += '\n-- goal_lost: nobody\nSELECT 1;\n'
        self.files['services/matching/x.c'] = 'const void *x = &stmt_goal_lost;\n'
        self.assert_fault(SQL, '-- goal_lost', 'no C code says stmt_goal_lost')

    def test_a_step_without_a_signature(self):
        self.change(SQL, '-- goal_due(worker text, at timestamptz):', '-- goal_due:')
        self.assert_fault(SQL, 'closed < :at', ':at has no type')

    def test_an_operation_with_a_signature(self):
        self.change(SQL, '-- goal_read:', '-- goal_read(goal_id uuid, actor uuid):')
        self.assert_fault(SQL, '-- goal_read(', 'leave the signature out')

    def test_a_statement_that_stands_twice(self):
        self.files[SQL] += '\n-- goal_read: again\nSELECT :goal_id, :actor;\n'
        status, said = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn('statement goal_read stands in services/evaluation/goal.sql:9 too',
                      '\n'.join(said))

    def test_a_shared_statement_is_known_everywhere(self):
        self.files['shared/events/x.sql'] = '-- goal_read: x\nSELECT 1;\n'
        self.assert_fault(SQL, '-- goal_read', 'stands in shared/events/x.sql:1 too')

    def test_an_unknown_name(self):
        self.change(SQL, 'SET a = :body', 'SET a = :bodi')
        self.assert_fault(SQL, ':bodi', ':bodi is no name of the request')

    def test_a_query_name_that_is_not_used(self):
        self.change(SQL, ' AND status = ANY (:status)', '')
        self.assert_fault(YAML, '- {name: status', '"status" is not used')

    def test_a_body_member_that_is_not_used(self):
        self.change(SQL, ':steps, ', '')
        self.assert_fault(YAML, 'steps:', '"steps" is not used')

    def test_the_whole_body_uses_all_members(self):
        self.change(SQL, ':pair_id, :specific, :due_on, :steps, :labels', ':body')
        self.assert_clean()

    def test_a_handler_uses_what_it_wants(self):
        self.files[C] += 'struct reply goal_list(const struct call *call)\n{\n}\n'
        self.change(SQL, ' AND status = ANY (:status)', '')
        self.assert_clean()

    def test_a_list_that_does_not_page(self):
        self.change(SQL, ' LIMIT :limit + 1', '')
        self.assert_fault(SQL, '-- goal_list', 'must use :limit')

    def test_a_list_that_leaves_out_a_page_key(self):
        self.change(SQL, '(:after_due_on, :after_id)', '(:after_due_on, null)')
        self.assert_fault(SQL, '-- goal_list', 'must use :after_id')

    def test_a_patch_that_does_not_look_at_the_version(self):
        self.change(SQL, ' AND version = :if_match', '')
        self.assert_fault(SQL, '-- goal_patch', 'must use :if_match')

    def test_a_condition_on_what_shows_no_etag(self):
        self.change(YAML, 'operationId: goal_create', 'operationId: goal_create\n'
                    '      x-if-match: required')
        self.assert_fault(YAML, 'operationId: goal_create', 'but no GET of this path')

    def test_a_create_that_does_not_use_the_new_id(self):
        self.change(SQL, 'SELECT :id, ', 'SELECT ')
        self.assert_fault(SQL, '-- goal_create', 'must use :id')

    def test_a_row_relation_that_nobody_looks_at(self):
        self.change(SQL, ' AND member = :actor AND status', ' AND status')
        self.assert_fault(SQL, '-- goal_list', 'must use :actor')

    def test_a_name_in_two_places_of_a_request(self):
        self.change(YAML, 'properties: {specific: {type: string, maxLength: 200}}',
                    'properties: {goal_id: {type: string, format: uuid}}')
        self.assert_fault(YAML, 'properties: {goal_id', '"goal_id" stands in two places')

    def test_a_member_with_a_name_of_the_call(self):
        self.change(YAML, 'properties: {specific: {type: string, maxLength: 200}}',
                    'properties: {actor: {type: string, format: uuid}}')
        self.assert_fault(YAML, 'properties: {actor', 'a name of the call itself')

    def test_a_list_that_is_prepared(self):
        self.change(SQL, '-- unprepared\n', '')
        self.assert_fault(SQL, '-- goal_list', 'says "-- unprepared"')

    def test_a_list_that_does_not_say_what_has_changed(self):
        self.change(YAML, '      x-updated-since: computed\n', '')
        self.assert_fault(YAML, 'x-page: ', '"updated_since" is not used by its statement')
        self.change(SQL, '-- unprepared\n', '-- unprepared\n-- updated_since: updated_at\n')
        self.change(YAML, '    GoalPage:\n', '    Goals:\n')
        self.change(YAML, "schema: {$ref: '#/components/schemas/GoalPage'}", 'schema: {type: object, properties: '
                    "{items: {type: array, items: {$ref: '#/components/schemas/Goal'}}}}")
        self.assert_clean()

    def test_a_reason_that_is_none(self):
        self.change(YAML, 'x-updated-since: computed', 'x-updated-since: true')
        self.assert_fault(YAML, 'x-updated-since', 'x-updated-since is one of computed, confidential')

    def test_a_list_without_pages_that_does_not_say_why(self):
        items = "schema: {type: object, properties: {items: {type: array, items: {type: string}}}}"
        goal = "schema: {$ref: '#/components/schemas/Goal'}"
        at = self.files[YAML].index(goal, self.files[YAML].index('operationId: goal_read'))
        self.files[YAML] = self.files[YAML][:at] + items + self.files[YAML][at + len(goal):]
        self.assert_fault(YAML, 'operationId: goal_read', 'says why a list does not take updated_since')

    def test_a_reason_of_what_is_no_list(self):
        self.change(YAML, '      x-lane: batch\n', '      x-lane: batch\n      x-updated-since: shipped\n')
        self.assert_fault(YAML, 'x-updated-since: shipped', 'says why a list does not take updated_since')

    def test_a_create_without_a_read(self):
        self.change(SQL, '-- goal_read:', '-- goal_reed:')
        self.assert_fault(YAML, 'operationId: goal_create', 'no statement goal_read')

    def test_a_read_that_wants_more_than_a_write_has(self):
        self.change(YAML, PATH_ID, PATH_ID + '\n        - {name: view, in: query, '
                    'schema: {type: string, maxLength: 9}}')
        self.change(SQL, 'WHERE id = :goal_id;', 'WHERE id = :goal_id AND :view = view;')
        self.assert_fault(SQL, ':view', 'answers goal_create too')

    def test_a_name_with_two_types(self):
        self.change(YAML, PATH_ID, PATH_ID.replace('format: uuid', 'maxLength: 36'))
        self.assert_fault(SQL, ':goal_id', ':goal_id is uuid, but text')

    def test_a_refusal_with_an_unknown_code(self):
        self.change(SQL, 'SET a = :body', "SET a = :body + common.refuse('no_such_code')")
        self.assert_fault(SQL, 'no_such_code', 'no such code in api/problems.yaml')

    def test_a_refusal_with_an_unknown_code_in_a_migration(self):
        name = 'services/evaluation/schema/0001_goal.sql'
        self.files[name] += "\nSELECT common.refuse( 'gone');\n"
        self.assert_fault(name, "'gone'", 'no such code')


class Problems(Case):
    def test_a_problem_without_a_remedy(self):
        self.change(PROBLEMS, ', remedy: Look elsewhere.', '')
        self.assert_fault(PROBLEMS, 'not_found', 'remedy is missing')

    def test_a_status_that_is_no_error(self):
        self.change(PROBLEMS, 'status: 404', 'status: 204')
        self.assert_fault(PROBLEMS, 'not_found', 'status 204 is no error')

    def test_a_code_that_stands_twice(self):
        self.change(PROBLEMS, '  stale:', '  not_found: {}\n  stale:')
        self.assert_fault(PROBLEMS, 'not_found: {}', 'stands here twice')

    def test_a_constraint_with_an_unknown_code(self):
        self.change(PROBLEMS, 'code: invalid_body, pointer', 'code: gone, pointer')
        self.assert_fault(PROBLEMS, 'goal_due', 'no problem "gone"')

    def test_a_constraint_that_no_migration_has(self):
        self.change(PROBLEMS, '  goal_due:', '  goal_dew:')
        self.assert_fault(PROBLEMS, 'goal_dew', 'no migration has')

    def test_a_pointer_that_is_none(self):
        self.change(PROBLEMS, 'pointer: /due_on', 'pointer: due_on')
        self.assert_fault(PROBLEMS, 'goal_due', 'a pointer begins with /')


if __name__ == '__main__':
    unittest.main()
