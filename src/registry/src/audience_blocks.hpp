/// @file Set algebra over 65,536 ordinals at a time: the reach of one roaring container, 8 KB of
/// bits, so that what one step leaves is in the nearest cache for the next. CRoaring's own
/// operations make a whole bitmap of the state at each step, which takes several times as long.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "audience_bitmaps.hpp"

namespace haat::registry {

struct alignas(64) Block {
    std::array<std::uint64_t, 1024> words;
};

/// Blocks are used again: an expression needs as many at once as it is deep. One thread.
class BlockPool {
 public:
    struct GiveBack {
        BlockPool* pool = nullptr;
        void operator()(Block* block) const { pool->idle_.emplace_back(block); }
    };
    using Handle = std::unique_ptr<Block, GiveBack>;

    /// With whatever bits it had.
    [[nodiscard]] Handle take();

 private:
    std::vector<std::unique_ptr<Block>> idle_;
};

/// A set of ordinals within one block: nobody, everybody, a container of the index as it lies, or
/// bits of its own. Operations change it and may take the other's bits.
class Piece {
 public:
    [[nodiscard]] static Piece nobody(BlockPool& pool) { return {pool, Kind::kNobody}; }
    [[nodiscard]] static Piece everybody(BlockPool& pool) { return {pool, Kind::kEverybody}; }
    /// Borrows a container of roaring, by its type.
    Piece(BlockPool& pool, const void* container, std::uint8_t type);

    [[nodiscard]] bool is_nobody() const { return kind_ == Kind::kNobody; }
    [[nodiscard]] bool is_everybody() const { return kind_ == Kind::kEverybody; }

    /// Only those in both.
    void keep(Piece other);
    /// Those in one at least.
    void join(Piece other);
    /// Not those in the other.
    void drop(Piece other);
    void flip();

    [[nodiscard]] std::int64_t count() const;
    /// How many people count_common looks at one by one.
    [[nodiscard]] std::int64_t cost_to_count() const { return kind_ == Kind::kArray ? count() : 0; }
    /// Those in both; may turn this one into bits, which holds the same.
    [[nodiscard]] std::int64_t count_common(const Piece& other);
    /// Writes them, ascending, each plus `first`; returns the end of what was written.
    std::uint32_t* write(std::uint32_t first, std::uint32_t* out) const;
    /// Adds them to a bitmap that has nobody in this block or above.
    void append_to(Bitmap& bitmap, std::uint16_t block) const;

 private:
    enum class Kind : std::uint8_t { kNobody, kEverybody, kBits, kArray, kRuns };
    Piece(BlockPool& pool, Kind kind) : pool_(&pool), kind_(kind) {}

    void become(Kind kind);
    /// Its own bits, made from what it is.
    std::uint64_t* own_bits();
    /// Its bits joined with the other's, word by word.
    template <typename Operation>
    void combine(const Piece& other, Operation operation);
    /// Nobody or everybody, if its bits came to that.
    void settle();
    template <typename Each>
    void each_value(Each&& call) const;
    template <typename Each>
    void each_run(Each&& call) const;

    BlockPool* pool_;
    Kind kind_;
    std::int32_t known_count_ = -1;        ///< Of a borrowed container.
    const std::uint64_t* bits_ = nullptr;  ///< Borrowed or its own.
    const void* container_ = nullptr;      ///< Array or runs.
    BlockPool::Handle own_;
};

/// Walks a bitmap from block to block, upwards.
class BlockCursor {
 public:
    explicit BlockCursor(const Bitmap& bitmap)
        : containers_(&bitmap.roaring.high_low_container), next_block_(block_at(0)) {}

    /// Surely nobody is there.
    [[nodiscard]] bool skips(std::uint16_t block) const { return block < next_block_; }
    [[nodiscard]] Piece at(std::uint16_t block, BlockPool& pool) {
        return skips(block) ? Piece::nobody(pool) : find(block, pool);
    }

 private:
    static constexpr std::uint32_t kNoBlock = 1U << 16U;
    [[nodiscard]] std::uint32_t block_at(std::int32_t index) const {
        return index < containers_->size ? containers_->keys[index] : kNoBlock;
    }
    [[nodiscard]] Piece find(std::uint16_t block, BlockPool& pool);
    void fetch_ahead() const;

    const ::roaring_array_t* containers_;
    std::int32_t next_ = 0;
    std::uint32_t next_block_;  ///< Nobody is in the blocks before.
};

}  // namespace haat::registry
