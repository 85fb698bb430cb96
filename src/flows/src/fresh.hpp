/// @file Whether a repeat-safe call made something now or gave back what was made before.
#pragma once

#include <cstdint>

#include "storage/transaction.hpp"

namespace haat::flows {

/// Ids rise within a process, and a process writes one transaction at a time. So what was made in
/// this transaction after the mark, and only that, has an id between the mark and the next new id.
class FreshMark {
 public:
    explicit FreshMark(storage::Transaction& tx) : mark_(tx.new_id()) {}

    template <typename StrongId>
    [[nodiscard]] bool made(storage::Transaction& tx, StrongId id) const {
        return mark_ < id.value && id.value < tx.new_id();
    }

 private:
    std::int64_t mark_;
};

}  // namespace haat::flows
