-- Everybody is there, with her channels, language and kind.
SELECT COUNT(*) - 2 FROM person WHERE ordinal IN (1600, 1601);
SELECT COUNT(*) - 1 FROM person WHERE ordinal = 1601 AND person_id = 4294967301 AND kind = 1
    AND language = 3 AND channels = 3 AND name = 'गीता';
SELECT COUNT(*) - 1 FROM person WHERE ordinal = 1600 AND language = 0 AND channels = 6 AND suppressed = 2;
-- A phone is one contact; what was stopped on WhatsApp is stopped there only.
SELECT COUNT(*) - 1 FROM contact WHERE external_id = '+919800001601' AND channels = 3 AND suppressed = 2;
SELECT COUNT(*) - 1 FROM person_contact pc JOIN contact c ON c.contact_id = pc.contact_id
    WHERE pc.ordinal = 1600 AND c.external_id = '1601' AND pc.channels = 4;
SELECT COUNT(*) - 3 FROM person_product WHERE ordinal IN (1600, 1601);
-- Consents keep their order and words.
SELECT COUNT(*) - 1 FROM consent WHERE ordinal = 1600 AND number = 2 AND is_given = 0 AND evidence = 'wamid:3';
SELECT COUNT(*) - 3 FROM consent WHERE ordinal IN (1600, 1601);
-- A conversation finds its address.
SELECT COUNT(*) - 1 FROM conversation v JOIN contact c ON c.contact_id = v.address_id / 8
    WHERE c.external_id = '1601' AND v.address_id - c.contact_id * 8 = 3 AND v.person_id = 4294967302;
