-- What share of all people bear a word, for words that many bear. The planner counts them, but in no order:
-- each search would read them all.
CREATE TABLE profiles.word_figure (
	word text COLLATE "C" CONSTRAINT word_figure_word PRIMARY KEY, -- with a mark where it begins the name
	share real NOT NULL,
	counted_at timestamptz NOT NULL DEFAULT common.real_now()
);
COMMENT ON TABLE profiles.word_figure IS 'unaudited: figures of the planner';
