-- Skills of a file get the names of the taxonomy.
GRANT UPDATE (skills) ON profiles.import_row TO upward_profiles;
