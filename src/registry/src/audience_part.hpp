/// @file What the database says of the people within a range of ordinals, as bitmaps.
#pragma once

#include <array>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "audience_bitmaps.hpp"
#include "audience_places.hpp"
#include "base/ids.hpp"
#include "registry/channels.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

/// One bitmap for each value of what is known of people; of everybody, or of a range.
struct AudienceColumns {
    Bitmap all;
    std::unordered_map<std::int64_t, Bitmap> products;
    std::map<std::string, Bitmap, std::less<>> languages;
    std::array<Bitmap, 5> channels;  ///< By number of the channel; 0 is not used.
    std::array<Bitmap, 4> purposes;  ///< By bit of the purpose: consented and not suppressed.

    void subtract(const Bitmap& ordinals);
    void add(const AudienceColumns& other);
    void shrink_all();
    [[nodiscard]] std::size_t memory_bytes() const;

 private:
    template <typename Each>
    void each(Each&& call) {
        call(all);
        for (auto& [key, bitmap] : products) {
            call(bitmap);
        }
        for (auto& [key, bitmap] : languages) {
            call(bitmap);
        }
        for (Bitmap& bitmap : channels) {
            call(bitmap);
        }
        for (Bitmap& bitmap : purposes) {
            call(bitmap);
        }
    }
};

struct AudiencePart {
    AudienceColumns columns;
    std::vector<HomeRun> homes;
    std::vector<std::pair<std::uint32_t, GroupId>> groups;  ///< Only those who belong to one.
};

/// Reads people with ordinals first..last, in order of ordinals. About 1 µs a person.
[[nodiscard]] AudiencePart read_audience_part(storage::Transaction& tx, std::int64_t first,
                                              std::int64_t last);

}  // namespace haat::registry
