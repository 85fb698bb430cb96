/// @file Where people live: a bitmap for each place that people name, and for blocks and districts.
#pragma once

#include <map>
#include <unordered_map>
#include <vector>

#include "audience_bitmaps.hpp"
#include "base/ids.hpp"
#include "base/viewer.hpp"
#include "registry/places.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

/// People of one place whose ordinals follow one another.
struct HomeRun {
    OrdinalRun run;
    PlaceId place_id;
};

class AudiencePlaces {
 public:
    struct Node {
        PlaceId place_id;
        PlaceKind kind = PlaceKind::kVillage;
        PlaceRange numbers;
        std::uint32_t block = kNone;     ///< Index of its block, if it lies in one.
        std::uint32_t district = kNone;  ///< Index of its district.
        Bitmap people;                   ///< Of districts and blocks: all below; of others: own.
    };

    /// Reads the tree; nobody lives anywhere yet.
    void read(storage::Transaction& tx);
    /// Reads the tree again, after it got other numbers; people stay where they live.
    void read_again(storage::Transaction& tx);

    /// They live there. False if there is no such place (it is younger than the tree).
    [[nodiscard]] bool put(const HomeRun& home);
    /// They live nowhere any more.
    void remove(const Bitmap& ordinals);
    void shrink_all();

    /// Index of the place; kNone if there is none.
    [[nodiscard]] std::uint32_t index_of(PlaceId place_id) const;
    [[nodiscard]] const Node& node(std::uint32_t index) const { return nodes_[index]; }
    [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
    /// Bitmaps that together hold everybody in the range: whole districts and blocks where they lie
    /// in it, single places else.
    void add_range(PlaceRange numbers, std::vector<const Bitmap*>& into) const;
    /// Where she lives; kNone if nobody has that ordinal.
    [[nodiscard]] std::uint32_t home_of(std::uint32_t ordinal) const;

    [[nodiscard]] std::size_t memory_bytes() const;

 private:
    struct Run {
        std::uint32_t last = 0;
        std::uint32_t place = kNone;
    };
    [[nodiscard]] std::pair<std::size_t, std::size_t> range_of(PlaceRange numbers) const;
    void cut(OrdinalRun run);

    std::vector<Node> nodes_;  ///< By number: a subtree is a run of this vector.
    std::unordered_map<std::int64_t, std::uint32_t> index_;
    /// Who lives where, by first ordinal. People of a village mostly follow one another, so this is
    /// far smaller than a column; nothing assumes that they do.
    std::map<std::uint32_t, Run> homes_;
};

}  // namespace haat::registry
