-- Short lessons in talking with each other, in our own words. Whoever has finished one has a training record,
-- which a programme can require. A lesson is one view, with a row for each language.

CREATE OR REPLACE VIEW profiles.lesson_listening (code, topic, minutes, language, title, text) AS VALUES
	('active-listening', 'listening', 10, 'en', 'Active listening',
'Listening is work. Put the phone away, and let the other person finish, pauses included: after a silence
often comes what matters.

Say back in your own words what you have understood, and ask whether that is right. Ask questions that
cannot be answered with yes or no: "What happened then?", "What would have helped?" Do not answer with a
story of your own, and do not solve what nobody has asked you to solve.

Leaders: the more senior you are, the less people contradict you. Speak second. Mentors: ask for examples
until you could explain it to somebody else.

Try it: for five minutes one of you talks about a day that went badly. The other only asks and sums up. Then
change over, and tell each other when you felt understood.'),
	('active-listening', 'listening', 10, 'de', 'Aktiv zuhören',
'Zuhören ist Arbeit. Legen Sie das Telefon weg und lassen Sie ausreden, auch über Pausen hinweg: Nach einer
Stille kommt oft das Wichtige.

Geben Sie in eigenen Worten wieder, was Sie verstanden haben, und fragen Sie, ob es stimmt. Stellen Sie
Fragen, die man nicht mit Ja oder Nein beantworten kann: „Was geschah dann?“, „Was hätte geholfen?“
Antworten Sie nicht mit einer eigenen Geschichte, und lösen Sie nichts, worum niemand gebeten hat.

Führungskräfte: Je höher Ihr Rang, desto seltener widerspricht man Ihnen. Sprechen Sie nicht zuerst.
Mentorinnen und Mentoren: Fragen Sie nach Beispielen, bis Sie es selbst erklären könnten.

Probieren Sie es: Fünf Minuten lang erzählt eine Person von einem Tag, der schlecht lief. Die andere fragt
nur nach und fasst zusammen. Dann wechseln Sie und sagen einander, wann Sie sich verstanden fühlten.');

CREATE OR REPLACE VIEW profiles.lesson_feedback (code, topic, minutes, language, title, text) AS VALUES
	('feedback', 'feedback', 10, 'en', 'Giving and taking feedback',
'Ask first whether now is a good time. Then say three things: what you saw or heard, what it did to you or to
others, and what you would like instead. "In the meeting you looked at your screen while Mia spoke; she
stopped halfway; next time, ask her to go on." Talk about what somebody did, never about what somebody is.
Praise in the same way: whoever knows exactly what was good can do it again.

When you get feedback, listen to the end, say thank you, and ask for an example if you need one. Explain
nothing and defend nothing. Decide later what you make of it, and say so: nobody gives feedback a second
time if the first has vanished.

Try it: each of you says one thing that helped in the last session and one that you would like to change in
the next.'),
	('feedback', 'feedback', 10, 'de', 'Rückmeldung geben und annehmen',
'Fragen Sie zuerst, ob es gerade passt. Sagen Sie dann dreierlei: was Sie gesehen oder gehört haben, was es
bei Ihnen oder anderen bewirkt hat, und was Sie sich stattdessen wünschen. „In der Besprechung haben Sie auf
den Bildschirm gesehen, während Mia sprach; sie brach ab; bitten Sie sie nächstes Mal weiterzureden.“
Sprechen Sie über das, was jemand getan hat, nie darüber, wie jemand ist. Loben Sie ebenso: Wer genau weiß,
was gut war, kann es wiederholen.

Bekommen Sie Rückmeldung, hören Sie bis zum Ende zu, bedanken Sie sich und fragen Sie nötigenfalls nach
einem Beispiel. Erklären und verteidigen Sie nichts. Entscheiden Sie später, was Sie daraus machen, und
sagen Sie es: Niemand gibt ein zweites Mal Rückmeldung, wenn die erste verhallt ist.

Probieren Sie es: Sagen Sie einander je eine Sache, die im letzten Treffen geholfen hat, und eine, die sich
ändern soll.');

CREATE OR REPLACE VIEW profiles.lesson_difference (code, topic, minutes, language, title, text) AS VALUES
	('discussing-difference', 'discussing_difference', 15, 'en', 'Talking about difference',
'You differ in rank and age, and perhaps in origin, gender, faith, health or in how you grew up. You need not
talk about any of it, and each of you decides about your own: nobody has to explain themselves, and nobody
speaks for a group.

Ask about experiences, not about identities: "What is it like for you when ...?" Use the words that the
other person uses. Believe what they tell you even if you have never seen it; that you have not seen it is
part of the point.

You will say something clumsy one day. Apologise for what you said, not for how it was taken, learn the
better word, and go on. If something hurts, say "stop": that is reason enough.

Agree before you begin what stays between you, and what you will do if a talk goes wrong.

Try it: tell each other of a situation at work in which you were the only one of your kind, and what would
have helped.'),
	('discussing-difference', 'discussing_difference', 15, 'de', 'Über Unterschiede sprechen',
'Sie unterscheiden sich in Rang und Alter, vielleicht auch in Herkunft, Geschlecht, Glauben, Gesundheit oder
darin, wie Sie aufgewachsen sind. Über nichts davon müssen Sie sprechen, und über das Eigene entscheidet
jede Person selbst: Niemand muss sich erklären, und niemand spricht für eine Gruppe.

Fragen Sie nach Erfahrungen, nicht nach Zugehörigkeit: „Wie ist es für Sie, wenn ...?“ Verwenden Sie die
Wörter, die Ihr Gegenüber verwendet. Glauben Sie, was Sie hören, auch wenn Sie es nie gesehen haben; dass
Sie es nicht gesehen haben, gehört dazu.

Irgendwann sagen Sie etwas Ungeschicktes. Bitten Sie um Entschuldigung für das, was Sie gesagt haben, nicht
dafür, wie es ankam, lernen Sie das bessere Wort und machen Sie weiter. Tut etwas weh, sagen Sie „Halt“: Das
genügt als Grund.

Vereinbaren Sie vorher, was unter Ihnen bleibt und was Sie tun, wenn ein Gespräch misslingt.

Probieren Sie es: Erzählen Sie einander von einer Lage im Beruf, in der Sie die Einzigen Ihrer Art waren,
und was geholfen hätte.');

CREATE OR REPLACE VIEW profiles.lesson AS
SELECT * FROM profiles.lesson_listening UNION ALL SELECT * FROM profiles.lesson_feedback
	UNION ALL SELECT * FROM profiles.lesson_difference;

-- One lesson in all languages, and when the person has last finished it.
CREATE OR REPLACE FUNCTION profiles.lesson_json(person uuid, lesson text) RETURNS json
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
RETURN (SELECT json_build_object('code', e.code, 'topic', e.topic, 'minutes', e.minutes,
		'texts', (SELECT json_agg(json_build_object('language', l.language, 'title', l.title, 'text',
			regexp_replace(l.text, '([^\n])\n([^\n])', '\1 \2', 'g')) ORDER BY l.language DESC)
			FROM profiles.lesson l WHERE l.code = e.code),
		'completed_on', (SELECT max(r.completed_on) FROM profiles.training_record r
			WHERE r.person_id = person AND r.topic = e.topic AND r.title = e.title),
		'version', 1, 'can', json_build_array('completion'),
		'links', json_build_object('self', '/api/v1/people/' || person || '/lessons/' || e.code,
			'training_records', '/api/v1/people/' || person || '/training-records'))
	FROM profiles.lesson e WHERE e.code = lesson AND e.language = 'en');

GRANT SELECT ON profiles.lesson TO upward_profiles;
GRANT EXECUTE ON FUNCTION profiles.lesson_json(uuid, text) TO upward_profiles;
