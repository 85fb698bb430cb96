#include "phone_table.hpp"

#include <bit>
#include <utility>

namespace haat::registry {
namespace {

constexpr std::size_t kFirstSlots = 1024;
constexpr std::size_t kMostDigits = 15;

/// The digits of a phone as a number; 0 for any other text.
std::uint64_t number_of(std::string_view phone) {
    if (phone.size() < 2 || phone.size() > kMostDigits + 1 || phone.front() != '+') {
        return 0;
    }
    std::uint64_t number = 0;
    for (const char c : phone.substr(1)) {
        if (c < '0' || c > '9') {
            return 0;
        }
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return number;
}

}  // namespace

/// Where the number is, or the free slot where it belongs.
std::size_t PhoneTable::slot_of(std::uint64_t number) const {
    const std::size_t mask = numbers_.size() - 1;
    // Fibonacci hashing: neighbouring numbers must not fill neighbouring slots.
    const int shift = 64 - std::countr_zero(numbers_.size());
    std::size_t slot = static_cast<std::size_t>((number * 0x9E37'79B9'7F4A'7C15U) >> shift);
    while (numbers_[slot] != 0 && numbers_[slot] != number) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

std::uint32_t PhoneTable::find(std::string_view phone) const {
    const std::uint64_t number = number_of(phone);
    if (number == 0 || numbers_.empty()) {
        return 0;
    }
    const std::size_t slot = slot_of(number);
    return numbers_[slot] == 0 ? 0 : contacts_[slot];
}

void PhoneTable::put(std::string_view phone, std::uint32_t contact_id) {
    const std::uint64_t number = number_of(phone);
    if (number == 0) {
        return;
    }
    if ((used_ + 1) * 3 > numbers_.size() * 2) {
        grow();
    }
    const std::size_t slot = slot_of(number);
    used_ += numbers_[slot] == 0 ? 1 : 0;
    numbers_[slot] = number;
    contacts_[slot] = contact_id;
}

void PhoneTable::grow() {
    const std::size_t slots = numbers_.empty() ? kFirstSlots : numbers_.size() * 2;
    const std::vector<std::uint64_t> numbers =
        std::exchange(numbers_, std::vector<std::uint64_t>(slots));
    const std::vector<std::uint32_t> contacts =
        std::exchange(contacts_, std::vector<std::uint32_t>(slots));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (numbers[i] != 0) {
            const std::size_t slot = slot_of(numbers[i]);
            numbers_[slot] = numbers[i];
            contacts_[slot] = contacts[i];
        }
    }
}

void PhoneTable::clear() {
    numbers_ = {};
    contacts_ = {};
    used_ = 0;
}

}  // namespace haat::registry
