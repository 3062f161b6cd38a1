-- Teams, for scheduling: of the latest request for a gathering.
CREATE OR REPLACE VIEW matching.team_view AS
SELECT r.gathering_id, r.asked_at, m.person_id, m.team
FROM matching.team_request r LEFT JOIN matching.team_member m ON m.gathering_id = r.gathering_id
WHERE r.made_at IS NOT NULL;
GRANT SELECT ON matching.team_view TO upward_scheduling;
