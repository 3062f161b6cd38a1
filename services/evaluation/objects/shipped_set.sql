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

-- Attitudes: constructs of sets, each with three statements; turned: the third counts the other way
-- round. place: their order in the set.
CREATE OR REPLACE VIEW evaluation.shipped_construct_of_one (place, name, key, construct, source, turned,
	first, second, third) AS VALUES
	(1, 'attitudes-mentee', 'learn', 'openness to learning from juniors',
		'intellectual humility: Krumrei-Mancuso and Rouse (2016)', true,
		'People early in their career often know things that I do not.',
		'I ask younger colleagues for advice on their subject.',
		'At my level, it would be odd to be taught by someone junior.'),
	(2, 'attitudes-mentee', 'digital', 'digital self-efficacy', 'self-efficacy: Bandura (1997)', true,
		'I get a new digital tool to do what I want.', 'When a digital tool does not work, I find a way.',
		'I leave new digital tools to others.'),
	(3, 'attitudes-mentor', 'safe', 'psychological safety', 'psychological safety: Edmondson (1999)', true,
		'I can contradict somebody senior without fearing for my standing.',
		'When I point out a problem to leaders, they want to know more.',
		'It is wiser to keep doubts to oneself here.'),
	(4, 'attitudes-mentor', 'belong', 'inclusion', 'work-group inclusion: Shore et al. (2011)', false,
		'I belong here.', 'What makes me different is welcome here.',
		'Decisions are better because people like me are heard.'),
	(5, 'growth-mentor', 'lead', 'leadership',
		'leadership efficacy: Hannah, Avolio, Luthans and Harms (2008)', true,
		'I can lead a conversation so that others find the answer themselves.',
		'I can win over people who do not report to me.',
		'When somebody has to take the lead, I would rather it were not me.'),
	(6, 'growth-mentor', 'sure', 'confidence', 'occupational self-efficacy: Rigotti, Schyns and Mohr (2008)',
		true, 'I am up to what my work demands of me, also where it is new.',
		'When something goes wrong at work, I find a way on.',
		'In front of senior people, I doubt what I know.'),
	(7, 'growth-mentor', 'business', 'knowledge of the business',
		'organisational socialisation: Chao et al. (1994)', true,
		'I know how our company earns its money, and what endangers that.',
		'I understand how decisions come about two levels above me.',
		'What other departments work on is mostly unknown to me.'),
	(8, 'growth-mentor', 'network', 'network', 'networking behaviour: Wolff and Moser (2009)', true,
		'I know people in other departments whom I can ask for advice.',
		'Somebody in a senior position would put in a word for me.',
		'Outside of my team, hardly anybody knows what I can do.');

-- For either side.
CREATE OR REPLACE VIEW evaluation.shipped_construct_of_both (place, name, key, construct, source, turned,
	first, second, third) AS VALUES
	(1, 'generations', 'generations', 'freedom from generational stereotypes',
		'age stereotypes at work: Posthuma and Campion (2009)', true,
		'I look at what colleagues can do before I think of their age.',
		'Older and younger colleagues want much the same from their work.',
		'Which generation people belong to tells me how they work.'),
	(2, 'inclusion', 'inclusion', 'inclusion competence',
		'leader inclusiveness: Nembhard and Edmondson (2006)', true,
		'I ask those who have not spoken yet for their view.',
		'When somebody is left out of a conversation, I notice and act.',
		'I find it hard to work with people who are very unlike me.'),
	(3, 'trust-and-empathy', 'trust', 'trust', 'trust in organisations: Mayer, Davis and Schoorman (1995)',
		true, 'I can rely on what colleagues of another level tell me.',
		'I could tell somebody of another level about a mistake of mine.',
		'With people of another level, I am careful what I say.'),
	(4, 'trust-and-empathy', 'empathy', 'empathy', 'perspective taking: Davis (1983)', true,
		'Before I judge a colleague, I picture how things look from their place.',
		'I know what makes a working day hard for people of another level.',
		'I rarely wonder why others see things in another way.'),
	(5, 'intent-to-stay', 'stay', 'intent to stay',
		'intended turnover: Mobley, Horner and Hollingsworth (1978)', true,
		'I expect to be working here in two years.', 'If I had the choice again, I would come here again.',
		'I often think of looking for work elsewhere.'),
	(6, 'learning-culture', 'culture', 'learning culture',
		'a learning organisation: Marsick and Watkins (2003)', true, 'Here people are given time to learn.',
		'Here people say openly what went wrong, so that others learn from it.',
		'Here it is better not to ask too many questions.');

