-- Skills are looked up far more often than they change: what is new goes into these indexes at once, not
-- into a list that every look-up would have to read. A taxonomy that had just been loaded made the import
-- of a large file with skills ten times as slow.
ALTER INDEX profiles.skill_aliases SET (fastupdate = off);
ALTER INDEX profiles.skill_find SET (fastupdate = off);
SELECT gin_clean_pending_list('profiles.skill_aliases'), gin_clean_pending_list('profiles.skill_find');
