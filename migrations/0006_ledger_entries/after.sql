SELECT COUNT(*) FROM ledger_entry;
SELECT COUNT(*) - 1 FROM ledger_head WHERE entry_number = 0;
