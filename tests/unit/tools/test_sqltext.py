"""The binder: which colons are names, and which are not."""

import unittest

import fixture  # noqa: F401  (finds the tools)
from upgen import sqltext, statements
from upgen.faults import Faults


class Binder(unittest.TestCase):
    def bind(self, text, **types):
        faults = Faults()
        tokens = sqltext.scan(text, 'x.sql', 1, faults)
        self.assertEqual(faults.lines(), [])
        names = sqltext.names_of(tokens)
        return sqltext.bind(tokens, names, {name: types.get(name, 'text') for name in names})

    def faults(self, text):
        faults = Faults()
        sqltext.scan(text, 'x.sql', 10, faults)
        return faults.lines()

    def same(self, text):
        self.assertEqual(self.bind(text), text)

    def test_a_name_becomes_a_typed_position(self):
        self.assertEqual(self.bind('SELECT :a', a='uuid'), 'SELECT $1::uuid')

    def test_repeated_names_share_one_position(self):
        self.assertEqual(self.bind('SELECT :b, :a, :b', a='int8', b='uuid'),
                         'SELECT $1::uuid, $2::int8, $1::uuid')

    def test_a_name_ends_where_the_word_ends(self):
        self.assertEqual(self.bind('(:a_1)+:a'), '($1::text)+$2::text')

    def test_a_cast_after_a_name_stays(self):
        self.assertEqual(self.bind('SELECT :a::jsonb', a='json'), 'SELECT $1::json::jsonb')

    def test_casts_pass(self):
        self.same('SELECT x::text, y::pg_catalog.int8, (z)::uuid[]')

    def test_named_arguments_pass(self):
        self.same('SELECT f(a := 1, b:=2)')

    def test_a_name_may_be_a_named_argument(self):
        self.assertEqual(self.bind('f(a := :a)'), 'f(a := $1::text)')

    def test_strings_pass_with_doubled_quotes(self):
        self.same("SELECT 'it''s :a', '', ':b'")

    def test_escape_strings_pass_with_backslashes(self):
        self.same(r"SELECT E'a\' :b', e'\\', 'x'")

    def test_backslashes_mean_nothing_in_plain_strings(self):
        self.assertEqual(self.bind("SELECT 'a\\', :b"), "SELECT 'a\\', $1::text")

    def test_a_word_that_ends_in_e_does_not_escape(self):
        self.assertEqual(self.bind("SELECT date'2020-01-01', :a"),
                         "SELECT date'2020-01-01', $1::text")

    def test_prefixed_strings_pass(self):
        self.same("SELECT U&'d\\0061t :a', B'01', x'ff'")

    def test_dollar_quotes_pass(self):
        self.same('SELECT $$ :a -- no comment $$, $tag$ $$ :b $tag$')

    def test_a_dollar_inside_a_word_is_no_quote(self):
        self.assertEqual(self.bind('SELECT a$b$ + :c'), 'SELECT a$b$ + $1::text')

    def test_quoted_identifiers_pass(self):
        self.same('SELECT ":a", "x""y:z"')

    def test_line_comments_are_left_out(self):
        self.assertEqual(self.bind("SELECT 1 -- :a isn't here\nFROM t"), 'SELECT 1\nFROM t')

    def test_nested_comments_are_left_out(self):
        self.assertEqual(self.bind('SELECT 1 /* a /* :b */ :c */ + :d'), 'SELECT 1 + $1::text')

    def test_comments_part_words(self):
        self.assertEqual(self.bind('SELECT/**/1'), 'SELECT 1')

    def test_slices_pass(self):
        self.same('SELECT a[1:2], a[lo:hi], a[f(x):n], (b)[1:n]')

    def test_a_name_may_be_an_index_or_a_bound(self):
        self.assertEqual(self.bind('a[:i]', i='int8'), 'a[$1::int8]')
        self.assertEqual(self.bind('a[1::n]', n='int8'), 'a[1::n]')
        self.assertEqual(self.bind('a[1: :n]', n='int8'), 'a[1: $1::int8]')

    def test_an_indexed_name_is_in_parentheses(self):
        self.assertEqual(self.bind('SELECT :a[1], :b', a='text[]'),
                         'SELECT ($1::text[])[1], $2::text')

    def test_a_name_in_a_bracket_inside_a_call_is_a_name(self):
        self.assertEqual(self.bind('a[f(x, :i)]'), 'a[f(x, $1::text)]')
        self.assertEqual(self.bind('ARRAY[:a, :b]'), 'ARRAY[$1::text, $2::text]')

    def test_json_and_regex_operators_pass(self):
        self.same("SELECT a -> 'b' ->> 'c', d #>> '{x}', e ? 'f', g !~* 'h', i @> j")

    def test_white_space_shrinks_outside_quotes_only(self):
        self.assertEqual(self.bind("SELECT  1,\n\t\t'a  b'\n\nFROM\tt"),
                         "SELECT 1,\n'a  b'\nFROM t")

    def test_the_final_semicolon_goes(self):
        self.assertEqual(self.bind('SELECT 1;\n-- the end\n'), 'SELECT 1')

    def test_two_statements_are_a_fault(self):
        self.assertEqual(len(self.faults('SELECT 1;\nSELECT 2;')), 1)
        self.assertIn('x.sql:11: a second statement', self.faults('SELECT 1;\nSELECT 2;')[0])

    def test_what_does_not_end_is_a_fault_at_its_line(self):
        for text in ("SELECT\n'abc", 'SELECT\n"abc', 'SELECT\n$$abc', 'SELECT\n/* abc /* */'):
            with self.subTest(text=text):
                self.assertEqual([line[:9] for line in self.faults(text)], ['x.sql:11:'])

    def test_positions_and_capitals_are_faults(self):
        self.assertIn('not a position', self.faults('SELECT $1')[0])
        self.assertIn('lower case', self.faults('SELECT :Actor')[0])


