-- People who wait for the same manager are as close as two of one manager.
GRANT SELECT (manager_external_id) ON profiles.person TO guard;
