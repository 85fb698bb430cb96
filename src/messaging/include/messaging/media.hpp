/// @file Voice notes and pictures that she sent. The provider keeps them for seven days; haat
/// fetches each once and keeps it on disk under its hash. Only what is by its bytes an Opus voice
/// note in Ogg or a JPEG picture is kept.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

enum class MediaKind : std::uint8_t { kNone, kAudio, kImage };
[[nodiscard]] std::string_view media_kind_name(MediaKind kind);  ///< "", "audio", "image".

/// Larger ones are refused.
inline constexpr std::size_t kMediaBytesMost = 5U << 20U;

/// By the first bytes, whatever it was called. O(1).
[[nodiscard]] MediaKind sniff_media(std::string_view bytes);

/// The provider's id of the file in a message as it came (Graph webhook); empty if there is none.
[[nodiscard]] std::string media_id_of(std::string_view raw_message);
/// Where the provider says that the bytes are (`url` of GET /{media-id}); empty if it does not.
[[nodiscard]] std::string media_url_of(std::string_view answer);

enum class MediaState : std::uint8_t {
    kWaiting,
    kKept,
    kGone,     ///< The provider has it no more, or never answered.
    kRefused,  ///< Too large, or neither voice note nor picture.
};
[[nodiscard]] std::string_view media_state_name(MediaState state);

/// The file of a message is to be fetched. Repeating changes nothing.
void want_media(storage::Transaction& tx, InboundId inbound_id, UnixSeconds now);

struct WantedMedia {
    InboundId inbound_id;
    std::string media_id;
    std::int64_t tries = 0;
};
[[nodiscard]] std::vector<WantedMedia> wanted_media(storage::Transaction& tx, UnixSeconds now,
                                                    int limit);
/// What became of it; `sha256` in hexadecimal digits if it was kept.
void settle_media(storage::Transaction& tx, InboundId inbound_id, MediaState state, MediaKind kind,
                  std::string_view sha256, std::int64_t bytes);
void put_off_media(storage::Transaction& tx, InboundId inbound_id, UnixSeconds until);

struct Media {
    AddressId address_id;
    PersonId person_id;
    MediaState state = MediaState::kWaiting;
    MediaKind kind = MediaKind::kNone;
    std::string sha256;
};
[[nodiscard]] std::optional<Media> find_media(storage::Transaction& tx, InboundId inbound_id);

}  // namespace haat::messaging
