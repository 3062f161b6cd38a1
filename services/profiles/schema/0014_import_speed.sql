-- Keys that people have given up only now, without a look at everybody. An active person is not in it.
CREATE INDEX person_keys_left ON profiles.person (keys_left_at) WHERE keys_left_at IS NOT NULL;

-- Skills by alias.
CREATE INDEX skill_aliases ON profiles.skill USING gin (aliases);
