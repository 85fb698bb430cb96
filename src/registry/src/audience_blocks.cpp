#include "audience_blocks.hpp"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "base/assert.hpp"

namespace haat::registry {
namespace {

constexpr std::size_t kWords = 1024;
constexpr std::uint32_t kLastValue = 0xFFFF;
constexpr std::uint64_t kAllBits = ~std::uint64_t{0};
constexpr std::size_t kWordsPerLine = 8;  ///< Of the cache.
/// The index is larger than the cache and containers lie anywhere: what is read next is asked for
/// so far ahead.
constexpr std::size_t kWordsAhead = 16 * kWordsPerLine;

std::int64_t count_plainly(const std::uint64_t* a, const std::uint64_t* b) {
    std::int64_t count = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
        count += std::popcount(a[i] & b[i]);
    }
    return count;
}

#if defined(__x86_64__)
/// The same by the instruction that all but the oldest of these machines have.
__attribute__((target("popcnt"))) std::int64_t count_by_popcnt(const std::uint64_t* a,
                                                               const std::uint64_t* b) {
    std::int64_t count = 0;
    for (std::size_t line = 0; line < kWords; line += kWordsPerLine) {
        __builtin_prefetch(b + line + kWordsAhead);
        for (std::size_t i = line; i < line + kWordsPerLine; ++i) {
            count += __builtin_popcountll(a[i] & b[i]);
        }
    }
    return count;
}
#endif

/// Bits set in both.
std::int64_t count_bits(const std::uint64_t* a, const std::uint64_t* b) {
#if defined(__x86_64__)
    static const bool has_popcnt = __builtin_cpu_supports("popcnt") != 0;
    if (has_popcnt) {
        return count_by_popcnt(a, b);
    }
#endif
    return count_plainly(a, b);
}

bool has(const std::uint64_t* bits, std::uint32_t value) {
    return (bits[value >> 6U] >> (value & 63U) & 1U) != 0;
}

std::uint64_t bit_of(std::uint32_t value) { return std::uint64_t{1} << (value & 63U); }

/// Calls `call(word, mask)` for the words that hold first..last.
template <typename Call>
void each_word(OrdinalRun run, Call&& call) {
    const std::uint32_t from = run.first >> 6U;
    const std::uint32_t to = run.last >> 6U;
    const std::uint64_t head = kAllBits << (run.first & 63U);
    const std::uint64_t tail = kAllBits >> (63U - (run.last & 63U));
    if (from == to) {
        call(from, head & tail);
        return;
    }
    call(from, head);
    for (std::uint32_t word = from + 1; word < to; ++word) {
        call(word, kAllBits);
    }
    call(to, tail);
}

void set_run(std::uint64_t* bits, OrdinalRun run) {
    each_word(run, [&](std::uint32_t word, std::uint64_t mask) { bits[word] |= mask; });
}

void clear_run(std::uint64_t* bits, OrdinalRun run) {
    each_word(run, [&](std::uint32_t word, std::uint64_t mask) { bits[word] &= ~mask; });
}

}  // namespace

BlockPool::Handle BlockPool::take() {
    if (idle_.empty()) {
        return {new Block, GiveBack{this}};
    }
    Handle block(idle_.back().release(), GiveBack{this});
    idle_.pop_back();
    return block;
}

Piece::Piece(BlockPool& pool, const void* container, std::uint8_t type)
    : pool_(&pool), kind_(Kind::kNobody) {
    if (type == BITSET_CONTAINER_TYPE_CODE) {
        const auto* bitset = static_cast<const ::bitset_container_t*>(container);
        kind_ = Kind::kBits;
        bits_ = bitset->array;
        known_count_ = bitset->cardinality;
    } else if (type == ARRAY_CONTAINER_TYPE_CODE) {
        kind_ = Kind::kArray;
        container_ = container;
    } else {
        HAAT_ASSERT(type == RUN_CONTAINER_TYPE_CODE);  // the index shares no containers
        const auto* runs = static_cast<const ::run_container_t*>(container);
        const bool whole = runs->n_runs == 1 && runs->runs[0].length == kLastValue;
        kind_ = whole ? Kind::kEverybody : Kind::kRuns;
        container_ = container;
    }
}

template <typename Each>
void Piece::each_value(Each&& call) const {
    const auto* array = static_cast<const ::array_container_t*>(container_);
    for (std::int32_t i = 0; i < array->cardinality; ++i) {
        call(std::uint32_t{array->array[i]});
    }
}

template <typename Each>
void Piece::each_run(Each&& call) const {
    const auto* runs = static_cast<const ::run_container_t*>(container_);
    for (std::int32_t i = 0; i < runs->n_runs; ++i) {
        const std::uint32_t first = runs->runs[i].value;
        call(OrdinalRun{first, first + runs->runs[i].length});
    }
}

