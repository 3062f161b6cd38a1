-- Question sets that come with the product. The words are our own; a construct names what is measured, and
-- the
-- source where it is described.

CREATE OR REPLACE VIEW evaluation.shipped_meeting (name, title, kind, side, questions, translations) AS VALUES
	('pulse', 'How is it going?', 'pulse', 'both', '[
		{"key": "useful", "kind": "scale", "text": "Our meetings are worth the time.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "frank", "kind": "scale", "text": "I can say in our meetings what I really think.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "next", "kind": "text", "text": "What should be different by next time?"}]'::json,
		'[{"language": "de", "texts": [
			{"key": "useful", "text": "Unsere Treffen sind ihre Zeit wert.",
				"low_label": "gar nicht", "high_label": "voll und ganz"},
			{"key": "frank", "text": "Ich kann in unseren Treffen sagen, was ich wirklich denke.",
				"low_label": "gar nicht", "high_label": "voll und ganz"},
			{"key": "next", "text": "Was soll bis zum nächsten Mal anders sein?"}]}]'::json),
	('post-session-mentee', 'After a session', 'post_session', 'mentee', '[
		{"key": "learned", "kind": "scale", "text": "I learned something that I will use.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "pace", "kind": "choice", "text": "The pace was",
			"options": ["too slow", "right", "too fast"]},
		{"key": "try", "kind": "text", "text": "What will you try out before the next session?"}]', '[]'),
	('post-session-mentor', 'After a session', 'post_session', 'mentor', '[
		{"key": "listened", "kind": "scale", "text": "What I explained was taken up.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "prepared", "kind": "scale", "text": "I knew well enough what the session was for.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "support", "kind": "choice", "text": "For the next session, I would like support",
			"options": ["no", "with the topic", "with how to teach it"]},
		{"key": "topic", "kind": "text", "text": "With which topic?",
			"shown_if": {"key": "support", "values": [1]}}]', '[]');

CREATE OR REPLACE VIEW evaluation.shipped_closing (name, title, kind, side, questions, translations) AS VALUES
	('closing-mentee', 'Looking back', 'closing', 'mentee', '[
		{"key": "worth", "kind": "scale", "points": 7, "text": "Taking part was worth it for me.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "changed", "kind": "choice", "text": "Because of the programme, I work differently",
			"options": ["no", "in small things", "in something important"]},
		{"key": "what", "kind": "text", "text": "What do you do differently?",
			"shown_if": {"key": "changed", "values": [1, 2]}},
		{"key": "again", "kind": "scale", "points": 11,
			"text": "How likely is it that you recommend the programme to someone at your level?",
			"low_label": "not at all likely", "high_label": "extremely likely"}]'::json, '[]'::json),
	('closing-mentor', 'Looking back', 'closing', 'mentor', '[
		{"key": "worth", "kind": "scale", "points": 7, "text": "Taking part was worth it for me.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "heard", "kind": "scale", "text": "My view counted for something.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "hours", "kind": "number", "text": "Hours a month that you spent on it, preparation included",
			"minimum": 0, "maximum": 100},
		{"key": "again", "kind": "scale", "points": 11,
			"text": "How likely is it that you recommend the programme to a colleague?",
			"low_label": "not at all likely", "high_label": "extremely likely"}]', '[]');

