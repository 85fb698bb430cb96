#include "audience_contacts.hpp"

#include <algorithm>

#include "registry/audience_query.hpp"

namespace haat::registry {

Bitmap AudienceContacts::at_least(std::int64_t value, const Bitmap& among) const {
    if (value > kLargest) {
        return {};
    }
    // From the highest bit: `equal` agree with `value` so far, `above` exceed it.
    Bitmap equal = among;
    Bitmap above;
    for (int bit = kSlices - 1; bit >= 0; --bit) {
        const Bitmap& slice = slices_[static_cast<std::size_t>(bit)];
        if ((value >> bit & 1) != 0) {
            equal &= slice;
        } else {
            above |= equal & slice;
            equal -= slice;
        }
    }
    above |= equal;
    return above;
}

Bitmap AudienceContacts::since(std::int64_t first_day, const Bitmap& among) const {
    return at_least(std::max<std::int64_t>(first_day - base_, 1), among);
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
    }
    newest_ = std::max(newest_, day);
    if (day <= base_ || day <= newest_ - kMostContactedDays) {
        return;
    }
    put(day - base_, ordinals - since(day + 1, ordinals));
    for (Bitmap& slice : slices_) {
        slice.runOptimize();
    }
}

std::size_t AudienceContacts::memory_bytes() const {
    std::size_t bytes = 0;
    for (const Bitmap& slice : slices_) {
        bytes += bytes_of(slice);
    }
    return bytes;
}

}  // namespace haat::registry