void Piece::become(Kind kind) {
    kind_ = kind;
    own_.reset();
}

std::uint64_t* Piece::own_bits() {
    if (own_) {
        return own_->words.data();
    }
    own_ = pool_->take();
    std::uint64_t* bits = own_->words.data();
    if (kind_ == Kind::kBits) {
        std::copy_n(bits_, kWords, bits);
    } else {
        std::fill_n(bits, kWords, kind_ == Kind::kEverybody ? kAllBits : 0);
    }
    if (kind_ == Kind::kArray) {
        each_value([&](std::uint32_t value) { bits[value >> 6U] |= bit_of(value); });
    } else if (kind_ == Kind::kRuns) {
        each_run([&](OrdinalRun run) { set_run(bits, run); });
    }
    kind_ = Kind::kBits;
    bits_ = bits;
    known_count_ = -1;
    return bits;
}

template <typename Operation>
void Piece::combine(const Piece& other, Operation operation) {
    if (kind_ != Kind::kBits) {
        own_bits();
    }
    if (!own_) {
        own_ = pool_->take();
    }
    std::uint64_t* out = own_->words.data();
    for (std::size_t line = 0; line < kWords; line += kWordsPerLine) {
        __builtin_prefetch(bits_ + line + kWordsAhead);
        __builtin_prefetch(other.bits_ + line + kWordsAhead);
        for (std::size_t i = line; i < line + kWordsPerLine; ++i) {
            out[i] = operation(bits_[i], other.bits_[i]);
        }
    }
    bits_ = out;
    known_count_ = -1;
    settle();
}

void Piece::settle() {
    const std::uint64_t* end = bits_ + kWords;
    const std::uint64_t first = *bits_;
    if ((first == 0 || first == kAllBits) &&
        std::all_of(bits_, end, [&](std::uint64_t word) { return word == first; })) {
        become(first == 0 ? Kind::kNobody : Kind::kEverybody);
    }
}

void Piece::keep(Piece other) {
    if (is_nobody() || other.is_everybody()) {
        return;
    }
    if (other.is_nobody() || is_everybody() || (!own_ && other.own_)) {
        std::swap(*this, other);  // either way round it is the same
    }
    if (is_nobody() || other.is_everybody()) {
        return;
    }
    if (other.kind_ == Kind::kBits) {
        combine(other, [](std::uint64_t mine, std::uint64_t theirs) { return mine & theirs; });
        return;
    }
    std::uint64_t* bits = own_bits();
    if (other.kind_ == Kind::kRuns) {
        std::uint32_t from = 0;
        other.each_run([&](OrdinalRun run) {
            if (run.first > from) {
                clear_run(bits, {from, run.first - 1});
            }
            from = run.last + 1;
        });
        if (from <= kLastValue) {
            clear_run(bits, {from, kLastValue});
        }
    } else {
        std::array<std::uint16_t, kWords * 4> both;  // an array container holds no more
        std::size_t count = 0;
        other.each_value([&](std::uint32_t value) {
            both[count] = static_cast<std::uint16_t>(value);
            count += has(bits, value) ? 1 : 0;
        });
        std::fill_n(bits, kWords, 0);
        for (std::size_t i = 0; i < count; ++i) {
            bits[both[i] >> 6U] |= bit_of(both[i]);
        }
    }
    settle();
}

void Piece::join(Piece other) {
    if (is_everybody() || other.is_nobody()) {
        return;
    }
    if (other.is_everybody() || is_nobody() || (!own_ && other.own_)) {
        std::swap(*this, other);
    }
    if (is_everybody() || other.is_nobody()) {
        return;
    }
    if (other.kind_ == Kind::kBits) {
        combine(other, [](std::uint64_t mine, std::uint64_t theirs) { return mine | theirs; });
        return;
    }
    std::uint64_t* bits = own_bits();
    if (other.kind_ == Kind::kRuns) {
        other.each_run([&](OrdinalRun run) { set_run(bits, run); });
    } else {
        other.each_value([&](std::uint32_t value) { bits[value >> 6U] |= bit_of(value); });
    }
    settle();
}

void Piece::drop(Piece other) {
    if (is_nobody() || other.is_nobody()) {
        return;
    }
    if (other.is_everybody()) {
        become(Kind::kNobody);
        return;
    }
    if (other.kind_ == Kind::kBits) {
        combine(other, [](std::uint64_t mine, std::uint64_t theirs) { return mine & ~theirs; });
        return;
    }
    std::uint64_t* bits = own_bits();
    if (other.kind_ == Kind::kRuns) {
        other.each_run([&](OrdinalRun run) { clear_run(bits, run); });
    } else {
        other.each_value([&](std::uint32_t value) { bits[value >> 6U] &= ~bit_of(value); });
    }
    settle();
}

