-- Statements of policy cards.

-- policy_card_read: for everybody who can see the programme.
SELECT policy_card(p) AS body, p.policy_number AS version
FROM programme p
WHERE p.id = :programme_id AND (p.status NOT IN ('draft', 'cancelled') OR coordinates(p.id, :actor, :roles));
