-- Question sets that come with the product. The words are our own; a construct names what is measured, and
-- the source where it is described. Each is in English, and in German further below.

CREATE OR REPLACE VIEW evaluation.shipped_meeting (name, title, kind, side, questions) AS VALUES
	('pulse', 'How is it going?', 'pulse', 'both', '[
		{"key": "useful", "kind": "scale", "text": "Our meetings are worth the time.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "frank", "kind": "scale", "text": "I can say in our meetings what I really think.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "next", "kind": "text", "text": "What should be different by next time?"}]'::json),
	('post-session-mentee', 'After a session', 'post_session', 'mentee', '[
		{"key": "learned", "kind": "scale", "text": "I learned something that I will use.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "pace", "kind": "choice", "text": "The pace was",
			"options": ["too slow", "right", "too fast"]},
		{"key": "try", "kind": "text", "text": "What will you try out before the next session?"}]'),
	('post-session-mentor', 'After a session', 'post_session', 'mentor', '[
		{"key": "listened", "kind": "scale", "text": "What I explained was taken up.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "prepared", "kind": "scale", "text": "I knew well enough what the session was for.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "support", "kind": "choice", "text": "For the next session, I would like support",
			"options": ["no", "with the topic", "with how to teach it"]},
		{"key": "topic", "kind": "text", "text": "With which topic?",
			"shown_if": {"key": "support", "values": [1]}}]');

CREATE OR REPLACE VIEW evaluation.shipped_closing (name, title, kind, side, questions) AS VALUES
	('closing-mentee', 'Looking back', 'closing', 'mentee', '[
		{"key": "worth", "kind": "scale", "points": 7, "text": "Taking part was worth it for me.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "changed", "kind": "choice", "text": "Because of the programme, I work differently",
			"options": ["no", "in small things", "in something important"]},
		{"key": "what", "kind": "text", "text": "What do you do differently?",
			"shown_if": {"key": "changed", "values": [1, 2]}},
		{"key": "again", "kind": "scale", "points": 11,
			"text": "How likely is it that you recommend the programme to someone at your level?",
			"low_label": "not at all likely", "high_label": "extremely likely"}]'::json),
	('closing-mentor', 'Looking back', 'closing', 'mentor', '[
		{"key": "worth", "kind": "scale", "points": 7, "text": "Taking part was worth it for me.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "heard", "kind": "scale", "text": "My view counted for something.",
			"low_label": "not at all", "high_label": "completely"},
		{"key": "hours", "kind": "number", "text": "Hours a month that you spent on it, preparation included",
			"minimum": 0, "maximum": 100},
		{"key": "again", "kind": "scale", "points": 11,
			"text": "How likely is it that you recommend the programme to a colleague?",
			"low_label": "not at all likely", "high_label": "extremely likely"}]');

CREATE OR REPLACE VIEW evaluation.shipped_attitude_mentee (name, title, kind, side, questions) AS VALUES
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
			"text": "I leave new digital tools to others."}]'::json);

CREATE OR REPLACE VIEW evaluation.shipped_attitude_mentor (name, title, kind, side, questions) AS VALUES
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
			"text": "Decisions are better because people like me are heard."}]'::json);

-- For either side.
CREATE OR REPLACE VIEW evaluation.shipped_attitude_others (name, title, kind, side, questions) AS VALUES
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
			"text": "Which generation people belong to tells me how they work."}]'::json),
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
			"text": "I find it hard to work with people who are very unlike me."}]'::json);

CREATE OR REPLACE VIEW evaluation.shipped_attitude_level (name, title, kind, side, questions) AS VALUES
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
			"text": "I rarely wonder why others see things in another way."}]'::json);

CREATE OR REPLACE VIEW evaluation.shipped_attitude_company (name, title, kind, side, questions) AS VALUES
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
			"text": "I often think of looking for work elsewhere."}]'::json),
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
			"text": "Here it is better not to ask too many questions."}]'::json);

