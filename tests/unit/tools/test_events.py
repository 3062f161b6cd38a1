"""Events: every fault of api/events.yaml is found, and the consumers get what they take."""

import unittest

from fixture import Case, SQL, YAML

EVENTS = 'api/events.yaml'
TOLD = """\
events:
  goal.created:
    subject: goal
    when: There is a goal.
    data: {pair_id: {type: string, example: 019a0000-0000-7000-8000-000000000001}}
    audience: public
    consumers: [scheduling.told]
  goal.due: {subject: goal, when: Its date has passed., notify: {to: both, kind: goal_due}, consumers: [scheduling.told]}
"""
STEP = """
-- goal_tell(id uuid): tells of a goal.
INSERT INTO common.outbox (type, subject_id) SELECT CASE WHEN true THEN 'goal.created' ELSE 'goal.due' END, :id;
"""


class Events(Case):
    def setUp(self):
        super().setUp()
        self.files[EVENTS] = TOLD
        self.files[SQL] += STEP
        self.files['services/evaluation/tell.c'] = 'const void *tell = &stmt_goal_tell;\n'

    def test_consumers_and_the_page_are_made(self):
        self.assert_clean()
        header = (self.out / 'gen/scheduling/events.h').read_text()
        self.assertIn('events_told[] = {\n\t"goal.created",\n\t"goal.due",\n\tNULL,', header)
        self.assertIn('events_notifications[] = {\n\t"goal.due",\n\tNULL,', header)
        self.assertNotIn('events_', (self.out / 'gen/matching/events.h').read_text())
        page = (self.out / 'events.html').read_text()
        self.assertIn('goal.created', page)
        self.assertNotIn('goal.due', page)
        rows = (self.out / 'gen/events.c').read_text()
        self.assertIn('\\"type\\": \\"goal.due\\", \\"audience\\": \\"internal\\", \\"subject\\": '
                      '\\"goal\\", \\"recipients\\": \\"both\\", \\"notification\\": \\"goal_due\\"', rows)

    def test_kinds_of_notifications_are_those_of_the_contract(self):
        schema = "    NotificationKind: {type: string, enum: [goal_due, goal_late]}\n"
        self.change(YAML, '  schemas:\n', '  schemas:\n' + schema)
        self.assert_fault(YAML, 'NotificationKind:', 'nobody makes goal_late')
        self.files['services/scheduling/objects/tell.sql'] = "SELECT 'goal_late';\n"
        self.assert_clean()
        self.change(YAML, '[goal_due, goal_late]', '[goal_late]')
        self.assert_fault(YAML, 'NotificationKind:', 'goal_due is missing')

    def test_an_event_that_nobody_declared(self):
        self.change(EVENTS, '  goal.due: {', '  goal.late: {')
        status, said = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn('the event goal.due is not in api/events.yaml', '\n'.join(said))
        self.assertIn('goal.late: nobody writes this event', '\n'.join(said))

    def test_literals_elsewhere_are_no_events(self):
        self.change(SQL, '-- goal_tell', "-- goal_known(id uuid): a name.\nSELECT 'goal.else' WHERE :id IS NULL;\n\n-- goal_tell")
        self.files['services/evaluation/tell.c'] += 'const void *known = &stmt_goal_known;\n'
        self.assert_clean()

    def test_an_event_that_is_put_together(self):
        self.change(SQL, "ELSE 'goal.due' END", "ELSE 'goal.due' || 'goal.' || 'x' END")
        self.assert_fault(SQL, "'goal.' ||", 'written whole')

    def test_an_event_without_a_sentence(self):
        self.change(EVENTS, 'when: Its date has passed., ', '')
        self.assert_fault(EVENTS, 'goal.due', 'a sentence in `when`')

    def test_an_audience_that_is_not_known(self):
        self.change(EVENTS, 'audience: public', 'audience: everybody')
        self.assert_fault(EVENTS, 'audience: everybody', 'public or internal')

    def test_a_consumer_of_no_service(self):
        self.change(EVENTS, 'consumers: [scheduling.told]\n', 'consumers: [told]\n')
        self.assert_fault(EVENTS, 'consumers: [told]', 'a consumer is <service>.<name>')

    def test_nobody_of_that_kind_is_notified(self):
        self.change(EVENTS, 'to: both', 'to: everybody')
        self.assert_fault(EVENTS, 'goal.due', 'notify has kind')

    def test_a_name_that_is_no_event(self):
        self.change(EVENTS, '  goal.due:', '  due:')
        self.assert_fault(EVENTS, 'due: {', 'an event is')


if __name__ == '__main__':
    unittest.main()
