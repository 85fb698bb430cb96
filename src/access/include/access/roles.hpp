/// @file What each role may do. Which rows it may do it to is the Viewer's places, organisation and
/// site. Default is no. The one table is in src/roles.cpp; docs/domain/roles.md quotes its source.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/viewer.hpp"

namespace haat::access {

enum class Action : std::uint8_t {
    kSeeToday,          ///< What moves now: counts, never names.
    kSeePeople,         ///< Named producers in her places, phones masked.
    kRevealPhone,       ///< A full phone number, with a reason, logged.
    kEditPeople,        ///< Register and change producers.
    kImportPeople,      ///< Bulk import.
    kSeeMessages,       ///< Broadcasts and their progress.
    kSendBroadcast,     ///< Plan a broadcast within her places.
    kApproveBroadcast,  ///< Release one that somebody else planned.
    kManageSenders,     ///< Templates submitted, sender numbers put to rest.
    kRecordOptOut,      ///< Record a stop that a person asked for; nobody may undo one.
    kRelayCard,         ///< Pass a broadcast's card on to groups that people run.
    kAnswerInbox,       ///< Read and answer conversations.
    kEditDialogues,     ///< Change what haat says, and publish it.
    kSeeMarket,         ///< Products, offers by place, prices; no names.
    kPostDemand,        ///< Ask for goods.
    kGatherOrder,       ///< Make an order of many lots.
    kSeeOrders,         ///< Own organisation's or own places' orders.
    kWeighIn,           ///< Take in lots by weight and grade.
    kPack,              ///< Pack lots, print labels.
    kConsign,           ///< Send and receive consignments.
    kSell,              ///< Till of an outlet.
    kRecordJailBatch,   ///< Batches and who worked on them, by number.
    kSeeLots,           ///< Lots, weights, producer codes.
    kSeeLedger,         ///< Accounts, entries and share-outs, by pseudonym.
    kRunShareOut,       ///< Share out a sale.
    kManageRules,       ///< Share-out rules with order numbers.
    kOpenVault,       ///< Sealed identities, each look logged; vault/records.hpp says which kinds.
    kManageAccounts,  ///< Accounts of others below her places.
    kSeeAudit,        ///< The audit record.
    kEditLexicon,       ///< Words that haat understands: drafts and versions.
    kCorrectMessages,   ///< Say what a message meant that was not understood.
    kCount,           ///< Number of actions; not an action.
};

/// "see_people": the name in contract and i18n.
[[nodiscard]] std::string_view action_name(Action action);

/// Whether the role may do it at all. O(1). haat itself may do everything.
[[nodiscard]] bool may(Role role, Action action);

/// All that the role may do; what the web client is told at sign-in.
[[nodiscard]] std::vector<Action> actions_of(Role role);

}  // namespace haat::access
