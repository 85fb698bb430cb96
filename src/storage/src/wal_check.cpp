/// The format is of https://sqlite.org/walformat.html.
#include "wal_check.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <span>
#include <vector>

#include "storage/failure.hpp"

namespace haat::storage {
namespace {

constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::uint32_t kMagic = 0x377f0682;  // its last bit: checksums are over big-endian words

using Sum = std::array<std::uint32_t, 2>;

std::uint32_t word(const char* bytes, bool big_endian) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return big_endian == (std::endian::native == std::endian::big) ? value
                                                                   : __builtin_bswap32(value);
}

Sum add(Sum sum, std::span<const char> bytes, bool big_endian) {
    for (std::size_t i = 0; i + 8 <= bytes.size(); i += 8) {
        sum[0] += word(&bytes[i], big_endian) + sum[1];
        sum[1] += word(&bytes[i + 4], big_endian) + sum[0];
    }
    return sum;
}

class Wal {
 public:
    explicit Wal(const std::string& path) : in_(path, std::ios::binary) {
        std::array<char, kHeaderBytes> header{};
        if (!in_.read(header.data(), header.size())) {
            return;
        }
        const std::uint32_t magic = word(header.data(), true);
        const Sum stored{word(&header[24], true), word(&header[28], true)};
        big_endian_ = (magic & 1U) != 0;
        const std::uint32_t page_bytes = word(&header[8], true);
        sum_ = add({}, std::span(header).first(24), big_endian_);
        // A header that was never written whole had no confirmed commit behind it.
        usable_ =
            (magic & ~1U) == kMagic && sum_ == stored && page_bytes >= 512 && page_bytes <= 65536;
        std::memcpy(salts_.data(), &header[16], salts_.size());
        frame_.resize(usable_ ? kFrameHeaderBytes + page_bytes : 0);
    }

    [[nodiscard]] bool usable() const { return usable_; }
    /// False at the end of the log and at frames left from before it was last begun anew.
    bool next() {
        return static_cast<bool>(
                   in_.read(frame_.data(), static_cast<std::streamsize>(frame_.size()))) &&
               std::memcmp(&frame_[8], salts_.data(), salts_.size()) == 0;
    }
    [[nodiscard]] bool is_commit() const { return word(&frame_[4], true) != 0; }
    [[nodiscard]] Sum stored() const { return {word(&frame_[16], true), word(&frame_[20], true)}; }
    [[nodiscard]] Sum computed(const Sum& before) const {
        const Sum sum = add(before, std::span(frame_).first(8), big_endian_);
        return add(sum, std::span(frame_).subspan(kFrameHeaderBytes), big_endian_);
    }
    [[nodiscard]] Sum first() const { return sum_; }

 private:
    std::ifstream in_;
    bool usable_ = false;
    bool big_endian_ = false;
    Sum sum_{};
    std::array<char, 8> salts_{};
    std::vector<char> frame_;
};

}  // namespace

void require_whole_wal(const std::string& wal_path) {
    Wal wal(wal_path);
    if (!wal.usable()) {
        return;
    }
    Sum sum = wal.first();
    bool more = wal.next();
    while (more && wal.computed(sum) == wal.stored()) {
        sum = wal.stored();
        more = wal.next();
    }
    if (!more) {
        return;
    }
    // The chain goes on from what was stored, or, if that was hit, from what it should have been.
    int commits = wal.is_commit() ? 1 : 0;
    std::array<Sum, 2> chains{wal.stored(), wal.computed(sum)};
    while (wal.next()) {
        const bool first = wal.computed(chains[0]) == wal.stored();
        if (!first && wal.computed(chains[1]) != wal.stored()) {
            break;
        }
        chains = {wal.stored(), wal.stored()};
        commits += wal.is_commit() ? 1 : 0;
    }
    if (commits >= 2) {
        throw Corrupt(wal_path +
                      " is damaged: confirmed commits lie behind the damage. Keep the "
                      "files as they are and restore a backup");
    }
}

}  // namespace haat::storage
