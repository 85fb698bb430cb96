/// @file A read-mostly hash table from 64-bit keys to 32-bit values: one cache miss a lookup.
#pragma once

#include <cstdint>
#include <vector>

namespace haat::language {

/// Keys are hashes other than 0; grows by doubling at a load of five eighths.
class FlatMap {
 public:
    /// The value's place, made with `missing` if there was none.
    std::uint32_t& slot(std::uint64_t key, std::uint32_t missing) {
        if (keys_.size() < 16 || (count_ + 1) * 8 > keys_.size() * 5) grow();
        const std::size_t at = place(key);
        if (keys_[at] == 0) {
            keys_[at] = key;
            values_[at] = missing;
            ++count_;
        }
        return values_[at];
    }

    [[nodiscard]] std::uint32_t find(std::uint64_t key, std::uint32_t missing) const {
        if (keys_.empty()) return missing;
        const std::size_t at = place(key);
        return keys_[at] == 0 ? missing : values_[at];
    }

    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] std::size_t memory_bytes() const { return keys_.size() * 12; }

 private:
    [[nodiscard]] std::size_t place(std::uint64_t key) const {
        const std::size_t mask = keys_.size() - 1;
        std::size_t at = (key * 0x9E3779B97F4A7C15ULL >> 20U) & mask;
        while (keys_[at] != 0 && keys_[at] != key) at = (at + 1) & mask;
        return at;
    }

    void grow() {
        std::vector<std::uint64_t> keys(keys_.empty() ? 16 : keys_.size() * 2);
        std::vector<std::uint32_t> values(keys.size());
        keys.swap(keys_);
        values.swap(values_);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (keys[i] == 0) continue;
            const std::size_t at = place(keys[i]);
            keys_[at] = keys[i];
            values_[at] = values[i];
        }
    }

    std::vector<std::uint64_t> keys_;
    std::vector<std::uint32_t> values_;
    std::size_t count_ = 0;
};

}  // namespace haat::language