void Piece::flip() {
    if (is_nobody() || is_everybody()) {
        become(is_nobody() ? Kind::kEverybody : Kind::kNobody);
        return;
    }
    std::uint64_t* bits = own_bits();
    for (std::size_t i = 0; i < kWords; ++i) {
        bits[i] = ~bits[i];
    }
}

std::int64_t Piece::count() const {
    switch (kind_) {
        case Kind::kNobody:
            return 0;
        case Kind::kEverybody:
            return kLastValue + 1;
        case Kind::kBits:
            return known_count_ >= 0 ? known_count_ : count_bits(bits_, bits_);
        case Kind::kArray:
            return static_cast<const ::array_container_t*>(container_)->cardinality;
        case Kind::kRuns:
            break;
    }
    std::int64_t count = 0;
    each_run([&](OrdinalRun run) { count += run.last - run.first + 1; });
    return count;
}

std::int64_t Piece::count_common(const Piece& other) {
    if (is_nobody() || other.is_everybody()) {
        return count();
    }
    if (other.is_nobody() || is_everybody()) {
        return other.count();
    }
    const std::uint64_t* bits = kind_ == Kind::kBits ? bits_ : own_bits();
    std::int64_t count = 0;
    if (other.kind_ == Kind::kBits) {
        count = count_bits(bits, other.bits_);
    } else if (other.kind_ == Kind::kArray) {
        other.each_value([&](std::uint32_t value) { count += has(bits, value) ? 1 : 0; });
    } else {
        other.each_run([&](OrdinalRun run) {
            each_word(run, [&](std::uint32_t word, std::uint64_t mask) {
                count += std::popcount(bits[word] & mask);
            });
        });
    }
    return count;
}

std::uint32_t* Piece::write(std::uint32_t first, std::uint32_t* out) const {
    const auto write_run = [&](OrdinalRun run) {
        std::iota(out, out + (run.last - run.first + 1), first + run.first);
        out += run.last - run.first + 1;
    };
    if (is_everybody()) {
        write_run({0, kLastValue});
    } else if (kind_ == Kind::kArray) {
        each_value([&](std::uint32_t value) { *out++ = first + value; });
    } else if (kind_ == Kind::kRuns) {
        each_run(write_run);
    } else if (kind_ == Kind::kBits) {
        for (std::uint32_t i = 0; i < kWords; ++i) {
            for (std::uint64_t word = bits_[i]; word != 0; word &= word - 1) {
                *out++ = first + 64 * i + static_cast<std::uint32_t>(std::countr_zero(word));
            }
        }
    }
    return out;
}

void Piece::append_to(Bitmap& bitmap, std::uint16_t block) const {
    const std::int64_t people = count();
    const std::uint32_t first = std::uint32_t{block} << 16U;
    constexpr std::int64_t kMostInArray = 4'096;
    if (kind_ == Kind::kBits && people > kMostInArray) {
        ::bitset_container_t* bits = ::bitset_container_create();
        std::copy_n(bits_, kWords, bits->array);
        bits->cardinality = static_cast<std::int32_t>(people);
        ::ra_append(&bitmap.roaring.high_low_container, block, bits, BITSET_CONTAINER_TYPE_CODE);
    } else if (is_everybody()) {
        add_run(bitmap, {first, first + kLastValue});
    } else if (!is_nobody()) {
        std::vector<std::uint32_t> ordinals(static_cast<std::size_t>(people));
        write(first, ordinals.data());
        bitmap.addMany(ordinals.size(), ordinals.data());
    }
}

Piece BlockCursor::find(std::uint16_t block, BlockPool& pool) {
    while (block_at(next_) < block) {
        ++next_;
    }
    next_block_ = block_at(next_);
    if (next_block_ != block) {
        return Piece::nobody(pool);
    }
    fetch_ahead();
    return {pool, containers_->containers[next_], containers_->typecodes[next_]};
}

void BlockCursor::fetch_ahead() const {
    if (next_ + 2 < containers_->size) {
        __builtin_prefetch(containers_->containers[next_ + 2]);
    }
    if (next_ + 1 < containers_->size) {
        const void* container = containers_->containers[next_ + 1];
        const std::uint8_t type = containers_->typecodes[next_ + 1];
        const void* data = type == BITSET_CONTAINER_TYPE_CODE
                               ? static_cast<const ::bitset_container_t*>(container)->array
                           : type == ARRAY_CONTAINER_TYPE_CODE
                               ? static_cast<const void*>(
                                     static_cast<const ::array_container_t*>(container)->array)
                               : static_cast<const ::run_container_t*>(container)->runs;
        for (std::size_t line = 0; line < kWordsAhead; line += kWordsPerLine) {
            __builtin_prefetch(static_cast<const std::uint64_t*>(data) + line);
        }
    }
}

}  // namespace haat::registry
