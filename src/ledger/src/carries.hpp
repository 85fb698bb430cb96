/// @file The carries that one share-out reads and moves: loaded once, written together at the end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "storage/transaction.hpp"

namespace haat::ledger {

class Carries {
 public:
    /// What rounding owes in that split of `count` parts; zeros at first. The caller may change it.
    /// The end of the chain must be held (lock_head), or two share-outs could read the same.
    [[nodiscard]] std::vector<std::int64_t>& of(storage::Transaction& tx, const std::string& key,
                                                std::size_t count);
    void save(storage::Transaction& tx) const;

 private:
    std::map<std::string, std::vector<std::int64_t>> open_;
};

}  // namespace haat::ledger
