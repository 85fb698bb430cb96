// The names of kinds, as stored and as in the contract.
#include <algorithm>
#include <array>
#include <utility>

#include "base/assert.hpp"
#include "registry/channels.hpp"
#include "registry/groups.hpp"
#include "registry/organisations.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"

namespace haat::registry {
namespace {

template <typename Kind>
using Named = std::pair<Kind, std::string_view>;

template <typename Table, typename Kind>
std::string_view name_in(const Table& table, Kind kind) {
    for (const auto& [candidate, name] : table) {
        if (candidate == kind) {
            return name;
        }
    }
    return "";
}

template <typename Kind, std::size_t N>
std::optional<Kind> kind_in(const std::array<Named<Kind>, N>& table, std::string_view name) {
    for (const auto& [kind, candidate] : table) {
        if (candidate == name) {
            return kind;
        }
    }
    return std::nullopt;
}

constexpr std::array<Named<Channel>, 4> kChannelNames{{{Channel::kWhatsapp, "whatsapp"},
                                                       {Channel::kSms, "sms"},
                                                       {Channel::kTelegram, "telegram"},
                                                       {Channel::kVoice, "voice"}}};

constexpr std::array<Named<MessagePurpose>, 4> kPurposeNames{
    {{MessagePurpose::kMarket, "market"},
     {MessagePurpose::kNotice, "notice"},
     {MessagePurpose::kOrder, "order"},
     {MessagePurpose::kPayment, "payment"}}};

constexpr std::array<Named<PlaceKind>, 6> kPlaceKindNames{{{PlaceKind::kState, "state"},
                                                           {PlaceKind::kDivision, "division"},
                                                           {PlaceKind::kDistrict, "district"},
                                                           {PlaceKind::kBlock, "block"},
                                                           {PlaceKind::kPanchayat, "panchayat"},
                                                           {PlaceKind::kVillage, "village"}}};

constexpr std::array<Named<GroupKind>, 3> kGroupKindNames{
    {{GroupKind::kShg, "shg"}, {GroupKind::kVo, "vo"}, {GroupKind::kClf, "clf"}}};

constexpr std::array<Named<OrganisationKind>, 5> kOrganisationKindNames{
    {{OrganisationKind::kBuyer, "buyer"},
     {OrganisationKind::kJail, "jail"},
     {OrganisationKind::kBoard, "board"},
     {OrganisationKind::kCompany, "company"},
     {OrganisationKind::kTrust, "trust"}}};

constexpr std::array<Named<PersonKind>, 3> kPersonKindNames{
    {{PersonKind::kMember, "member"},
     {PersonKind::kFarmer, "farmer"},
     {PersonKind::kMobiliser, "mobiliser"}}};

}  // namespace

std::string_view channel_name(Channel channel) { return name_in(kChannelNames, channel); }
std::optional<Channel> channel_from_name(std::string_view name) {
    return kind_in(kChannelNames, name);
}

std::string_view message_purpose_name(MessagePurpose purpose) {
    return name_in(kPurposeNames, purpose);
}
std::optional<MessagePurpose> message_purpose_from_name(std::string_view name) {
    return kind_in(kPurposeNames, name);
}

bool is_language(std::string_view code) {
    return std::ranges::find(kLanguages, code) != kLanguages.end();
}

std::int64_t language_number(std::string_view code) {
    const auto* found = std::ranges::find(kLanguages, code);
    HAAT_ASSERT(found != kLanguages.end());
    return found - kLanguages.begin();
}

std::string_view language_code(std::int64_t number) {
    return kLanguages.at(static_cast<std::size_t>(number));
}

std::string_view place_kind_name(PlaceKind kind) { return name_in(kPlaceKindNames, kind); }
std::optional<PlaceKind> place_kind_from_name(std::string_view name) {
    return kind_in(kPlaceKindNames, name);
}

std::string_view group_kind_name(GroupKind kind) { return name_in(kGroupKindNames, kind); }
std::optional<GroupKind> group_kind_from_name(std::string_view name) {
    return kind_in(kGroupKindNames, name);
}

std::string_view organisation_kind_name(OrganisationKind kind) {
    return name_in(kOrganisationKindNames, kind);
}
std::optional<OrganisationKind> organisation_kind_from_name(std::string_view name) {
    return kind_in(kOrganisationKindNames, name);
}

std::string_view person_kind_name(PersonKind kind) { return name_in(kPersonKindNames, kind); }
std::optional<PersonKind> person_kind_from_name(std::string_view name) {
    return kind_in(kPersonKindNames, name);
}

}  // namespace haat::registry
