/// @file Phones in memory while a register is loaded: from the number to the contact. 12 bytes a
/// slot, at most two thirds of them used; 15.6 million phones take about 400 MB.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace haat::registry {

class PhoneTable {
 public:
    /// The contact of "+919812345678"; 0 if there is none. One probe, mostly.
    [[nodiscard]] std::uint32_t find(std::string_view phone) const;

    /// Remembers a phone; a text that is no phone is left out. `contact_id` is 1..2^32 - 1, or 0 to
    /// forget it.
    void put(std::string_view phone, std::uint32_t contact_id);

    [[nodiscard]] std::size_t size() const { return used_; }
    void clear();

 private:
    [[nodiscard]] std::size_t slot_of(std::uint64_t number) const;
    void grow();

    std::vector<std::uint64_t> numbers_;  ///< 0 where a slot is free.
    std::vector<std::uint32_t> contacts_;
    std::size_t used_ = 0;
};

}  // namespace haat::registry
