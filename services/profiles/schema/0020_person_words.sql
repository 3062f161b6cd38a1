-- The words by which a person is found. The word with which the shown name begins bears a mark: people of
-- one first name stand together in the order of names and are found there, and this index tells who else is
-- found by the word.

-- Whether a name begins with a word. For words in a to z alone: no other rule of an alphabet applies to them.
CREATE FUNCTION profiles.begins_with(name text, word text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN starts_with(lower(name COLLATE "C"), word) AND octet_length(word) = length(word);

-- Single letters with the word after them: o rourke is orourke too.
CREATE FUNCTION profiles.joined_words(words text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY(SELECT words[i] || words[i + 1] FROM generate_series(1, cardinality(words) - 1) i
	WHERE length(words[i]) = 1);

CREATE FUNCTION profiles.person_words(display_name text, find text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_to_tsvector(string_to_array(CASE
		WHEN profiles.begins_with(display_name, split_part(find, ' ', 2)) THEN '^' || substr(find, 2)
		ELSE btrim(find) END, ' ')
	|| CASE WHEN find LIKE '% _ %' THEN profiles.joined_words(string_to_array(btrim(find), ' ')) END);
GRANT EXECUTE ON FUNCTION profiles.begins_with(text, text), profiles.joined_words(text[]),
	profiles.person_words(text, text) TO upward_profiles;
CREATE INDEX person_words ON profiles.person USING gin (profiles.person_words(display_name, find));
DROP INDEX profiles.person_terms;
DROP FUNCTION profiles.terms(text);

-- The names, and beside them what the directory is mostly asked for: a walk along the names reads the index
-- alone.
CREATE INDEX person_names ON profiles.person (display_name, id)
	INCLUDE (find, status, level, department, location);
DROP INDEX profiles.person_name;
