// Law: each entry carries the hash of the one before and of itself, without a gap, up to the head.
#include "laws.hpp"
#include "ledger/journal.hpp"

namespace haat::ledger::laws {

Broken chain_intact(storage::Transaction& tx) { return find_break_in_chain(tx); }

}  // namespace haat::ledger::laws
