/// @file Reads that go together: their questions are asked ahead, so that PostgreSQL answers all in
/// one round trip.
#pragma once

#include <functional>

#include "storage/transaction.hpp"

namespace haat::storage {

/// Runs `reads` with a transaction that only asks: each query sees no rows, and goes along with the
/// next statement that waits for an answer. The same query (statement and values) right after takes
/// what came, once. A write between to a table that the question names drops its answer, and the
/// query asks again: so asking ahead is never wrong, only for nothing (no trigger of ours writes
/// rows). Only for SELECTs that may find nothing; `reads` may not write. Does nothing on SQLite,
/// whose round trip is a call.
void ahead(Transaction& tx, const std::function<void(Transaction&)>& reads);

}  // namespace haat::storage
