/// @file Groups of a chat app in which haat itself writes: WhatsApp groups made through the Groups
/// API (a handful of people each, so a small channel) and Telegram groups that took our bot in.
/// Groups that people run themselves are share_card.hpp.
/// Source: docs/formats/whatsapp.md, docs/formats/telegram.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "registry/channels.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

HAAT_ID(GroupChatId);

enum class GroupChatState : std::uint8_t {
    kAsked,  ///< The provider was asked for it and has not told its end.
    kOpen,
    kRefused,
    kSuspended,  ///< The provider lets nobody write there.
    kGone,       ///< Deleted, or our bot was put out.
};
/// "asked"; the name in database and contract.
[[nodiscard]] std::string_view group_chat_state_name(GroupChatState state);

struct GroupChat {
    GroupChatId group_chat_id;
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::string number;    ///< The provider's id of ours that holds it; empty on Telegram.
    AddressId address_id;  ///< None until it is there.
    PlaceId place_id;      ///< None: a Telegram group that nobody put yet.
    std::string title;
    GroupChatState state = GroupChatState::kAsked;
    int error_code = 0;        ///< With kRefused, the provider's.
    std::string invite_link;   ///< By which people join; may be empty.
    std::int64_t members = 0;  ///< That are known; Telegram tells none.
    UnixSeconds said_at;       ///< When a member last wrote; 0: never.
    UnixSeconds created_at;
    bool is_new = false;  ///< Made by this call.
};

struct NewGroupChat {
    std::string device_id;  ///< Made by the client, 8..64 of [A-Za-z0-9_-].
    std::string number;     ///< Of our numbers.
    PlaceId place_id;       ///< One of the viewer's.
    std::string title;      ///< 1..128 code points.
};
/// Records that a WhatsApp group is wanted, before the provider is asked. Safe to repeat.
/// @return messaging.no_group_place, messaging.no_group_title.
[[nodiscard]] Result<GroupChat> add_group_chat(storage::Transaction& tx, const Viewer& viewer,
                                               const NewGroupChat& wanted, UnixSeconds now);
/// What the provider called the wish; its webhook names the group.
void note_group_request(storage::Transaction& tx, GroupChatId group_chat_id,
                        std::string_view request_id, UnixSeconds now);
void note_group_refusal(storage::Transaction& tx, GroupChatId group_chat_id, int error_code,
                        UnixSeconds now);

/// Of the viewer's places, newest first, at most 500; the state sees those without a place too.
[[nodiscard]] std::vector<GroupChat> list_group_chats(storage::Transaction& tx,
                                                      const Viewer& viewer);
/// @return messaging.no_group_chat.
[[nodiscard]] Result<GroupChat> find_group_chat(storage::Transaction& tx, const Viewer& viewer,
                                                GroupChatId group_chat_id);
/// Says where a group belongs. @return messaging.no_group_chat, messaging.no_group_place.
[[nodiscard]] Result<void> put_group_chat(storage::Transaction& tx, const Viewer& viewer,
                                          GroupChatId group_chat_id, PlaceId place_id,
                                          UnixSeconds now);

/// What a webhook tells of a WhatsApp group.
struct GroupEvent {
    enum class Kind : std::uint8_t {
        kMade,
        kRefused,
        kDeleted,
        kSuspended,
        kAllowed,  ///< No longer suspended.
        kJoined,
        kLeft,
        kSaid,  ///< A member wrote; what, is kept nowhere.
    };
    Kind kind = Kind::kSaid;
    std::string number;
    std::string group_id;
    std::string request_id;
    std::string title;
    std::string invite_link;
    int error_code = 0;
    std::vector<std::string> phones;  ///< "+91…" of who joined or left.
};
/// Reads those out of a verified webhook body; events of numbers that are not `ours` are left out.
[[nodiscard]] std::vector<GroupEvent> read_group_events(std::string_view body,
                                                        const std::vector<std::string>& ours);
/// Safe to repeat, in any order. An event of a group that is not known changes nothing, save that
/// one wish whose answer was lost is known again by number and title.
void apply_group_event(storage::Transaction& tx, const GroupEvent& event, UnixSeconds now);

/// Our bot was taken into a Telegram group, or put out of it.
void note_telegram_group(storage::Transaction& tx, AddressId address_id, std::string_view title,
                         bool is_in, UnixSeconds now);

/// What a permit for a message to a group depends on.
struct GroupPermit {
    bool is_open = false;
    std::optional<UnixSeconds> said_at;
    registry::PurposeMask stopped;  ///< What any of its members said stop to.
};
/// Two indexed reads.
[[nodiscard]] GroupPermit read_group_permit(storage::Transaction& tx, AddressId address_id);

/// The parts of a WhatsApp group's external id, "group:<number>/<group>".
struct GroupAddress {
    std::string_view number;
    std::string_view group_id;
};
/// None if it is somebody's phone.
[[nodiscard]] std::optional<GroupAddress> group_address(std::string_view external_id);

/// Body of POST /{phone-number-id}/groups.
[[nodiscard]] std::string new_group_json(std::string_view title);

}  // namespace haat::messaging