-- In German.
CREATE OR REPLACE VIEW evaluation.shipped_german_meeting (name, key, text, low_label, high_label,
	options) AS VALUES
	('pulse', 'useful', 'Unsere Treffen sind ihre Zeit wert.', 'gar nicht', 'voll und ganz', NULL::json),
	('pulse', 'frank', 'Ich kann in unseren Treffen sagen, was ich wirklich denke.', 'gar nicht',
		'voll und ganz', NULL),
	('pulse', 'next', 'Was soll bis zum nächsten Mal anders sein?', NULL, NULL, NULL),
	('post-session-mentee', 'learned', 'Ich habe etwas gelernt, das ich anwenden werde.', 'gar nicht',
		'voll und ganz', NULL),
	('post-session-mentee', 'pace', 'Das Tempo war', NULL, NULL, '["zu langsam", "richtig", "zu schnell"]'),
	('post-session-mentee', 'try', 'Was probieren Sie bis zum nächsten Treffen aus?', NULL, NULL, NULL),
	('post-session-mentor', 'listened', 'Was ich erklärt habe, wurde aufgenommen.', 'gar nicht',
		'voll und ganz', NULL),
	('post-session-mentor', 'prepared', 'Ich wusste gut genug, worum es in dem Treffen geht.', 'gar nicht',
		'voll und ganz', NULL),
	('post-session-mentor', 'support', 'Für das nächste Treffen hätte ich gern Unterstützung', NULL, NULL,
		'["nein", "beim Thema", "dabei, wie man es vermittelt"]'),
	('post-session-mentor', 'topic', 'Bei welchem Thema?', NULL, NULL, NULL),
	('closing-mentee', 'worth', 'Die Teilnahme hat sich für mich gelohnt.', 'gar nicht',
		'voll und ganz', NULL),
	('closing-mentee', 'changed', 'Durch das Programm arbeite ich anders', NULL, NULL,
		'["nein", "in Kleinigkeiten", "in etwas Wichtigem"]'),
	('closing-mentee', 'what', 'Was machen Sie anders?', NULL, NULL, NULL),
	('closing-mentee', 'again', 'Wie wahrscheinlich empfehlen Sie das Programm jemandem auf Ihrer Ebene?',
		'gar nicht', 'sehr wahrscheinlich', NULL),
	('closing-mentor', 'worth', 'Die Teilnahme hat sich für mich gelohnt.', 'gar nicht',
		'voll und ganz', NULL),
	('closing-mentor', 'heard', 'Meine Sicht hat etwas bewirkt.', 'gar nicht', 'voll und ganz', NULL),
	('closing-mentor', 'hours', 'Stunden im Monat, die Sie dafür gebraucht haben, mit Vorbereitung', NULL,
		NULL, NULL),
	('closing-mentor', 'again', 'Wie wahrscheinlich empfehlen Sie das Programm jemandem im Kollegenkreis?',
		'gar nicht', 'sehr wahrscheinlich', NULL);

