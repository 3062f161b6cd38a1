ALTER TABLE scheduling.message VALIDATE CONSTRAINT message_about;
ALTER TABLE scheduling.message VALIDATE CONSTRAINT message_words;