CREATE OR REPLACE VIEW evaluation.shipped_attitude_mentee (name, title, kind, side, questions,
	translations) AS VALUES
	('attitudes-mentee', 'How you see learning at work', 'attitude', 'mentee', '[
		{"key": "learn_1", "kind": "scale", "construct": "openness to learning from juniors",
			"source": "after the construct of intellectual humility: Krumrei-Mancuso and Rouse (2016)",
			"text": "People early in their career often know things that I do not."},
		{"key": "learn_2", "kind": "scale", "construct": "openness to learning from juniors",
			"source": "after the construct of intellectual humility: Krumrei-Mancuso and Rouse (2016)",
			"text": "I ask younger colleagues for advice on their subject."},
		{"key": "learn_3", "kind": "scale", "construct": "openness to learning from juniors",
			"reversed": true,
			"source": "after the construct of intellectual humility: Krumrei-Mancuso and Rouse (2016)",
			"text": "At my level, it would be odd to be taught by someone junior."},
		{"key": "digital_1", "kind": "scale", "construct": "digital self-efficacy",
			"source": "after the construct of self-efficacy: Bandura (1997)",
			"text": "I get a new digital tool to do what I want."},
		{"key": "digital_2", "kind": "scale", "construct": "digital self-efficacy",
			"source": "after the construct of self-efficacy: Bandura (1997)",
			"text": "When a digital tool does not work, I find a way."},
		{"key": "digital_3", "kind": "scale", "construct": "digital self-efficacy", "reversed": true,
			"source": "after the construct of self-efficacy: Bandura (1997)",
			"text": "I leave new digital tools to others."}]'::json, '[]'::json);

CREATE OR REPLACE VIEW evaluation.shipped_attitude_mentor (name, title, kind, side, questions,
	translations) AS VALUES
	('attitudes-mentor', 'How you see your place at work', 'attitude', 'mentor', '[
		{"key": "safe_1", "kind": "scale", "construct": "psychological safety",
			"source": "after the construct of psychological safety: Edmondson (1999)",
			"text": "I can contradict somebody senior without fearing for my standing."},
		{"key": "safe_2", "kind": "scale", "construct": "psychological safety",
			"source": "after the construct of psychological safety: Edmondson (1999)",
			"text": "When I point out a problem to leaders, they want to know more."},
		{"key": "safe_3", "kind": "scale", "construct": "psychological safety", "reversed": true,
			"source": "after the construct of psychological safety: Edmondson (1999)",
			"text": "It is wiser to keep doubts to oneself here."},
		{"key": "belong_1", "kind": "scale", "construct": "inclusion",
			"source": "after the construct of work-group inclusion: Shore et al. (2011)",
			"text": "I belong here."},
		{"key": "belong_2", "kind": "scale", "construct": "inclusion",
			"source": "after the construct of work-group inclusion: Shore et al. (2011)",
			"text": "What makes me different is welcome here."},
		{"key": "belong_3", "kind": "scale", "construct": "inclusion",
			"source": "after the construct of work-group inclusion: Shore et al. (2011)",
			"text": "Decisions are better because people like me are heard."}]'::json, '[]'::json);

-- For either side.
CREATE OR REPLACE VIEW evaluation.shipped_attitude_others (name, title, kind, side, questions,
	translations) AS VALUES
	('generations', 'How you see generations', 'attitude', 'both', '[
		{"key": "generations_1", "kind": "scale", "construct": "freedom from generational stereotypes",
			"source": "after the construct of age stereotypes at work: Posthuma and Campion (2009)",
			"text": "I look at what colleagues can do before I think of their age."},
		{"key": "generations_2", "kind": "scale", "construct": "freedom from generational stereotypes",
			"source": "after the construct of age stereotypes at work: Posthuma and Campion (2009)",
			"text": "Older and younger colleagues want much the same from their work."},
		{"key": "generations_3", "kind": "scale", "construct": "freedom from generational stereotypes",
			"reversed": true,
			"source": "after the construct of age stereotypes at work: Posthuma and Campion (2009)",
			"text": "Which generation people belong to tells me how they work."}]'::json, '[]'::json),
	('inclusion', 'How you include others', 'attitude', 'both', '[
		{"key": "inclusion_1", "kind": "scale", "construct": "inclusion competence",
			"source": "after the construct of leader inclusiveness: Nembhard and Edmondson (2006)",
			"text": "I ask those who have not spoken yet for their view."},
		{"key": "inclusion_2", "kind": "scale", "construct": "inclusion competence",
			"source": "after the construct of leader inclusiveness: Nembhard and Edmondson (2006)",
			"text": "When somebody is left out of a conversation, I notice and act."},
		{"key": "inclusion_3", "kind": "scale", "construct": "inclusion competence",
			"reversed": true,
			"source": "after the construct of leader inclusiveness: Nembhard and Edmondson (2006)",
			"text": "I find it hard to work with people who are very unlike me."}]'::json, '[]'::json);

