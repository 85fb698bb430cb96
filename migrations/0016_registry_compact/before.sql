INSERT INTO place (place_id, kind, code, name_en, name_hi, aliases, number_first, number_last)
VALUES (6000000016, 'village', 16, 'Sixteen', '', '', 160, 160);
INSERT INTO person (person_id, ordinal, kind, name, name_latin, place_id, group_id, language, consents,
                    suppressed, is_synthetic, created_at)
VALUES (4294967301, 1601, 'farmer', 'गीता', 'Gita', 6000000016, NULL, 'mai', 15, 0, 0, 1790000000),
       (4294967302, 1600, 'member', 'मीता', '', 6000000016, NULL, 'hi', 0, 2, 0, 1790000000);
INSERT INTO address (address_id, channel, external_id, suppressed, created_at)
VALUES (4294967311, 1, '+919800001601', 2, 1790000000), (4294967312, 2, '+919800001601', 0, 1790000000),
       (4294967313, 3, '1601', 0, 1790000000);
INSERT INTO person_address (ordinal, channel, address_id, person_id)
VALUES (1601, 1, 4294967311, 4294967301), (1601, 2, 4294967312, 4294967301),
       (1600, 2, 4294967312, 4294967302), (1600, 3, 4294967313, 4294967302);
INSERT INTO person_product (ordinal, product_id) VALUES (1600, 7), (1601, 7), (1601, 9);
INSERT INTO consent (consent_id, person_id, purposes, channel, state, text_version, evidence, at)
VALUES (4294967321, 4294967301, 15, 1, 'given', '1/hi', 'form:1', 1790000000),
       (4294967322, 4294967302, 15, 2, 'given', '1/hi', 'form:2', 1790000000),
       (4294967323, 4294967302, 2, 2, 'withdrawn', '', 'wamid:3', 1790000001);
INSERT INTO conversation (address_id, person_id, place_id, state, queue, last_text, last_inbound_at, changed_at)
VALUES (4294967313, 4294967302, 6000000016, '', 'machine', '', 1790000000, 1790000000);
