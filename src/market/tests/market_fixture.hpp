/// @file A small state: two districts with villages, people and products, for the market's tests.
#pragma once

#include <string>

#include "market/demands.hpp"
#include "market/offers.hpp"
#include "market/orders.hpp"
#include "storage_testing/testing.hpp"

namespace haat::market {

inline constexpr UnixSeconds kNow{1'790'000'000};
inline constexpr std::int64_t kDay = 86'400;
inline constexpr ProductId kPickle{1};
inline constexpr ProductId kPapad{2};
inline constexpr PlaceId kPatna{3};  ///< District: numbers 100..199.
inline constexpr PlaceId kGaya{4};   ///< District: numbers 200..299.
inline constexpr OrganisationId kShop{71};
inline constexpr OrganisationId kOtherShop{72};

/// Village i (1..20) lies in Patna if i <= 10, else in Gaya; one woman lives in each.
inline PlaceId village(std::int64_t i) { return {10 + i}; }
inline PersonId didi(std::int64_t i) { return {500 + i}; }

class MarketTest : public storage::testing::DatabaseTest {
 protected:
    void SetUp() override {
        DatabaseTest::SetUp();
        std::string script =
            "INSERT INTO place (place_id, kind, code, name_en, name_hi, aliases, number_first, "
            "number_last) VALUES (1, 'state', 10, 'Bihar', 'B', '', 1, 999), "
            "(3, 'district', 1, 'Patna', 'P', '', 100, 199), "
            "(4, 'district', 2, 'Gaya', 'G', '', 200, 299)";
        std::string people =
            "INSERT INTO person (person_id, ordinal, kind, name, name_latin, place_id, language, "
            "channels, consents, suppressed, is_synthetic, created_at) VALUES ";
        for (std::int64_t i = 1; i <= 20; ++i) {
            const std::int64_t number = i <= 10 ? 100 + i : 200 + i;
            script += ", (" + std::to_string(village(i).value) + ", 'village', " +
                      std::to_string(1000 + i) + ", 'V', 'V', '', " + std::to_string(number) +
                      ", " + std::to_string(number) + ")";
            people += (i == 1 ? "(" : ", (") + std::to_string(didi(i).value) + ", " +
                      std::to_string(i) + ", 0, 'D', 'D', " +
                      std::to_string(village(i).value) + ", 0, 0, 0, 0, 1, 0)";
        }
        const std::string products =
            "INSERT INTO product (product_id, key, name_hi, name_en, variants, units, "
            "unit_default, "
            "category, made_by, hs_code, hs_note) VALUES "
            "(1, 'pickle_mango', 'a', 'Mango pickle', '', 'kg', 'kg', 'food', '', '', ''), "
            "(2, 'papad', 'b', 'Papad', '', 'kg', 'kg', 'food', '', '', '')";
        database().write([&](storage::Transaction& tx) {
            tx.execute_script(script + ";" + people + ";" + products);
        });
    }

    static Viewer buyer(OrganisationId organisation) {
        Viewer viewer;
        viewer.account_id = {900};
        viewer.role = Role::kBuyer;
        viewer.organisation_id = organisation;
        return viewer;
    }

    static Viewer officer(Role role, std::int64_t first, std::int64_t last) {
        Viewer viewer;
        viewer.account_id = {901};
        viewer.role = role;
        viewer.places = {first, last};
        return viewer;
    }

    static DemandDraft wanted(std::string device_id, std::int64_t quantity = 500'000) {
        return {.device_id = std::move(device_id),
                .buyer_organisation_id = kShop,
                .product_id = kPickle,
                .quantity = {quantity},
                .unit = "kg",
                .max_price = Paise{20'000},
                .deadline_at = {kNow.value + 10 * kDay},
                .place_id = kPatna,
                .note = "मीठा अचार"};
    }

    static OfferDraft has(std::int64_t i, std::int64_t quantity = 20'000,
                          std::int64_t price = 18'000) {
        return {.person_id = didi(i),
                .product_id = kPickle,
                .quantity = {quantity},
                .unit = "kg",
                .price_per_unit = {price},
                .grade = "",
                .place_id = village(i),
                .available_from_at = kNow,
                .available_until_at = {kNow.value + 30 * kDay},
                .inbound_id = InboundId{7'000 + i},
                .demand_id = std::nullopt,
                .said = "20 किलो आम का अचार है"};
    }

    template <typename Work>
    auto write(Work work) {
        return database().write(work);
    }

    Offer added(const OfferDraft& draft, UnixSeconds now = kNow) {
        return write([&](storage::Transaction& tx) { return add(tx, draft, now); }).value();
    }
    Demand posted(const DemandDraft& draft) {
        return write(
                   [&](storage::Transaction& tx) { return post(tx, system_viewer(), draft, kNow); })
            .value();
    }
    Offer offer_now(OfferId offer_id, UnixSeconds now = kNow) {
        return database()
            .read([&](storage::Transaction& tx) {
                return find_offer(tx, system_viewer(), offer_id, now);
            })
            .value();
    }
};

}  // namespace haat::market
