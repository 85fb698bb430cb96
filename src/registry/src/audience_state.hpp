/// @file What the audience index holds. audience_evaluate.cpp answers from it; audience.cpp keeps
/// it right.
#pragma once

#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "audience_contacts.hpp"
#include "audience_groups.hpp"
#include "audience_part.hpp"
#include "audience_places.hpp"
#include "registry/audience.hpp"

namespace haat::registry {

/// Everything but locks, so that a build makes another one and swaps.
struct AudienceData {
    AudiencePlaces places;
    AudienceGroups groups;
    AudienceColumns columns;
    std::map<std::string, Bitmap, std::less<>> tags;
    PlaceId whole_state;  ///< Naming it narrows nothing.
    std::int64_t freshness = 0;
    std::int64_t places_read = 0;  ///< Where the counter of place changes stood.
    bool knows_all_places = true;  ///< False once somebody lives in a place made since.

    void read_places(storage::Transaction& tx);
    void read_groups(storage::Transaction& tx);
    void read_tags(storage::Transaction& tx);
    /// Takes in people who were not there, or not any more (subtracted before).
    void add(const AudiencePart& part);
    void subtract(const Bitmap& ordinals);
    [[nodiscard]] std::size_t memory_bytes() const;
};

struct AudienceIndex::State {
    mutable std::shared_mutex mutex;  ///< Guards what follows.
    AudienceData data;
    AudienceContacts contacts;
    std::mutex updating;  ///< Held by the one who catches up or builds; taken before `mutex`.

    void build(storage::Transaction& tx);
    [[nodiscard]] std::int64_t places_read() const {
        const std::shared_lock lock(mutex);
        return data.places_read;
    }
};

}  // namespace haat::registry