-- Their keys are those of one set each.
CREATE OR REPLACE VIEW evaluation.shipped_german_attitude (key, text) AS VALUES
	('learn_1', 'Wer am Anfang des Berufslebens steht, weiß oft Dinge, die ich nicht weiß.'),
	('learn_2', 'Ich frage Jüngere auf ihrem Gebiet um Rat.'),
	('learn_3', 'Auf meiner Ebene wäre es seltsam, von jemand Jüngerem zu lernen.'),
	('digital_1', 'Ich bringe ein neues digitales Werkzeug dazu, das zu tun, was ich will.'),
	('digital_2', 'Wenn ein digitales Werkzeug nicht geht, finde ich einen Weg.'),
	('digital_3', 'Neue digitale Werkzeuge überlasse ich anderen.'),
	('safe_1', 'Ich kann jemandem weit über mir widersprechen, ohne um mein Ansehen zu fürchten.'),
	('safe_2', 'Wenn ich Führungskräfte auf ein Problem hinweise, wollen sie mehr wissen.'),
	('safe_3', 'Es ist hier klüger, Zweifel für sich zu behalten.'),
	('belong_1', 'Ich gehöre hierher.'),
	('belong_2', 'Was mich von anderen unterscheidet, ist hier willkommen.'),
	('belong_3', 'Entscheidungen sind besser, weil Menschen wie ich gehört werden.'),
	('generations_1', 'Ich sehe erst, was jemand kann, und dann das Alter.'),
	('generations_2', 'Ältere und Jüngere wollen von ihrer Arbeit weitgehend dasselbe.'),
	('generations_3', 'Zu welcher Generation jemand gehört, sagt mir, wie er oder sie arbeitet.'),
	('inclusion_1', 'Ich frage die nach ihrer Sicht, die noch nichts gesagt haben.'),
	('inclusion_2', 'Wenn jemand aus einem Gespräch ausgeschlossen wird, bemerke ich es und handle.'),
	('inclusion_3', 'Mit Menschen, die ganz anders sind als ich, arbeite ich nur schwer zusammen.'),
	('trust_1', 'Ich kann mich auf das verlassen, was mir Menschen einer anderen Ebene sagen.'),
	('trust_2', 'Ich könnte jemandem einer anderen Ebene von einem Fehler von mir erzählen.'),
	('trust_3', 'Bei Menschen einer anderen Ebene bin ich vorsichtig mit dem, was ich sage.'),
	('empathy_1', 'Bevor ich über jemanden urteile, stelle ich mir vor, wie es von dort aussieht.'),
	('empathy_2', 'Ich weiß, was Menschen einer anderen Ebene den Arbeitstag schwer macht.'),
	('empathy_3', 'Ich frage mich selten, warum andere die Dinge anders sehen.'),
	('stay_1', 'Ich gehe davon aus, in zwei Jahren noch hier zu arbeiten.'),
	('stay_2', 'Hätte ich noch einmal die Wahl, käme ich wieder hierher.'),
	('stay_3', 'Ich denke oft daran, mir eine andere Arbeit zu suchen.'),
	('culture_1', 'Hier bekommt man Zeit zum Lernen.'),
	('culture_2', 'Hier sagt man offen, was schiefgegangen ist, damit andere daraus lernen.'),
	('culture_3', 'Hier stellt man besser nicht zu viele Fragen.');

CREATE OR REPLACE VIEW evaluation.shipped_german AS
SELECT * FROM evaluation.shipped_german_meeting
UNION ALL SELECT NULL, a.key, a.text, NULL, NULL, NULL FROM evaluation.shipped_german_attitude a;

CREATE OR REPLACE VIEW evaluation.shipped_set AS
SELECT s.name, s.title, s.kind, s.side, s.questions,
	(SELECT json_build_array(json_build_object('language', 'de', 'texts', json_agg(json_strip_nulls(
			json_build_object('key', g.key, 'text', g.text, 'low_label', g.low_label,
				'high_label', g.high_label, 'options', g.options)) ORDER BY q.place)))
		FROM json_array_elements(s.questions) WITH ORDINALITY q (question, place)
			JOIN evaluation.shipped_german g ON g.key = q.question ->> 'key'
				AND coalesce(g.name, s.name) = s.name)
		AS translations
FROM (SELECT * FROM evaluation.shipped_meeting UNION ALL SELECT * FROM evaluation.shipped_closing
	UNION ALL SELECT * FROM evaluation.shipped_attitude_mentee
	UNION ALL SELECT * FROM evaluation.shipped_attitude_mentor
	UNION ALL SELECT * FROM evaluation.shipped_attitude_others
	UNION ALL SELECT * FROM evaluation.shipped_attitude_level
	UNION ALL SELECT * FROM evaluation.shipped_attitude_company) s;

GRANT SELECT ON evaluation.shipped_set TO upward_evaluation;
