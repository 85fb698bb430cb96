/// Plans, templates, numbers and opt-outs over HTTP: shapes, refusals, scope.
#include <boost/json.hpp>

#include "messaging/templates.hpp"
#include "registry/places.hpp"
#include "web_fixture.hpp"

namespace haat::http::testing {
namespace {

class PlansWeb : public WebTest {
 protected:
    static std::string plan_json(const std::string& title = "बैठक") {
        return R"({"title":")" + title +
               R"(","purpose":"notice","audience":{"tree":{}},)"
               R"("channels":[{"channel":"whatsapp","wait_seconds":0}],"may_arrive_twice":false,)"
               R"("mode":"at_most_once","texts":[{"template_name":"haat_broadcast",)"
               R"("params_hi":["कल बैठक है"],"params_en":[]}],"share_a_percent":100,)"
               R"("share_b_percent":0,"schedule":{"kind":"now"},"expires_after_seconds":86400,)"
               R"("budget_paise":null,"exclude_contacted_days":0})";
    }
    static std::string new_plan(const std::string& device_id) {
        return R"({"device_id":")" + device_id + R"(","plan":)" + plan_json() + "}";
    }
    static boost::json::value parsed(const net::ClientResult& result) {
        return boost::json::parse(result.body);
    }
};
HAAT_BOTH_ENGINES(PlansWeb);

TEST_P(PlansWeb, APlanIsKeptChangedAndListed) {
    add_account("dpm", Role::kDistrictOfficer, district_of_demo());
    add_account("elsewhere", Role::kDistrictOfficer,
                registry::place_id_of(registry::PlaceKind::kDistrict, 188));
    const Browser officer = sign_in("dpm");
    const auto made = ask("POST", "/api/plans", &officer, new_plan("plan-device-1"));
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(ask("POST", "/api/plans", &officer, new_plan("plan-device-1")).status, 200);
    const boost::json::value plan = parsed(made).at("plan");
    EXPECT_EQ(plan.at("state"), "draft");
    EXPECT_EQ(plan.at("plan").at("title"), "बैठक");
    EXPECT_EQ(parsed(made).at("texts").at(0).at("text_hi").as_string().find("कल बैठक है"),
              parsed(made).at("texts").at(0).at("text_hi").as_string().find("कल"));
    const std::string path = "/api/plans/" + std::to_string(plan.at("plan_id").as_int64());
    const auto changed = ask("PUT", path, &officer,
                             R"({"version":)" + std::to_string(plan.at("version").as_int64()) +
                                 R"(,"plan":)" + plan_json("नया") + "}");
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(parsed(changed).at("plan").at("plan").at("title"), "नया");
    const auto stale = ask("PUT", path, &officer, R"({"version":1,"plan":)" + plan_json() + "}");
    EXPECT_EQ(stale.status, 409) << stale.body;
    EXPECT_EQ(parsed(ask("GET", "/api/plans?mine=true&state=draft", &officer))
                  .at("items")
                  .as_array()
                  .size(),
              1U);
    // Nobody is on WhatsApp here, so it cannot be submitted.
    const auto submitted =
        ask("POST", path + "/submit", &officer,
            R"({"confirm_count":0,"content_hash":")" +
                std::string(parsed(changed).at("plan").at("content_hash").as_string()) + "\"}");
    EXPECT_EQ(submitted.status, 422) << submitted.body;
    EXPECT_EQ(ask("POST", path + "/cancel", &officer, R"({"reason":"गलत"})").status, 200);
    EXPECT_EQ(ask("POST", path + "/cancel", &officer, R"({"reason":"गलत"})").status, 409);
    const Browser other = sign_in("elsewhere");
    EXPECT_EQ(ask("GET", path, &other).status, 404);
}

