"""A small contract of its own, in a folder of its own, for the tests of the generators.

A test starts from sources without a fault, changes one thing, and looks at what is said.
"""

import io
import os
import sys
import tempfile
import textwrap
import unittest
from contextlib import redirect_stderr
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / 'shared' / 'tools'))
sys.dont_write_bytecode = True

import contract  # noqa: E402

COMMON = (ROOT / 'api' / 'common.yaml').read_text(encoding='utf-8')
# The card, which the real common.yaml has.
VISIBILITY = """\
audiences: {nobody: Nobody else., partners: The partners., colleagues: Everybody.}
purposes: {meeting: To meet.}
fields:
  card: {audience: colleagues, purpose: meeting, text: The card.}
"""

PROBLEMS = """\
problems:
  invalid_body: {status: 400, title: Bad body., meaning: It is bad., remedy: Mend it.}
  unauthenticated: {status: 401, title: Who are you?, meaning: No token., remedy: Get one.}
  not_found: {status: 404, title: Nothing here., meaning: None., remedy: Look elsewhere.}
  stale: {status: 412, title: Changed., meaning: Someone was faster., remedy: Read again.}
constraints:
  goal_due: {code: invalid_body, pointer: /due_on, detail: The date is too far away.}
"""

SCOPES = """\
scopes:
  goals:read: {roles: [participant], meaning: read goals}
  goals:write: {roles: [participant, admin], meaning: write goals}
"""

GOAL_YAML = """\
paths:
  /api/v1/goals:
    get:
      operationId: goal_list
      tags: [goals]
      summary: Goals
      description: Goals of a pair.
      x-scope: goals:read
      x-authz: [pair_member]
      x-page: {due_on: date, id: uuid}
      x-updated-since: computed
      parameters:
        - {name: pair_id, in: query, required: true, schema: {type: string, format: uuid}}
        - {name: status, in: query, schema: {type: array, maxItems: 2, uniqueItems: true, items: {type: string, enum: [open, done]}}}
      responses:
        '200':
          description: A page.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/GoalPage'}
              example: {items: [], next_cursor: null}
            text/csv:
              schema: {type: string}
              example: "id"
    post:
      operationId: goal_create
      tags: [goals]
      summary: Propose
      description: Adds a goal.
      x-scope: goals:write
      x-authz: [pair_member]
      requestBody:
        content:
          application/json:
            schema:
              type: object
              additionalProperties: false
              required: [pair_id, specific]
              properties:
                pair_id: {type: string, format: uuid}
                specific: {type: string, minLength: 3, maxLength: 200}
                due_on: {type: [string, 'null'], format: date}
                steps:
                  type: array
                  maxItems: 5
                  items:
                    type: object
                    additionalProperties: false
                    properties: {text: {type: string, maxLength: 20}, done: {type: boolean}}
                labels: {type: array, maxItems: 3, uniqueItems: true, items: {type: string, maxLength: 10}}
            example: {pair_id: 019a0000-0000-7000-8000-0000000000a1, specific: Learn}
      responses:
        '201':
          description: Made.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Goal'}
              example: {id: x}
  /api/v1/goals/{goal_id}:
    get:
      operationId: goal_read
      tags: [goals]
      summary: One
      description: One goal.
      x-scope: goals:read
      x-authz: [pair_member, admin]
      x-lane: batch
      parameters:
        - {name: goal_id, in: path, required: true, schema: {type: string, format: uuid}}
      responses:
        '200':
          description: The goal.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Goal'}
              example: {id: x}
    patch:
      operationId: goal_patch
      tags: [goals]
      summary: Edit
      description: Edits a goal.
      x-scope: goals:write
      x-authz: [pair_member]
      parameters:
        - {name: goal_id, in: path, required: true, schema: {type: string, format: uuid}}
      requestBody:
        content:
          application/merge-patch+json:
            schema:
              type: object
              additionalProperties: false
              properties: {specific: {type: string, maxLength: 200}}
            example: {specific: More}
      responses:
        '200':
          description: The goal.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Goal'}
              example: {id: x}
  /api/v1/goals/{goal_id}/completion:
    post:
      operationId: goal_completion
      tags: [goals]
      summary: Close
      description: Closes a goal.
      x-scope: goals:write
      x-authz: [pair_member]
      parameters:
        - {name: goal_id, in: path, required: true, schema: {type: string, format: uuid}}
      responses:
        '200':
          description: The goal.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Goal'}
              example: {id: x}
components:
  schemas:
    Goal: {type: object, additionalProperties: false, required: [id], properties: {id: {type: string}}}
    GoalPage:
      type: object
      additionalProperties: false
      required: [items, next_cursor]
      properties:
        items: {type: array, items: {$ref: '#/components/schemas/Goal'}}
        next_cursor: {type: [string, 'null']}
"""

