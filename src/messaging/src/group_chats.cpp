#include "messaging/group_chats.hpp"

#include <array>
#include <utility>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "sql/group_chats.hpp"

namespace haat::messaging {
namespace {

constexpr std::array<std::string_view, 5> kStates{"asked", "open", "refused", "suspended", "gone"};
constexpr std::size_t kTitleMax = 128;
constexpr std::string_view kPrefix = "group:";

GroupChatState state_from(std::string_view name) {
    for (std::size_t i = 0; i < kStates.size(); ++i) {
        if (kStates.at(i) == name) {
            return static_cast<GroupChatState>(i);
        }
    }
    HAAT_ASSERT(false);
    return GroupChatState::kGone;
}

GroupChat chat_of(const sql::GroupChatListRow& row) {
    return {.group_chat_id = {row.group_chat_id},
            .channel = static_cast<registry::Channel>(row.channel),
            .number = row.number,
            .address_id = row.address_id.value_or(AddressId{}),
            .place_id = row.place_id.value_or(PlaceId{}),
            .title = row.title,
            .state = state_from(row.state),
            .error_code = static_cast<int>(row.error_code),
            .invite_link = row.invite_link.value_or(""),
            .members = row.members,
            .said_at = row.said_at,
            .created_at = row.created_at};
}

std::vector<GroupChat> read_chats(storage::Transaction& tx, const Viewer& viewer,
                                  GroupChatId only) {
    const bool sees_all = viewer.is_system() || viewer.role == Role::kStateOfficer;
    std::vector<GroupChat> chats;
    for (const auto& row : sql::group_chat_list(tx, {.group_chat_id = only.value,
                                                     .places_first = viewer.places.first,
                                                     .places_last = viewer.places.last,
                                                     .with_placeless = sees_all ? 1 : 0})) {
        chats.push_back(chat_of(row));
    }
    return chats;
}

bool is_hers(storage::Transaction& tx, const Viewer& viewer, PlaceId place_id) {
    const PlaceRange range = registry::place_range(tx, place_id);
    return range.first <= range.last && viewer.places.first <= range.first &&
           range.last <= viewer.places.last;
}

/// The wish that this event answers; none if two could be meant.
std::optional<GroupChatId> wanted(storage::Transaction& tx, const GroupEvent& event) {
    const auto rows = sql::group_chat_wanted(
        tx, {.request_id = event.request_id, .number = event.number, .title = event.title});
    return rows.size() == 1 ? std::optional(GroupChatId{rows.front().group_chat_id}) : std::nullopt;
}

AddressId group_address_id(storage::Transaction& tx, const GroupEvent& event, UnixSeconds now) {
    std::string external(kPrefix);
    external.append(event.number).append("/").append(event.group_id);
    return registry::ensure_address(tx, registry::Channel::kWhatsapp, external, now).address_id;
}

void note_members(storage::Transaction& tx, std::int64_t chat, const GroupEvent& event,
                  UnixSeconds now) {
    for (const std::string& phone : event.phones) {
        const AddressId member =
            registry::ensure_address(tx, registry::Channel::kWhatsapp, phone, now).address_id;
        if (event.kind == GroupEvent::Kind::kJoined) {
            sql::group_chat_join(tx, {.group_chat_id = chat, .address_id = member, .now_at = now});
        } else {
            sql::group_chat_leave(tx, {.group_chat_id = chat, .address_id = member});
        }
    }
}

void set_state(storage::Transaction& tx, std::int64_t chat, GroupChatState state, UnixSeconds now) {
    sql::group_chat_set_state(
        tx, {.state = group_chat_state_name(state), .now_at = now, .group_chat_id = chat});
}

}  // namespace

std::string_view group_chat_state_name(GroupChatState state) {
    return kStates.at(static_cast<std::size_t>(state));
}

Result<GroupChat> add_group_chat(storage::Transaction& tx, const Viewer& viewer,
                                 const NewGroupChat& wish, UnixSeconds now) {
    const std::string_view title = trim(wish.title);
    if (title.empty() || count_code_points(title) > kTitleMax) {
        return refuse(ErrorKind::kInvalid, "messaging.no_group_title",
                      {{"most", std::to_string(kTitleMax)}});
    }
    if (!is_hers(tx, viewer, wish.place_id)) {
        return refuse(ErrorKind::kInvalid, "messaging.no_group_place");
    }
    const bool is_new =
        sql::group_chat_add(tx, {.group_chat_id = tx.new_id(),
                                 .device_id = wish.device_id,
                                 .channel = static_cast<int>(registry::Channel::kWhatsapp),
                                 .number = wish.number,
                                 .address_id = std::nullopt,
                                 .place_id = wish.place_id,
                                 .title = title,
                                 .state = group_chat_state_name(GroupChatState::kAsked),
                                 .by_account_id = viewer.account_id,
                                 .created_at = now}) == 1;
    const auto made = sql::group_chat_by_device(tx, {.device_id = wish.device_id});
    HAAT_ASSERT(made.has_value());
    GroupChat chat = HAAT_TRY(find_group_chat(tx, viewer, {made->group_chat_id}));
    chat.is_new = is_new;
    return chat;
}

void note_group_request(storage::Transaction& tx, GroupChatId group_chat_id,
                        std::string_view request_id, UnixSeconds now) {
    sql::group_chat_ask(
        tx, {.request_id = request_id, .now_at = now, .group_chat_id = group_chat_id.value});
}

void note_group_refusal(storage::Transaction& tx, GroupChatId group_chat_id, int error_code,
                        UnixSeconds now) {
    sql::group_chat_refuse(
        tx, {.error_code = error_code, .now_at = now, .group_chat_id = group_chat_id.value});
}

std::vector<GroupChat> list_group_chats(storage::Transaction& tx, const Viewer& viewer) {
    return read_chats(tx, viewer, {});
}

Result<GroupChat> find_group_chat(storage::Transaction& tx, const Viewer& viewer,
                                  GroupChatId group_chat_id) {
    std::vector<GroupChat> chats = read_chats(tx, viewer, group_chat_id);
    if (!group_chat_id || chats.empty()) {
        return refuse(ErrorKind::kNotFound, "messaging.no_group_chat");
    }
    return std::move(chats.front());
}

Result<void> put_group_chat(storage::Transaction& tx, const Viewer& viewer,
                            GroupChatId group_chat_id, PlaceId place_id, UnixSeconds now) {
    HAAT_TRY(find_group_chat(tx, viewer, group_chat_id));
    if (!is_hers(tx, viewer, place_id)) {
        return refuse(ErrorKind::kInvalid, "messaging.no_group_place");
    }
    sql::group_chat_put(
        tx, {.place_id = place_id, .now_at = now, .group_chat_id = group_chat_id.value});
    return {};
}

void apply_group_event(storage::Transaction& tx, const GroupEvent& event, UnixSeconds now) {
    using Kind = GroupEvent::Kind;
    if (event.kind == Kind::kRefused) {
        if (const auto wish = wanted(tx, event)) {
            note_group_refusal(tx, *wish, event.error_code, now);
        }
        return;
    }
    const AddressId address_id = group_address_id(tx, event, now);
    const auto known = sql::group_chat_at(tx, {.address_id = address_id});
    if (event.kind == Kind::kMade) {
        const auto wish = known ? std::nullopt : wanted(tx, event);
        if (wish) {
            sql::group_chat_open(tx, {.address_id = address_id,
                                      .invite_link = event.invite_link,
                                      .now_at = now,
                                      .group_chat_id = wish->value});
        }
        return;
    }
    if (!known) {
        return;
    }
    switch (event.kind) {
        case Kind::kDeleted:
            set_state(tx, known->group_chat_id, GroupChatState::kGone, now);
            break;
        case Kind::kSuspended:
            set_state(tx, known->group_chat_id, GroupChatState::kSuspended, now);
            break;
        case Kind::kAllowed:
            set_state(tx, known->group_chat_id, GroupChatState::kOpen, now);
            break;
        case Kind::kJoined:
        case Kind::kLeft:
            note_members(tx, known->group_chat_id, event, now);
            break;
        case Kind::kSaid:
            sql::group_chat_said(tx, {.now_at = now, .group_chat_id = known->group_chat_id});
            break;
        case Kind::kMade:
        case Kind::kRefused:
            break;  // above
    }
}

void note_telegram_group(storage::Transaction& tx, AddressId address_id, std::string_view title,
                         bool is_in, UnixSeconds now) {
    const GroupChatState state = is_in ? GroupChatState::kOpen : GroupChatState::kGone;
    const auto known = sql::group_chat_at(tx, {.address_id = address_id});
    if (known) {
        set_state(tx, known->group_chat_id, state, now);
        if (!title.empty()) {
            sql::group_chat_set_title(tx, {.title = title, .group_chat_id = known->group_chat_id});
        }
        return;
    }
    sql::group_chat_add(tx, {.group_chat_id = tx.new_id(),
                             .device_id = std::nullopt,
                             .channel = static_cast<int>(registry::Channel::kTelegram),
                             .number = "",
                             .address_id = address_id,
                             .place_id = std::nullopt,
                             .title = title.empty() ? std::string_view("Telegram") : title,
                             .state = group_chat_state_name(state),
                             .by_account_id = std::nullopt,
                             .created_at = now});
}

GroupPermit read_group_permit(storage::Transaction& tx, AddressId address_id) {
    const auto chat = sql::group_chat_at(tx, {.address_id = address_id});
    if (!chat) {
        return {};
    }
    GroupPermit permit{.is_open = state_from(chat->state) == GroupChatState::kOpen,
                       .said_at = std::nullopt,
                       .stopped = registry::kNoPurpose};
    if (chat->said_at.value > 0) {
        permit.said_at = chat->said_at;
    }
    for (const auto& row : sql::group_chat_stops(tx, {.group_chat_id = chat->group_chat_id})) {
        permit.stopped.bits |= static_cast<std::uint8_t>(row.contact_stops | row.person_stops);
    }
    return permit;
}

std::optional<GroupAddress> group_address(std::string_view external_id) {
    if (!external_id.starts_with(kPrefix)) {
        return std::nullopt;
    }
    external_id.remove_prefix(kPrefix.size());
    const std::size_t slash = external_id.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    return GroupAddress{external_id.substr(0, slash), external_id.substr(slash + 1)};
}

}  // namespace haat::messaging