TEST_P(PlansWeb, WhatIsMalformedIsRefusedByName) {
    add_account("dpm", Role::kDistrictOfficer, district_of_demo());
    const Browser officer = sign_in("dpm");
    const auto field_of = [&](std::string from, const std::string& to) {
        std::string body = plan_json();
        body.replace(body.find(from), from.size(), to);
        const auto result = ask("POST", "/api/plans/forecast", &officer, body);
        EXPECT_EQ(result.status, 400) << result.body;
        return std::string(parsed(result).at("error").at("params").at("field").as_string());
    };
    EXPECT_EQ(field_of("\"notice\"", "\"gossip\""), "purpose");
    EXPECT_EQ(field_of("{\"tree\":{}}", "{}"), "audience.tree");
    EXPECT_EQ(field_of("\"may_arrive_twice\":false", "\"may_arrive_twice\":1"), "may_arrive_twice");
    EXPECT_EQ(field_of("\"kind\":\"now\"", "\"kind\":\"never\""), "schedule.kind");
    const auto fine = ask("POST", "/api/plans/forecast", &officer, plan_json());
    ASSERT_EQ(fine.status, 200) << fine.body;
    EXPECT_EQ(parsed(fine).at("second_yes_above"), 20'000);
}

TEST_P(PlansWeb, CardsAreForMobilisersAndOnlyForBroadcastsThatAreThere) {
    add_account("didi", Role::kMobiliser, village_of_demo());
    add_account("mall", Role::kCashier, district_of_demo());
    const Browser didi = sign_in("didi");
    const auto cards = ask("GET", "/api/share-cards?limit=10", &didi);
    ASSERT_EQ(cards.status, 200) << cards.body;
    EXPECT_EQ(parsed(cards).at("items").as_array().size(), 0U);
    EXPECT_EQ(ask("GET", "/api/share-cards/77", &didi).status, 404);
    EXPECT_EQ(ask("GET", "/api/share-cards/77/picture?language=hi", &didi).status, 404);
    EXPECT_EQ(ask("GET", "/api/share-cards/77/picture?language=fr", &didi).status, 400);
    const auto relay = [&](const std::string& groups) {
        return ask("POST", "/api/share-cards/77/relays", &didi,
                   R"({"device_id":"relay-device","groups":)" + groups + "}")
            .status;
    };
    EXPECT_EQ(relay("3"), 404);
    EXPECT_EQ(relay("0"), 400);
    EXPECT_EQ(relay("201"), 400);
    const Browser mall = sign_in("mall");
    EXPECT_EQ(ask("GET", "/api/share-cards", &mall).status, 403);
}

TEST_P(PlansWeb, TemplatesNumbersRulesAndStopsAreShown) {
    add_account("smd", Role::kStateOfficer, registry::kBihar);
    const Browser officer = sign_in("smd");
    EXPECT_EQ(parsed(ask("GET", "/api/templates", &officer)).at("items").as_array().size(), 0U);
    EXPECT_EQ(ask("POST", "/api/templates/sync", &officer).status, 409);
    const auto numbers = ask("GET", "/api/numbers", &officer);
    ASSERT_EQ(numbers.status, 200) << numbers.body;
    ASSERT_EQ(parsed(numbers).at("items").as_array().size(), 1U);
    EXPECT_EQ(parsed(numbers).at("items").at(0).at("sent_last_minute"), 0);
    database().write([](storage::Transaction& tx) {
        messaging::add_sender_counts(
            tx, 1,
            {{.name = messaging::list_numbers(tx).at(0).state.provider_number_id,
              .sent = 12,
              .errors = 2}},
            system_clock().now());
    });
    const auto counted = parsed(ask("GET", "/api/numbers", &officer)).at("items").at(0);
    EXPECT_EQ(counted.at("sent_last_minute"), 12);
    EXPECT_EQ(counted.at("errors_last_hour"), 2);
    const std::string number =
        "/api/numbers/" +
        std::to_string(parsed(numbers).at("items").at(0).at("number_id").as_int64());
    const auto resting =
        ask("POST", number + "/rest", &officer, R"({"reason":"थका","until_at":null})");
    ASSERT_EQ(resting.status, 200) << resting.body;
    EXPECT_TRUE(parsed(resting).at("resting").as_bool());
    const auto awake = ask("POST", number + "/unrest", &officer, R"({"reason":"ठीक"})");
    EXPECT_FALSE(parsed(awake).at("resting").as_bool());
    const auto rules = parsed(ask("GET", "/api/broadcast-rules", &officer));
    EXPECT_EQ(rules.at("second_yes_above").at("block"), 2'000);
    EXPECT_EQ(rules.at("market_messages_a_week"), 4);
    EXPECT_EQ(rules.at("prices").as_array().size(), 8U);
    EXPECT_EQ(parsed(ask("GET", "/api/opt-outs", &officer)).at("items").as_array().size(), 0U);
    EXPECT_EQ(parsed(ask("GET", "/api/opt-outs/summary?days=7", &officer)).at("total"), 0);
    const auto nobody = ask("POST", "/api/opt-outs", &officer,
                            R"({"device_id":"stop-device","person_id":77,"purposes":["market"],)"
                            R"("channel":"voice","evidence":"फ़ोन पर"})");
    EXPECT_EQ(nobody.status, 404) << nobody.body;
}

}  // namespace
}  // namespace haat::http::testing