GOAL_SQL = """\
-- goal_list: goals by date
-- unprepared
SELECT body FROM goal WHERE pair_id = :pair_id AND member = :actor AND status = ANY (:status)
	AND (due_on, id) > (:after_due_on, :after_id) ORDER BY due_on, id LIMIT :limit + 1;

-- goal_create: adds one
INSERT INTO goal SELECT :id, :pair_id, :specific, :due_on, :steps, :labels, :actor;

-- goal_read: one as the actor may see it
SELECT goal_json(g, :actor) AS body, version FROM goal g WHERE id = :goal_id;

-- goal_patch: edits
UPDATE goal SET a = :body WHERE id = :goal_id AND version = :if_match AND member = :actor;

-- goal_due(worker text, at timestamptz): what the worker closes next
SELECT id FROM goal WHERE closed < :at AND worker = :worker;
"""

GOAL_C = """\
#include "gen/evaluation/contract.h"

struct reply goal_completion(const struct call *call)
{
	return step(&stmt_goal_due, call);
}
"""

MIGRATION = """\
CREATE TABLE goal (id uuid, due_on date, CONSTRAINT goal_due CHECK (due_on < '2100-01-01'));
-- ignored: migrations hold no named statements
"""

YAML, SQL, C = ('api/evaluation/goal.yaml', 'services/evaluation/goal.sql',
                'services/evaluation/goal.c')


def sources():
    """The fixture's files by name."""
    return {'api/common.yaml': COMMON, 'api/problems.yaml': PROBLEMS, 'api/scopes.yaml': SCOPES, 'api/events.yaml': 'events: {}\n',
            'api/tasks.yaml': 'tasks: {}\n', 'api/messages.yaml': 'messages: {}\n', 'api/visibility.yaml': VISIBILITY,
            YAML: GOAL_YAML, SQL: GOAL_SQL, C: GOAL_C,
            'services/evaluation/schema/0001_goal.sql': MIGRATION}


def line_of(text, part):
    """The number of the first line of text that contains part."""
    for number, line in enumerate(text.split('\n'), 1):
        if part in line:
            return number
    raise AssertionError(f'{part!r} is not in the text')


class Case(unittest.TestCase):
    def setUp(self):
        os.environ.pop('CONTRACT', None)
        folder = tempfile.TemporaryDirectory(prefix='upgen-')
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.out = self.root / 'build'
        self.files = sources()

    def change(self, file, old, new):
        """Replaces one part of a source, which must be there."""
        self.assertIn(old, self.files[file])
        self.files[file] = self.files[file].replace(old, new, 1)

    def write(self):
        for name, text in self.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text), encoding='utf-8')

    def run_tool(self, *options):
        """(exit status, lines that were said)"""
        self.write()
        said = io.StringIO()
        with redirect_stderr(said):
            status = contract.main(['--out', str(self.out), '--root', str(self.root),
                                    *options])
        return status, said.getvalue().strip().split('\n')

    def assert_clean(self):
        status, said = self.run_tool()
        self.assertEqual((status, said), (0, ['']))

    def assert_fault(self, file, part, message):
        """Exactly at the line of `part` in `file` (part None: no line is asked for)."""
        status, said = self.run_tool()
        self.assertEqual(status, 1, 'no fault was found')
        at = f'{file}:{line_of(self.files[file], part)}: ' if part else f'{file}:'
        found = [line for line in said if line.startswith(at) and message in line]
        self.assertTrue(found, f'wanted {at}…{message}…, got:\n' + '\n'.join(said))

    def made(self, name):
        return (self.out / name).read_text(encoding='utf-8')
