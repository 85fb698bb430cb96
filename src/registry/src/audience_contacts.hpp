/// @file Who was last contacted on which India day, for the last 62 days: seven bit slices of the
/// day's number since a base. A bitmap for each day would take 155 MB when every day a tenth of the
/// state is written to, and 62 unions; this takes 18 MB and seven steps, whatever was sent.
#pragma once

#include <array>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "audience_bitmaps.hpp"

namespace haat::registry {

class AudienceContacts {
 public:
    /// They were contacted that day; days may come in any order.
    void mark(std::int64_t day, const Bitmap& ordinals);
    /// Those who were contacted on `first_day` or later. Kept for whoever asks the same again: one
    /// bitmap to read instead of seven. Any number of threads.
    [[nodiscard]] std::shared_ptr<const Bitmap> since(std::int64_t first_day) const;
    [[nodiscard]] std::size_t memory_bytes() const;

 private:
    /// Of `among`, or of everybody if that is null.
    [[nodiscard]] Bitmap at_least(std::int64_t value, const Bitmap* among) const;
    [[nodiscard]] std::int64_t value_of(std::int64_t first_day) const;
    void put(std::int64_t value, const Bitmap& ordinals);
    void rebase(std::int64_t newest);

    static constexpr int kSlices = 7;
    static constexpr std::int64_t kLargest = (1 << kSlices) - 1;
    std::int64_t base_ = 0;  ///< Day of value 0; value 0 itself means never.
    std::int64_t newest_ = 0;
    std::array<Bitmap, kSlices> slices_;  ///< Lowest bit first.

    /// What was asked for, by first day, last asked first.
    using Asked = std::list<std::pair<std::int64_t, std::shared_ptr<Bitmap>>>;
    mutable std::mutex asking_;
    mutable Asked asked_;
};

}  // namespace haat::registry