CREATE OR REPLACE VIEW evaluation.shipped_attitude_level (name, title, kind, side, questions,
	translations) AS VALUES
	('trust-and-empathy', 'How you see people of another level', 'attitude', 'both', '[
		{"key": "trust_1", "kind": "scale", "construct": "trust",
			"source": "after the construct of trust in organisations: Mayer, Davis and Schoorman (1995)",
			"text": "I can rely on what colleagues of another level tell me."},
		{"key": "trust_2", "kind": "scale", "construct": "trust",
			"source": "after the construct of trust in organisations: Mayer, Davis and Schoorman (1995)",
			"text": "I could tell somebody of another level about a mistake of mine."},
		{"key": "trust_3", "kind": "scale", "construct": "trust",
			"reversed": true,
			"source": "after the construct of trust in organisations: Mayer, Davis and Schoorman (1995)",
			"text": "With people of another level, I am careful what I say."},
		{"key": "empathy_1", "kind": "scale", "construct": "empathy",
			"source": "after the construct of perspective taking: Davis (1983)",
			"text": "Before I judge a colleague, I picture how things look from their place."},
		{"key": "empathy_2", "kind": "scale", "construct": "empathy",
			"source": "after the construct of perspective taking: Davis (1983)",
			"text": "I know what makes a working day hard for people of another level."},
		{"key": "empathy_3", "kind": "scale", "construct": "empathy",
			"reversed": true,
			"source": "after the construct of perspective taking: Davis (1983)",
			"text": "I rarely wonder why others see things in another way."}]'::json, '[]'::json);

CREATE OR REPLACE VIEW evaluation.shipped_attitude_company (name, title, kind, side, questions,
	translations) AS VALUES
	('intent-to-stay', 'Whether you want to stay', 'attitude', 'both', '[
		{"key": "stay_1", "kind": "scale", "construct": "intent to stay",
			"source": "after the construct of intended turnover: Mobley, Horner and Hollingsworth (1978)",
			"text": "I expect to be working here in two years."},
		{"key": "stay_2", "kind": "scale", "construct": "intent to stay",
			"source": "after the construct of intended turnover: Mobley, Horner and Hollingsworth (1978)",
			"text": "If I had the choice again, I would come here again."},
		{"key": "stay_3", "kind": "scale", "construct": "intent to stay",
			"reversed": true,
			"source": "after the construct of intended turnover: Mobley, Horner and Hollingsworth (1978)",
			"text": "I often think of looking for work elsewhere."}]'::json, '[]'::json),
	('learning-culture', 'How people learn here', 'attitude', 'both', '[
		{"key": "culture_1", "kind": "scale", "construct": "learning culture",
			"source": "after the construct of a learning organisation: Marsick and Watkins (2003)",
			"text": "Here people are given time to learn."},
		{"key": "culture_2", "kind": "scale", "construct": "learning culture",
			"source": "after the construct of a learning organisation: Marsick and Watkins (2003)",
			"text": "Here people say openly what went wrong, so that others learn from it."},
		{"key": "culture_3", "kind": "scale", "construct": "learning culture",
			"reversed": true,
			"source": "after the construct of a learning organisation: Marsick and Watkins (2003)",
			"text": "Here it is better not to ask too many questions."}]'::json, '[]'::json);

CREATE OR REPLACE VIEW evaluation.shipped_set AS
SELECT * FROM evaluation.shipped_meeting UNION ALL SELECT * FROM evaluation.shipped_closing
UNION ALL SELECT * FROM evaluation.shipped_attitude_mentee
UNION ALL SELECT * FROM evaluation.shipped_attitude_mentor
UNION ALL SELECT * FROM evaluation.shipped_attitude_others
UNION ALL SELECT * FROM evaluation.shipped_attitude_level
UNION ALL SELECT * FROM evaluation.shipped_attitude_company;

GRANT SELECT ON evaluation.shipped_set TO upward_evaluation;
