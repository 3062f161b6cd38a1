-- A skill that nothing names can be deleted.
GRANT DELETE ON profiles.skill TO upward_profiles;
