/// Shops that hear of what they look for.
#include <gtest/gtest.h>

#include "access/account_phones.hpp"
#include "access/accounts.hpp"
#include "answer_fixture.hpp"
#include "flows/saved_searches.hpp"

namespace haat::flows {
namespace {

class Searches : public Answers {};

HAAT_BOTH_ENGINES(Searches);

TEST_P(Searches, AShopIsToldOfWhatItLooksForOnceAndOnlyOnThePhoneThatItLinked) {
    constexpr const char* kShopsPhone = "+919812300099";
    Viewer shop;
    shop.account_id = write([&](storage::Transaction& tx) {
        return access::add_account(tx,
                                   {.login = "pickle-shop",
                                    .name_hi = "दुकान",
                                    .name_en = "Shop",
                                    .role = Role::kBuyer,
                                    .place_id = kCity,
                                    .organisation_id = {7'001},
                                    .password_hash = "x"},
                                   clock().now())
            ->account_id;
    });
    shop.role = Role::kBuyer;
    shop.organisation_id = {7'001};
    const auto search = save_search(here().flows, shop,
                                    {.device_id = "search-here-1",
                                     .product_key = "pickle_mango",
                                     .grade = "",
                                     .min_quantity = {10'000},
                                     .max_price = Paise{20'000},
                                     .place_id = kBlock,
                                     .tells = true});
    ASSERT_TRUE(search.has_value());
    const auto offer = [&](const std::string& words) {
        (void)from(kSitasPhone, words);
        const auto mail = from(kSitasPhone, "हाँ");
        if (!mail[0].buttons.empty()) {  // what is there already: these are more
            (void)from(kSitasPhone, mail[0].buttons[0].title, mail[0].buttons[0].id);
        }
    };
    offer("20 किलो आम का अचार है, 180 रुपये किलो");
    EXPECT_EQ(tell_searches(here(), *sender_, 10), 1) << "due, but there is nowhere to tell it";

    EXPECT_NE(from(kShopsPhone, "हाट 00000000")[0].text.find("कोड"), std::string::npos);
    const std::string code = write([&](storage::Transaction& tx) {
        return access::new_phone_code(tx, shop.account_id, "hi", clock().now());
    });
    EXPECT_TRUE(from(kShopsPhone, "haat " + code)[0].text.starts_with("जुड़"));

    // Nothing was told yet, so the first is told at once.
    offer("5 किलो आम का अचार 170 रुपये किलो");  // too little
    EXPECT_EQ(tell_searches(here(), *sender_, 10), 0);
    offer("30 किलो आम का अचार 175 रुपये किलो");
    EXPECT_EQ(tell_searches(here(), *sender_, 10), 1);
    EXPECT_EQ(tell_searches(here(), *sender_, 10), 0);
    const auto told = [&] {
        return read([&](storage::Transaction& tx) {
            const auto phone = registry::find_address(tx, system_viewer(),
                                                      registry::Channel::kWhatsapp, kShopsPhone);
            return messaging::mail_to(tx, phone->address_id, 50);
        });
    };
    EXPECT_NE(told().front().text.find("30"), std::string::npos) << told().front().text;
    EXPECT_NE(told().front().text.find("मुजफ्फरपुर"), std::string::npos) << told().front().text;
    EXPECT_EQ(told().front().text.find("सीता"), std::string::npos) << "no names to shops";

    (void)from(kShopsPhone, "बंद");
    const std::size_t before = told().size();
    clock().advance_seconds(market::kTellEverySeconds);
    offer("40 किलो आम का अचार 175 रुपये किलो");
    EXPECT_EQ(tell_searches(here(), *sender_, 10), 1);
    EXPECT_EQ(told().size(), before) << "who said stop is not written to";
}

}  // namespace
}  // namespace haat::flows
