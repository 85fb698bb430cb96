#include "messaging/media.hpp"

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "json_in.hpp"
#include "sql/media.hpp"

namespace haat::messaging {
namespace {

constexpr std::array<std::string_view, 3> kKinds{"", "audio", "image"};
constexpr std::array<std::string_view, 4> kStates{"waiting", "kept", "gone", "refused"};

template <typename Enum, std::size_t Size>
Enum named(const std::array<std::string_view, Size>& names, std::string_view name) {
    const auto* const found = std::ranges::find(names, name);
    HAAT_ASSERT(found != names.end());
    return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view media_kind_name(MediaKind kind) {
    return kKinds.at(static_cast<std::size_t>(kind));
}

std::string_view media_state_name(MediaState state) {
    return kStates.at(static_cast<std::size_t>(state));
}

MediaKind sniff_media(std::string_view bytes) {
    // The first page of an Ogg stream has one segment or a few, then the head of its codec.
    constexpr std::size_t kFirstPage = 64;
    if (bytes.starts_with("OggS") &&
        bytes.substr(0, kFirstPage).find("OpusHead") != std::string_view::npos) {
        return MediaKind::kAudio;
    }
    return bytes.starts_with("\xFF\xD8\xFF") ? MediaKind::kImage : MediaKind::kNone;
}

std::string media_id_of(std::string_view raw_message) {
    const auto message = parse_object(raw_message);
    if (!message) {
        return {};
    }
    const std::string kind = text_in(*message, "type");
    std::string id = text_in(object_in(*message, kind), "id");
    const bool is_plain =
        std::ranges::all_of(id, [](char c) { return c >= '0' && c <= '9'; }) && id.size() <= 32;
    return is_plain ? id : std::string();
}

std::string media_url_of(std::string_view answer) {
    const auto object = parse_object(answer);
    return object ? text_in(*object, "url") : std::string();
}

void want_media(storage::Transaction& tx, InboundId inbound_id, UnixSeconds now) {
    sql::media_want(tx, {.inbound_id = inbound_id, .try_at = now});
}

std::vector<WantedMedia> wanted_media(storage::Transaction& tx, UnixSeconds now, int limit) {
    std::vector<WantedMedia> wanted;
    for (const auto& row : sql::media_waiting(tx, {.now_at = now, .row_limit = limit})) {
        wanted.push_back({row.inbound_id, media_id_of(row.raw), row.tries});
    }
    return wanted;
}

void settle_media(storage::Transaction& tx, InboundId inbound_id, MediaState state, MediaKind kind,
                  std::string_view sha256, std::int64_t bytes) {
    sql::media_settle(tx, {.state = media_state_name(state),
                           .kind = media_kind_name(kind),
                           .sha256 = sha256,
                           .bytes = bytes,
                           .inbound_id = inbound_id});
}

void put_off_media(storage::Transaction& tx, InboundId inbound_id, UnixSeconds until) {
    sql::media_put_off(tx, {.try_at = until, .inbound_id = inbound_id});
}

std::optional<Media> find_media(storage::Transaction& tx, InboundId inbound_id) {
    const auto row = sql::media_find(tx, {.inbound_id = inbound_id});
    if (!row) {
        return std::nullopt;
    }
    return Media{.address_id = row->address_id,
                 .person_id = row->person_id,
                 .state = named<MediaState>(kStates, row->state),
                 .kind = named<MediaKind>(kKinds, row->kind),
                 .sha256 = row->sha256};
}

}  // namespace haat::messaging
