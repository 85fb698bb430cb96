#include "flows/fetch_media.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "allowed.hpp"
#include "announce.hpp"
#include "base/log.hpp"
#include "flows/sync_provider.hpp"
#include "messaging/tickets.hpp"
#include "net/client.hpp"
#include "net/hmac.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

using messaging::MediaKind;
using messaging::MediaState;

constexpr int kOk = 200;
constexpr int kNotFound = 404;
constexpr std::int64_t kTriesMost = 8;

/// What became of one attempt; none: the provider did not answer, so it is tried again.
struct Fetched {
    MediaState state = MediaState::kGone;
    MediaKind kind = MediaKind::kNone;
    std::string bytes;
};

/// "https://host/path?query" in two parts; none if it is not HTTP.
std::optional<std::pair<std::string, std::string>> split(const std::string& url) {
    const std::size_t host = url.find("://");
    const std::size_t path = host == std::string::npos ? host : url.find('/', host + 3);
    if (path == std::string::npos || !url.starts_with("http")) {
        return std::nullopt;
    }
    return std::pair(url.substr(0, path), url.substr(path));
}

std::optional<Fetched> fetch(const ProviderAccount& provider, const std::string& media_id) {
    const std::vector<net::Header> bearer{{"Authorization", "Bearer " + provider.access_token}};
    const net::ClientResult told = provider.client.get_blocking("/" + media_id, bearer);
    if (told.outcome != net::Outcome::kAnswered) {
        return std::nullopt;
    }
    if (told.status != kOk) {
        return told.status / 100 == 4 ? std::optional(Fetched{}) : std::nullopt;
    }
    const auto address = split(messaging::media_url_of(told.body));
    if (!address) {
        return Fetched{};
    }
    net::ClientOptions options;
    options.base_url = address->first;
    options.connections = 1;
    options.max_response_bytes = messaging::kMediaBytesMost + 1;
    net::Client client(std::move(options));
    net::ClientResult file = client.get_blocking(address->second, bearer);
    if (file.outcome != net::Outcome::kAnswered || file.status / 100 == 5) {
        return std::nullopt;
    }
    if (file.status != kOk) {
        // An address holds for five minutes; a fresh one may do.
        return file.status == kNotFound ? std::nullopt : std::optional(Fetched{});
    }
    const MediaKind kind = file.body.size() > messaging::kMediaBytesMost
                               ? MediaKind::kNone
                               : messaging::sniff_media(file.body);
    if (kind == MediaKind::kNone) {
        return Fetched{.state = MediaState::kRefused};
    }
    return Fetched{MediaState::kKept, kind, std::move(file.body)};
}

std::filesystem::path path_of(const std::string& directory, MediaKind kind,
                              const std::string& sha256) {
    return std::filesystem::path(directory) / "media" / sha256.substr(0, 2) /
           (sha256 + (kind == MediaKind::kAudio ? ".ogg" : ".jpg"));
}

/// Whole or not at all: written beside and renamed.
void keep_file(const std::filesystem::path& path, const std::string& bytes) {
    std::filesystem::create_directories(path.parent_path());
    const std::filesystem::path beside = path.string() + ".new";
    {
        std::ofstream out(beside, std::ios::binary | std::ios::trunc);
        out.exceptions(std::ios::badbit | std::ios::failbit);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
    std::filesystem::permissions(
        beside, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::rename(beside, path);
}

void settle(MessagingContext& context, const messaging::WantedMedia& wanted,
            const std::optional<Fetched>& fetched, const std::string& directory) {
    const UnixSeconds now = context.flows.clock.now();
    std::string sha256;
    if (fetched && fetched->state == MediaState::kKept) {
        sha256 = net::hex(net::sha256(fetched->bytes));
        keep_file(path_of(directory, fetched->kind, sha256), fetched->bytes);
    }
    context.flows.database.write([&](storage::Transaction& tx) {
        if (!fetched && wanted.tries < kTriesMost) {
            // 10 seconds, 20, 40, … 21 minutes
            const std::int64_t pause = std::int64_t{10} << wanted.tries;
            messaging::put_off_media(tx, wanted.inbound_id, {now.value + pause});
            return;
        }
        const Fetched done = fetched.value_or(Fetched{});
        messaging::settle_media(tx, wanted.inbound_id, done.state, done.kind, sha256,
                                static_cast<std::int64_t>(done.bytes.size()));
        announce(tx, context.flows, "message", wanted.inbound_id.value, "updated", now);
    });
}

/// She, or a stranger whose ticket the viewer may see.
bool may_see(storage::Transaction& tx, const Viewer& viewer, const messaging::Media& media) {
    if (!registry::people_on_address(tx, viewer, media.address_id).empty()) {
        return true;
    }
    for (const messaging::Ticket& ticket : messaging::open_tickets_on(tx, media.address_id)) {
        if (messaging::find_ticket(tx, viewer, ticket.inbound_id)) {
            return true;
        }
    }
    return viewer.role == Role::kStateOfficer &&
           registry::people_on_address(tx, system_viewer(), media.address_id).empty();
}

}  // namespace

int fetch_media(MessagingContext& context, const std::string& directory, int limit) {
    if (context.provider == nullptr || directory.empty()) {
        return 0;
    }
    const UnixSeconds now = context.flows.clock.now();
    const auto wanted = context.flows.database.read(
        [&](storage::Transaction& tx) { return messaging::wanted_media(tx, now, limit); });
    for (const messaging::WantedMedia& one : wanted) {
        settle(context, one,
               one.media_id.empty() ? std::optional(Fetched{})
                                    : fetch(*context.provider, one.media_id),
               directory);
    }
    return static_cast<int>(wanted.size());
}

Result<MediaFile> read_media(FlowContext& context, const Viewer& viewer, InboundId inbound_id,
                             const std::string& directory) {
    HAAT_TRY(allow(viewer, access::Action::kAnswerInbox));
    const auto media = context.database.read([&](storage::Transaction& tx) {
        auto found = messaging::find_media(tx, inbound_id);
        return found && may_see(tx, viewer, *found) ? found : std::nullopt;
    });
    if (!media || media->state != MediaState::kKept) {
        return refuse(ErrorKind::kNotFound, "flows.no_media");
    }
    std::ifstream in(path_of(directory, media->kind, media->sha256), std::ios::binary);
    if (!in) {
        return refuse(ErrorKind::kNotFound, "flows.no_media");
    }
    return MediaFile{media->kind, std::string(std::istreambuf_iterator<char>(in), {})};
}

}  // namespace haat::flows
