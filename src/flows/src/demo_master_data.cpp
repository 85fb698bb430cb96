#include "flows/demo_master_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "books.hpp"
#include "jail_rule.hpp"
#include "ledger/accounts.hpp"
#include "ledger/share_out.hpp"
#include "registry/groups.hpp"
#include "registry/organisations.hpp"
#include "registry/places.hpp"
#include "supply/sites.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kPatnaDistrictLgd = 212;
constexpr std::int64_t kBochahanBlockLgd = 1880;

/// One maker of demo things: each function finds what exists by its key.
class Maker {
 public:
    Maker(storage::Transaction& tx, const Texts& texts, UnixSeconds now)
        : tx_(tx), texts_(texts), now_(now) {}

    Result<OrganisationId> organisation(registry::OrganisationKind kind, std::string_view code,
                                        PlaceId place_id) {
        const std::string name_en = name(Language::kEnglish, code);
        const std::string name_hi = name(Language::kHindi, code);
        return HAAT_TRY(registry::ensure_organisation(tx_,
                                                      {.kind = kind,
                                                       .code = code,
                                                       .name_en = name_en,
                                                       .name_hi = name_hi,
                                                       .place_id = place_id,
                                                       .is_synthetic = true},
                                                      now_))
            .organisation_id;
    }

    Result<GroupId> group(registry::GroupKind kind, std::string_view code, PlaceId place_id,
                          GroupId parent_id) {
        const std::string name_hi = name(Language::kHindi, code);
        return HAAT_TRY(registry::ensure_group(tx_,
                                               {.kind = kind,
                                                .name = name_hi,
                                                .place_id = place_id,
                                                .parent_id = parent_id,
                                                .is_synthetic = true},
                                               now_))
            .group_id;
    }

    Result<SiteId> site(supply::SiteKind kind, std::string_view key, PlaceId place_id,
                        supply::Owner owner) {
        return HAAT_TRY(supply::open_site(tx_,
                                          {.key = std::string(key),
                                           .kind = kind,
                                           .place_id = place_id,
                                           .owner = owner,
                                           .name_hi = name(Language::kHindi, key),
                                           .name_en = name(Language::kEnglish, key),
                                           .address = {},
                                           .licence = {}},
                                          now_))
            .site_id;
    }

    Result<void> account(const std::string& code, ledger::Guard guard) {
        HAAT_TRY(ledger::open_account(tx_, code, "", guard, now_));
        return {};
    }

 private:
    [[nodiscard]] std::string name(Language language, std::string_view key) const {
        std::string text_key = fmt::format("messages.demo_{}", key);
        std::ranges::replace(text_key, '-', '_');
        return texts_.text(language, text_key);
    }

    storage::Transaction& tx_;
    const Texts& texts_;
    UnixSeconds now_;
};

Result<void> make_bodies(Maker& maker, const DemoPlaces& places, DemoMasterData& data) {
    using Kind = registry::OrganisationKind;
    data.buyer_shop = HAAT_TRY(maker.organisation(Kind::kBuyer, "patna-shop", places.city));
    data.khadi_board = HAAT_TRY(maker.organisation(Kind::kBoard, "khadi-board", places.city));
    data.museum = HAAT_TRY(maker.organisation(Kind::kBoard, "bihar-museum", places.city));
    data.jail = HAAT_TRY(maker.organisation(Kind::kJail, "patna-jail", places.city));
    data.federation =
        HAAT_TRY(maker.group(registry::GroupKind::kClf, "federation", places.block, {}));
    data.village_organisation = HAAT_TRY(maker.group(
        registry::GroupKind::kVo, "village-organisation", places.village, data.federation));
    return {};
}

Result<void> make_sites(Maker& maker, const DemoPlaces& places, DemoMasterData& data) {
    using Kind = supply::SiteKind;
    using supply::Owner;
    data.purchase_point =
        HAAT_TRY(maker.site(Kind::kPurchasePoint, "purchase-point", places.village,
                            Owner::of(data.village_organisation)));
    data.packaging_house = HAAT_TRY(maker.site(Kind::kPackagingHouse, "packaging-house",
                                               places.block, Owner::of(data.federation)));
    data.khadi_mall = HAAT_TRY(
        maker.site(Kind::kOutlet, "khadi-mall-patna", places.city, Owner::of(data.khadi_board)));
    data.museum_shop = HAAT_TRY(
        maker.site(Kind::kOutlet, "bihar-museum-shop", places.city, Owner::of(data.museum)));
    data.workshop = HAAT_TRY(
        maker.site(Kind::kWorkshop, "patna-jail-workshop", places.city, Owner::of(data.jail)));
    return {};
}

Result<void> open_accounts(Maker& maker, const DemoMasterData& data) {
    const auto never = ledger::Guard::kNeverNegative;
    HAAT_TRY(maker.account(std::string(ledger::kGstPayable), ledger::Guard::kFree));
    HAAT_TRY(maker.account(ledger::proceeds_of(kGroupProceeds), never));
    HAAT_TRY(maker.account(ledger::proceeds_of(kJailProceeds), never));
    HAAT_TRY(maker.account(ledger::suspense_of(kJailRule), ledger::Guard::kFree));
    HAAT_TRY(maker.account(ledger::cash_at(data.khadi_mall), never));
    HAAT_TRY(maker.account(ledger::cash_at(data.museum_shop), never));
    return {};
}

}  // namespace

Result<DemoPlaces> usual_demo_places(storage::Transaction& tx) {
    const auto city =
        HAAT_TRY(registry::find_place(tx, registry::PlaceKind::kDistrict, kPatnaDistrictLgd));
    const auto block =
        HAAT_TRY(registry::find_place(tx, registry::PlaceKind::kBlock, kBochahanBlockLgd));
    const std::vector<registry::Place> villages =
        registry::places_below(tx, block.place_id, registry::PlaceKind::kVillage);
    if (villages.empty()) {
        return refuse(ErrorKind::kNotFound, "registry.no_place");
    }
    return DemoPlaces{villages.front().place_id, block.place_id, city.place_id};
}

Result<DemoMasterData> ensure_demo_master_data(storage::Transaction& tx, const Texts& texts,
                                               const DemoPlaces& places, UnixSeconds now) {
    Maker maker(tx, texts, now);
    DemoMasterData data;
    HAAT_TRY(make_bodies(maker, places, data));
    HAAT_TRY(make_sites(maker, places, data));
    ledger::Rule rule = proposed_jail_rule();
    rule.basis = ledger::Basis::kDemo;
    rule.order_number = "DEMO-1";
    rule.note = "Demo figures, not an order.";
    data.jail_rule = HAAT_TRY(ledger::add_rule(tx, rule, now));
    HAAT_TRY(open_accounts(maker, data));
    return data;
}

}  // namespace haat::flows
