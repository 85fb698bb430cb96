#include "access/roles.hpp"

#include <array>
#include <initializer_list>

#include "base/assert.hpp"

namespace haat::access {
namespace {

struct ActionRow {
    Action action;
    std::string_view name;
    std::initializer_list<Role> roles;  ///< Who may, beside haat itself.
};

constexpr Role kState = Role::kStateOfficer;
constexpr Role kDistrict = Role::kDistrictOfficer;
constexpr Role kBlock = Role::kBlockOfficer;
constexpr Role kMobiliser = Role::kMobiliser;
constexpr Role kPoint = Role::kPurchasePoint;
constexpr Role kHouse = Role::kPackagingHouse;
constexpr Role kCashier = Role::kCashier;
constexpr Role kJail = Role::kJailOfficer;
constexpr Role kVictims = Role::kVictimFund;
constexpr Role kBuyer = Role::kBuyer;
constexpr Role kAuditor = Role::kAuditor;

/// The one table of what each role may do.
const std::array<ActionRow, static_cast<std::size_t>(Action::kCount)> kTable{{
    {Action::kSeeToday, "see_today", {kState, kDistrict, kBlock, kAuditor}},
    {Action::kSeePeople, "see_people", {kState, kDistrict, kBlock, kMobiliser, kPoint}},
    {Action::kRevealPhone, "reveal_phone", {kState, kDistrict}},
    {Action::kEditPeople, "edit_people", {kDistrict, kBlock, kMobiliser}},
    {Action::kImportPeople, "import_people", {kState, kDistrict}},
    {Action::kSeeMessages, "see_messages", {kState, kDistrict, kBlock}},
    {Action::kSendBroadcast, "send_broadcast", {kState, kDistrict, kBlock}},
    {Action::kApproveBroadcast, "approve_broadcast", {kState, kDistrict, kBlock}},
    {Action::kManageSenders, "manage_senders", {kState}},
    {Action::kRecordOptOut, "record_opt_out", {kState, kDistrict, kBlock, kMobiliser}},
    {Action::kRelayCard, "relay_card", {kState, kDistrict, kBlock, kMobiliser}},
    {Action::kAnswerInbox, "answer_inbox", {kState, kDistrict, kBlock, kMobiliser}},
    {Action::kEditDialogues, "edit_dialogues", {kState}},
    {Action::kSeeMarket, "see_market", {kState, kDistrict, kBlock, kMobiliser, kHouse, kBuyer}},
    {Action::kPostDemand, "post_demand", {kState, kDistrict, kBlock, kBuyer}},
    {Action::kGatherOrder, "gather_order", {kState, kDistrict, kBlock, kBuyer}},
    {Action::kSeeOrders,
     "see_orders",
     {kState, kDistrict, kBlock, kPoint, kHouse, kBuyer}},
    {Action::kWeighIn, "weigh_in", {kBlock, kPoint, kHouse}},
    {Action::kPack, "pack", {kHouse}},
    {Action::kConsign, "consign", {kPoint, kHouse, kCashier, kJail}},
    {Action::kSell, "sell", {kCashier}},
    {Action::kRecordJailBatch, "record_jail_batch", {kJail}},
    {Action::kSeeLots,
     "see_lots",
     {kState, kDistrict, kBlock, kPoint, kHouse, kCashier, kJail, kAuditor}},
    {Action::kSeeLedger, "see_ledger", {kState, kVictims, kAuditor}},
    {Action::kRunShareOut, "run_share_out", {kState}},
    {Action::kManageRules, "manage_rules", {kState}},
    {Action::kOpenVault, "open_vault", {kJail, kVictims}},
    {Action::kManageAccounts, "manage_accounts", {kState, kDistrict}},
    {Action::kSeeAudit, "see_audit", {kState, kAuditor}},
    {Action::kEditLexicon, "edit_lexicon", {kState}},
    {Action::kCorrectMessages, "correct_messages", {kState, kDistrict, kBlock}},
}};

const ActionRow& row_of(Action action) {
    const auto index = static_cast<std::size_t>(action);
    HAAT_ASSERT(index < kTable.size());
    const ActionRow& row = kTable.at(index);
    HAAT_ASSERT(row.action == action);
    return row;
}

}  // namespace

std::string_view action_name(Action action) { return row_of(action).name; }

bool may(Role role, Action action) {
    if (role == Role::kSystem) {
        return true;
    }
    for (const Role candidate : row_of(action).roles) {
        if (candidate == role) {
            return true;
        }
    }
    return false;
}

std::vector<Action> actions_of(Role role) {
    std::vector<Action> actions;
    for (const ActionRow& row : kTable) {
        if (may(role, row.action)) {
            actions.push_back(row.action);
        }
    }
    return actions;
}

}  // namespace haat::access
