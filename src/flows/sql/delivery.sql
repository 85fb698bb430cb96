-- Recipients of broadcasts, person by person.

-- name: recipients_between :each
-- in: language text
-- out: ordinal, name text, spoken, village text, block text, district text, phone text?
-- People of a range of ordinals with their places and their first address on one of these channels.
SELECT p.ordinal, p.name, p.language,
       CASE WHEN :language = 'hi' AND v.name_hi <> '' THEN v.name_hi ELSE v.name_en END,
       COALESCE(CASE WHEN :language = 'hi' AND b.name_hi <> '' THEN b.name_hi ELSE b.name_en END, ''),
       COALESCE(CASE WHEN :language = 'hi' AND d.name_hi <> '' THEN d.name_hi ELSE d.name_en END, ''),
       (SELECT c.external_id FROM person_contact pc JOIN contact c ON c.contact_id = pc.contact_id
        WHERE pc.ordinal = p.ordinal AND (pc.channels & :channel_bits) <> 0 ORDER BY pc.contact_id LIMIT 1)
FROM person p JOIN place v ON v.place_id = p.place_id
LEFT JOIN place b ON b.place_id = v.block_place_id
LEFT JOIN place d ON d.place_id = v.district_place_id
WHERE p.ordinal BETWEEN :ordinal_first AND :ordinal_last
  AND v.number_first BETWEEN :places_first AND :places_last
ORDER BY p.ordinal;
