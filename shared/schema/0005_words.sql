-- The words of a text (see 0001_common.sql). A text of ASCII characters alone, as nearly all are, needs
-- neither Unicode nor a collation of its own. Not STRICT, so that it is inlined: a third of the time.
CREATE OR REPLACE FUNCTION common.words(text text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ' ' || btrim(CASE WHEN octet_length(text) = length(text)
	THEN regexp_replace(lower(text COLLATE "C"), '[^a-z0-9]+', ' ', 'g') COLLATE "und-x-icu"
	ELSE regexp_replace(translate(replace(replace(replace(
		lower(regexp_replace(normalize(text, NFKD), '[\u0300-\u036f]', '', 'g') COLLATE "und-x-icu"),
		'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'øłıđðħŧ', 'oliddht'), '[^[:alnum:]]+', ' ', 'g') END);