class Headers(unittest.TestCase):
    def read(self, text):
        self.said = Faults()
        return statements.read(text, 'x.sql', 'matching', self.said)

    def test_a_header_starts_a_statement(self):
        one, two = self.read('-- intro, no header\n\n-- a: first\nSELECT 1;\n\n-- b: second\nSELECT 2;')
        self.assertEqual([(one.name, one.line), (two.name, two.line)], [('a', 3), ('b', 6)])
        self.assertEqual([one.sql(), two.sql()], ['SELECT 1', 'SELECT 2'])

    def test_a_wrapped_comment_starts_none(self):
        one, = self.read('-- a: takes what is\n-- left: all of it\n-- and(so on,\n-- last): x\nSELECT 1,\n'
                         '-- note: two\n2;')
        self.assertEqual((one.name, one.line, one.sql()), ('a', 1, 'SELECT 1,\n2'))
        self.assertEqual(self.said.lines(), [])

    def test_a_signature_fixes_the_order(self):
        one, = self.read('-- a(x text, y timestamptz[], z double precision): does\n'
                         'SELECT :z, :y, :x;')
        self.assertEqual(one.sql(), 'SELECT $3::double precision, $2::timestamptz[], $1::text')
        self.assertEqual(self.said.lines(), [])

    def test_a_signature_may_take_several_lines(self):
        one, = self.read('-- a(x text,\n--   y int8): does\nSELECT :y,\n:x;')
        self.assertEqual(one.order, ['x', 'y'])
        self.assertEqual(one.name_line('x'), 4)
        self.assertEqual(self.said.lines(), [])

    def test_a_set_takes_arrays_and_says_whose_a_row_is(self):
        one, = self.read('-- a(x text, y int8): does\nSELECT (:x)::json, :y, :y + 1;')
        self.assertEqual(one.set_sql(),
                         'SELECT r.*, k.n FROM unnest($1::text[], $2::text[]) WITH ORDINALITY k(p1, p2, n),\n'
                         'LATERAL (SELECT (k.p1::text)::json, k.p2::int8, k.p2::int8 + 1) r')

    def test_unprepared_is_a_line_of_its_own(self):
        one, two = self.read('-- a: x\n-- unprepared\nSELECT 1;\n-- b: not unprepared\nSELECT 2;')
        self.assertEqual([one.unprepared, two.unprepared], [True, False])

    def test_a_parameter_that_is_not_used_is_a_fault(self):
        self.read('-- a(x text): y\nSELECT 1;')
        self.assertEqual(self.said.lines(), ['x.sql:1: a: parameter x is not used'])

    def test_a_name_outside_the_signature_is_a_fault_at_its_line(self):
        self.read('-- a(x text): y\nSELECT :x,\n:y;')
        self.assertEqual(self.said.lines(), ['x.sql:3: a: :y is not in its signature'])

    def test_a_signature_that_cannot_be_read_is_a_fault(self):
        self.read('-- a(x): y\nSELECT 1;')
        self.assertIn('x.sql:1: "x": a parameter is written "name type"', self.said.lines())

    def test_sql_before_the_first_header_is_a_fault(self):
        self.read('\nSELECT 1;')
        self.assertEqual(self.said.lines(), ['x.sql:2: SQL before the first "-- name:" line'])

    def test_a_header_without_sql_is_a_fault(self):
        self.read('-- a: x\n\n-- b: y\nSELECT 1;')
        self.assertEqual(self.said.lines(), ['x.sql:1: a: no SQL under this name'])

    def test_too_many_parameters_are_a_fault(self):
        names = ', '.join(f'p{i} text' for i in range(25))
        uses = ', '.join(f':p{i}' for i in range(25))
        self.read(f'-- a({names}): x\nSELECT {uses};')
        self.assertIn('25 parameters, at most 24', self.said.lines()[0])


if __name__ == '__main__':
    unittest.main()
