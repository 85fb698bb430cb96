/// @file A small state with every kind of site, for supply's tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "storage_testing/testing.hpp"
#include "supply/batches.hpp"
#include "supply/consignments.hpp"
#include "supply/lots.hpp"
#include "supply/packing.hpp"
#include "supply/sales.hpp"
#include "supply/sites.hpp"
#include "supply/traces.hpp"

namespace haat::supply {

inline constexpr UnixSeconds kNow{1'790'000'000};
inline constexpr std::int64_t kDay = 86'400;
inline constexpr ProductId kPickle{1};
inline constexpr ProductId kPapad{2};
inline constexpr PlaceId kPatna{3};  ///< District: numbers 100..199.
inline constexpr PlaceId kGaya{4};   ///< District: numbers 200..299.
inline constexpr OrganisationId kBoard{81};
inline constexpr OrganisationId kBeurJail{82};
inline constexpr OrganisationId kGayaJail{83};
inline constexpr GroupId kVo{91};
inline constexpr GroupId kClf{92};

inline PersonId didi(std::int64_t i) { return {500 + i}; }

class SupplyTest : public storage::testing::DatabaseTest {
 protected:
    template <typename Work>
    auto write(Work work) {
        return database().write(work);
    }
    template <typename Work>
    auto read(Work work) {
        return database().read(work);
    }

    void SetUp() override {
        DatabaseTest::SetUp();
        std::string people =
            "INSERT INTO person (person_id, ordinal, kind, name, name_latin, place_id, language, "
            "channels, consents, suppressed, is_synthetic, created_at) VALUES ";
        for (std::int64_t i = 1; i <= 9; ++i) {
            people += (i == 1 ? "(" : ", (") + std::to_string(didi(i).value) + ", " +
                      std::to_string(i) + ", 0, 'D', 'D', 11, 0, 0, 0, 0, 1, 0)";
        }
        database().write([&](storage::Transaction& tx) {
            tx.execute_script(
                "INSERT INTO place (place_id, kind, code, name_en, name_hi, aliases, number_first, "
                "number_last) VALUES (1, 'state', 10, 'Bihar', 'B', '', 1, 999), "
                "(3, 'district', 1, 'Patna', 'P', '', 100, 199), "
                "(4, 'district', 2, 'Gaya', 'G', '', 200, 299), "
                "(11, 'village', 1, 'V', 'V', '', 110, 110), "
                "(12, 'village', 2, 'W', 'W', '', 120, 120);" +
                people +
                ";INSERT INTO product (product_id, key, name_hi, name_en, variants, units, "
                "unit_default, category, made_by, hs_code, hs_note) VALUES "
                "(1, 'pickle_mango', 'a', 'Mango pickle', '', 'kg', 'kg', 'food', '', '', ''), "
                "(2, 'papad', 'b', 'Papad', '', 'kg', 'kg', 'food', '', '', '')");
        });
        point_ = opened("vo-point", SiteKind::kPurchasePoint, {11}, Owner::of(kVo));
        other_point_ = opened("vo-point-2", SiteKind::kPurchasePoint, {12}, Owner::of(kVo));
        house_ = opened("house", SiteKind::kPackagingHouse, kPatna, Owner::of(kClf));
        mall_ = opened("khadi-mall", SiteKind::kOutlet, kPatna, Owner::of(kBoard));
        museum_ = opened("museum", SiteKind::kOutlet, kGaya, Owner::of(kBoard));
        beur_ = opened("beur", SiteKind::kWorkshop, kPatna, Owner::of(kBeurJail));
    }

    SiteId opened(std::string key, SiteKind kind, PlaceId place, Owner owner) {
        const SiteDraft draft{.key = std::move(key),
                              .kind = kind,
                              .place_id = place,
                              .owner = owner,
                              .name_hi = "केंद्र",
                              .name_en = "Site",
                              .address = "",
                              .licence = ""};
        return write([&](storage::Transaction& tx) { return open_site(tx, draft, kNow); })
            .value()
            .site_id;
    }

    static Viewer at(Role role, SiteId site) {
        Viewer viewer;
        viewer.account_id = {900};
        viewer.role = role;
        viewer.site_id = site;
        return viewer;
    }
    static Viewer jail(OrganisationId organisation) {
        Viewer viewer;
        viewer.role = Role::kJailOfficer;
        viewer.organisation_id = organisation;
        return viewer;
    }
    static Viewer officer(Role role, std::int64_t first, std::int64_t last) {
        Viewer viewer;
        viewer.role = role;
        viewer.places = {first, last};
        return viewer;
    }

    std::string next_device() { return "device-" + std::to_string(1000 + devices_++); }

    IntakeDraft brings(std::int64_t who, std::int64_t grams, std::int64_t price = 18'000) {
        return {.device_id = next_device(),
                .site_id = point_,
                .producer_person_id = didi(who),
                .product_id = kPickle,
                .unit = "kg",
                .weight = {grams},
                .grade = "a",
                .price_per_unit = {price},
                .order_line_id = OrderLineId{4000 + who},
                .owner = std::nullopt,
                .weighed_at = kNow};
    }
    Result<Made<Lot>> take(const IntakeDraft& draft) {
        return write([&](storage::Transaction& tx) {
            return take_in(tx, at(Role::kPurchasePoint, draft.site_id), draft, kNow);
        });
    }
    LotId lot_of(std::int64_t who, std::int64_t grams, std::int64_t price = 18'000) {
        return take(brings(who, grams, price)).value().thing.lot_id;
    }

    ConsignmentDraft sending(SiteId from, SiteId to, std::vector<SendLine> lines) {
        return {.device_id = next_device(),
                .from_site_id = from,
                .to_site_id = to,
                .lines = std::move(lines),
                .sent_at = kNow};
    }
    Result<Made<Consignment>> sent(const ConsignmentDraft& draft) {
        return write(
            [&](storage::Transaction& tx) { return send(tx, system_viewer(), draft, kNow); });
    }
    Result<Made<Consignment>> arrived(ConsignmentId id, std::vector<Difference> differences = {}) {
        return write([&](storage::Transaction& tx) {
            return receive(tx, system_viewer(), id, differences, kNow);
        });
    }
    /// All of the lots at `from` move to `to`.
    void moved(SiteId from, SiteId to, const std::vector<LotId>& lots) {
        std::vector<SendLine> lines;
        for (const LotId lot : lots) lines.push_back({lot, std::nullopt});
        const auto made = sent(sending(from, to, lines)).value();
        arrived(made.thing.consignment_id).value();
    }

    PackingDraft packing(std::vector<PackingInput> inputs, std::int64_t pack, std::int64_t packs) {
        return {.device_id = next_device(),
                .site_id = house_,
                .inputs = std::move(inputs),
                .pack_size = {pack},
                .packs = packs,
                .pack_price = {17'500},
                .owner = std::nullopt,
                .packed_at = kNow,
                .best_before_at = {kNow.value + 365 * kDay}};
    }
    Result<Made<Lot>> packed(const PackingDraft& draft) {
        return write([&](storage::Transaction& tx) {
            return pack(tx, at(Role::kPackagingHouse, house_), draft, kNow);
        });
    }
    /// Two women's 12 and 8 kg, weighed, carried, packed into 38 jars of 500 g: 1 kg is lost.
    LotId jars() {
        const LotId one = lot_of(1, 12'000, 18'000);
        const LotId two = lot_of(2, 8'000, 17'000);
        moved(point_, house_, {one, two});
        return packed(packing({{one, {12'000}}, {two, {8'000}}}, 500, 38)).value().thing.lot_id;
    }

    SaleDraft selling(LotId lot, std::int64_t quantity, std::int64_t price) {
        return {.device_id = next_device(),
                .site_id = mall_,
                .lot_id = lot,
                .quantity = {quantity},
                .price = {price},
                .gst_basis_points = 500,
                .gst = {price / 21},
                .sold_at = kNow};
    }
    Result<Made<SaleDone>> sold(const SaleDraft& draft) {
        return write([&](storage::Transaction& tx) {
            return sell(tx, at(Role::kCashier, draft.site_id), draft, kNow);
        });
    }

    Lot lot_now(LotId id) {
        return read([&](storage::Transaction& tx) { return find_lot(tx, system_viewer(), id); })
            .value();
    }
    void expect_balance() {
        read([](storage::Transaction& tx) { EXPECT_TRUE(check_mass_balance(tx).empty()); });
    }

    SiteId point_;
    SiteId other_point_;
    SiteId house_;
    SiteId mall_;
    SiteId museum_;
    SiteId beur_;

 private:
    int devices_ = 0;
};

}  // namespace haat::supply
