#include "audience_contacts.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <vector>

#include "audience_blocks.hpp"
#include "registry/audience_query.hpp"

namespace haat::registry {

namespace {

constexpr std::size_t kMostAsked = 8;  ///< 3 MB each.
/// Below that, bitmaps are not looked through for what could be stored in less.
constexpr std::uint64_t kWorthShrinking = 100'000;

}  // namespace

/// From the lowest bit up: where the value has the bit, a person must have it and be right below;
/// where it has not, either will do.
Bitmap AudienceContacts::at_least(std::int64_t value, const Bitmap* among) const {
    Bitmap found;
    if (value > kLargest) {
        return found;
    }
    BlockPool pool;
    std::vector<BlockCursor> cursors;
    std::uint32_t last = 0;
    for (const Bitmap& slice : slices_) {
        cursors.emplace_back(slice);
        last = std::max(last, slice.isEmpty() ? 0 : slice.maximum());
    }
    std::optional<BlockCursor> within;
    if (among != nullptr) {
        within.emplace(*among);
        last = std::min(last, among->isEmpty() ? 0 : among->maximum());
    }
    const int lowest = std::countr_zero(static_cast<std::uint64_t>(value));
    for (std::uint32_t block = 0; block <= last >> 16U; ++block) {
        const auto key = static_cast<std::uint16_t>(block);
        Piece scope = within ? within->at(key, pool) : Piece::everybody(pool);
        if (scope.is_nobody()) {
            continue;
        }
        Piece people = Piece::everybody(pool);
        for (int bit = lowest; bit < kSlices; ++bit) {
            Piece slice = cursors[static_cast<std::size_t>(bit)].at(key, pool);
            (value >> bit & 1) != 0 ? people.keep(std::move(slice)) : people.join(std::move(slice));
        }
        people.keep(std::move(scope));
        people.append_to(found, key);
    }
    return found;
}

std::int64_t AudienceContacts::value_of(std::int64_t first_day) const {
    return std::max<std::int64_t>(first_day - base_, 1);
}

std::shared_ptr<const Bitmap> AudienceContacts::since(std::int64_t first_day) const {
    const std::lock_guard lock(asking_);
    const auto known = std::ranges::find(asked_, first_day, &Asked::value_type::first);
    if (known != asked_.end()) {
        asked_.splice(asked_.begin(), asked_, known);
    } else {
        asked_.emplace_front(first_day,
                             std::make_shared<Bitmap>(at_least(value_of(first_day), nullptr)));
        asked_.resize(std::min(asked_.size(), kMostAsked));
    }
    return asked_.front().second;
}

void AudienceContacts::put(std::int64_t value, const Bitmap& ordinals) {
    for (int bit = 0; bit < kSlices; ++bit) {
        Bitmap& slice = slices_[static_cast<std::size_t>(bit)];
        if ((value >> bit & 1) != 0) {
            slice |= ordinals;
        } else {
            slice -= ordinals;
        }
    }
}

/// Moves the base so that the newest day fits; what is older than 62 days is forgotten.
void AudienceContacts::rebase(std::int64_t newest) {
    const std::int64_t base = newest - kMostContactedDays;
    Bitmap all;
    for (const Bitmap& slice : slices_) {
        all |= slice;
    }
    std::array<Bitmap, kSlices> old;
    std::swap(old, slices_);
    for (std::int64_t value = std::max<std::int64_t>(base + 1 - base_, 1); value <= kLargest;
         ++value) {
        Bitmap day = all;
        for (int bit = 0; bit < kSlices; ++bit) {
            const Bitmap& slice = old[static_cast<std::size_t>(bit)];
            if ((value >> bit & 1) != 0) {
                day &= slice;
            } else {
                day -= slice;
            }
        }
        if (!day.isEmpty()) {
            put(base_ + value - base, day);
        }
    }
    base_ = base;
}

void AudienceContacts::mark(std::int64_t day, const Bitmap& ordinals) {
    if (newest_ == 0 || day - base_ > kLargest) {
        rebase(day);
        asked_.clear();
    }
    newest_ = std::max(newest_, day);
    if (day <= base_ || day <= newest_ - kMostContactedDays) {
        return;
    }
    put(day - base_, ordinals - at_least(value_of(day + 1), &ordinals));
    for (const auto& [first_day, people] : asked_) {
        if (first_day <= day) {
            *people |= ordinals;
        }
    }
    if (ordinals.cardinality() >= kWorthShrinking) {
        for (Bitmap& slice : slices_) {
            slice.runOptimize();
        }
    }
}

std::size_t AudienceContacts::memory_bytes() const {
    std::size_t bytes = 0;
    for (const Bitmap& slice : slices_) {
        bytes += bytes_of(slice);
    }
    const std::lock_guard lock(asking_);
    for (const auto& [first_day, people] : asked_) {
        bytes += bytes_of(*people);
    }
    return bytes;
}

}  // namespace haat::registry