CREATE OR REPLACE VIEW evaluation.shipped_attitude AS
SELECT s.name, s.title, 'attitude' AS kind, s.side, (SELECT json_agg(json_strip_nulls(json_build_object(
		'key', c.key || '_' || x.n, 'kind', 'scale', 'construct', c.construct,
		'reversed', CASE WHEN x.n = 3 AND c.turned THEN true END,
		'source', 'after the construct of ' || c.source, 'text', x.text)) ORDER BY c.place, x.n)
	FROM (SELECT * FROM evaluation.shipped_construct_of_one
			UNION ALL SELECT * FROM evaluation.shipped_construct_of_both) c,
		LATERAL (VALUES (1, c.first), (2, c.second), (3, c.third)) x (n, text)
	WHERE c.name = s.name) AS questions
FROM (VALUES ('attitudes-mentee', 'How you see learning at work', 'mentee'),
	('attitudes-mentor', 'How you see your place at work', 'mentor'),
	('growth-mentor', 'What you take away yourself', 'mentor'),
	('generations', 'How you see generations', 'both'),
	('inclusion', 'How you include others', 'both'),
	('trust-and-empathy', 'How you see people of another level', 'both'),
	('intent-to-stay', 'Whether you want to stay', 'both'),
	('learning-culture', 'How people learn here', 'both')) s (name, title, side);

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

CREATE OR REPLACE VIEW evaluation.shipped_german_growth (key, text) AS VALUES
	('lead_1', 'Ich kann ein Gespräch so führen, dass andere selbst auf die Antwort kommen.'),
	('lead_2', 'Ich kann Menschen gewinnen, die nicht an mich berichten.'),
	('lead_3', 'Wenn jemand vorangehen muss, ist es mir lieber, dass ich es nicht bin.'),
	('sure_1', 'Ich bin dem gewachsen, was meine Arbeit verlangt, auch wo es neu ist.'),
	('sure_2', 'Wenn bei der Arbeit etwas schiefgeht, finde ich einen Weg weiter.'),
	('sure_3', 'Vor Menschen weit über mir zweifle ich an dem, was ich weiß.'),
	('business_1', 'Ich weiß, womit unser Unternehmen Geld verdient und was das gefährdet.'),
	('business_2', 'Ich verstehe, wie zwei Ebenen über mir Entscheidungen entstehen.'),
	('business_3', 'Woran andere Abteilungen arbeiten, ist mir meist unbekannt.'),
	('network_1', 'In anderen Abteilungen kenne ich Menschen, die ich um Rat fragen kann.'),
	('network_2', 'Jemand in einer hohen Stellung würde ein Wort für mich einlegen.'),
	('network_3', 'Außerhalb meines Teams weiß kaum jemand, was ich kann.');

CREATE OR REPLACE VIEW evaluation.shipped_german AS
SELECT * FROM evaluation.shipped_german_meeting
UNION ALL SELECT NULL, a.key, a.text, NULL, NULL, NULL
FROM (SELECT * FROM evaluation.shipped_german_attitude
	UNION ALL SELECT * FROM evaluation.shipped_german_growth) a;

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
	UNION ALL SELECT * FROM evaluation.shipped_attitude) s;

GRANT SELECT ON evaluation.shipped_set TO upward_evaluation;
