-- Counts of messages for the page of the day; never a personal row.

-- name: replies_by_district :many
-- out: district_place_id, replies
-- Messages received since a moment, by the district of who wrote.
SELECT p.district_place_id, COUNT(*)
FROM inbound i JOIN conversation c ON c.address_id = i.address_id
    JOIN place p ON p.place_id = c.place_id
WHERE i.received_at >= :since_at AND p.number_first BETWEEN :number_first AND :number_last
    AND p.district_place_id IS NOT NULL
GROUP BY p.district_place_id;

-- name: mail_slots :many
-- out: slot
-- Slots of single messages made since a moment for people in the viewer's places; -1: none yet.
SELECT COALESCE(m.slot, -1)
FROM mail m JOIN person w ON w.person_id = m.person_id JOIN place p ON p.place_id = w.place_id
WHERE m.created_at >= :since_at AND p.number_first BETWEEN :number_first AND :number_last;

-- name: offers_of_demand :one
-- out: offers
-- Offers that answer a demand.
SELECT COUNT(*) FROM offer WHERE demand_id = :demand_id;
