/// Words that officers teach, and what was not understood, over HTTP.
#include <gtest/gtest.h>

#include "messaging/inbox.hpp"
#include "registry/places.hpp"
#include "web_fixture.hpp"

namespace haat::http::testing {
namespace {

class LexiconWeb : public WebTest {
 protected:
    void SetUp() override {
        WebTest::SetUp();
        add_account("state", Role::kStateOfficer, registry::kBihar);
        add_account("own", Role::kDistrictOfficer, district_of_demo());
        add_account("shop", Role::kBuyer, registry::kBihar);
    }
    net::ClientResult change(const Browser& browser, const std::string& spelling,
                             const std::string& target, const std::string& decides = "false") {
        return ask("POST", "/api/lexicon/changes", &browser,
                   R"({"kind":"product","spelling":")" + spelling + R"(","target":")" + target +
                       R"(","removes":false,"decides":)" + decides + R"(,"reason":""})");
    }
};
HAAT_BOTH_ENGINES(LexiconWeb);

TEST_P(LexiconWeb, TeachesAWord) {
    const Browser state = sign_in("state");
    EXPECT_EQ(change(state, "झकरी", "makhana").status, 201);
    const auto refused = change(state, "मखाना", "papad");
    EXPECT_EQ(refused.status, 409);
    expect_has(refused, "flows.word_collides");
    expect_has(refused, R"("other":"makhana")");
    EXPECT_EQ(change(state, "मखाना", "papad", "true").status, 201);
    EXPECT_EQ(change(state, "x", "no_such").status, 422);
    EXPECT_EQ(change(state, "a;b", "makhana").status, 422);

    const auto draft = ask("GET", "/api/lexicon/draft", &state);
    ASSERT_EQ(draft.status, 200) << draft.body;
    expect_has(draft, R"("version_no":0,"last_change_no":2)");
    expect_has(draft, R"("by":"state")");
    const auto tried =
        ask("POST", "/api/lexicon/try", &state, R"({"text":"20 किलो झकरी है 450 रुपये किलो"})");
    ASSERT_EQ(tried.status, 200) << tried.body;
    expect_has(tried, R"("draft":{"intent":"offer_stock","items":[{"product":"makhana",)"
                      R"("quantity_milli":20000,"unit":"kg","price_paise":45000)");
    const auto looked =
        ask("GET", "/api/lexicon/words?word=%E0%A4%9D%E0%A4%95%E0%A4%B0%E0%A5%80", &state);
    expect_has(looked, R"({"kind":"product","target":"makhana","exact":true,"derived":false})");
    expect_has(ask("GET", "/api/lexicon/names?product=makhana", &state), "झकरी");
    expect_has(ask("GET", "/api/lexicon/targets", &state), R"({"key":"quintal","unit":"kg"})");
    EXPECT_EQ(ask("GET", "/api/lexicon/names", &state).status, 400);
    EXPECT_EQ(ask("GET", "/api/lexicon/suggestions", &state).status, 200);

    EXPECT_EQ(
        ask("POST", "/api/lexicon/versions", &state, R"({"last_change_no":1,"note":""})").status,
        409);
    const auto published =
        ask("POST", "/api/lexicon/versions", &state, R"({"last_change_no":2,"note":"झकरी"})");
    EXPECT_EQ(published.status, 201) << published.body;
    expect_has(ask("POST", "/api/lexicon/try", &state, R"({"text":"20 किलो झकरी है"})"),
               R"("now":{"intent":"offer_stock","items":[{"product":"makhana")");
}

TEST_P(LexiconWeb, IsForThoseWhoMay) {
    const Browser own = sign_in("own");
    const Browser shop = sign_in("shop");
    EXPECT_EQ(change(own, "झकरी", "makhana").status, 403);
    EXPECT_EQ(ask("GET", "/api/lexicon/draft", &own).status, 403);
    EXPECT_EQ(ask("GET", "/api/not-understood", &own).status, 200);
    EXPECT_EQ(ask("GET", "/api/not-understood", &shop).status, 403);
    EXPECT_EQ(ask("POST", "/api/lexicon/try", &own, R"({"text":"राम राम"})").status, 200);
}

TEST_P(LexiconWeb, TakesACorrection) {
    const UnixSeconds now = system_clock().now();
    messaging::Message message{.message_id = "wamid.1",
                               .from = "+919812345610",
                               .kind = "text",
                               .text = "झकरी",
                               .at = now};
    const InboundId inbound_id = database().write([&](storage::Transaction& tx) {
        const messaging::Received received{registry::Channel::kWhatsapp, message, ""};
        return messaging::store_messages(tx, std::span(&received, 1), now).at(0).inbound_id;
    });
    const std::string path = "/api/messages/" + std::to_string(inbound_id.value) + "/correction";
    const std::string body = R"({"intent":"offer_stock","items":[{"product":"makhana",)"
                             R"("quantity_milli":20000,"unit":"kg","price_paise":null,)"
                             R"("price_unit":null}]})";
    const Browser state = sign_in("state");
    const auto kept = ask("POST", path, &state, body);
    EXPECT_EQ(kept.status, 201) << kept.body;
    expect_has(kept, R"("intent":"offer_stock")");
    const Browser own = sign_in("own");
    EXPECT_EQ(ask("POST", path, &own, body).status, 404) << "a stranger is nobody's";
    EXPECT_EQ(ask("POST", path, &state, R"({"intent":"no_such","items":[]})").status, 400);
    EXPECT_EQ(ask("POST", path, &state,
                  R"({"intent":"offer_stock","items":[{"product":"no_such",)"
                  R"("quantity_milli":null,"unit":null,"price_paise":null,"price_unit":null}]})")
                  .status,
              422);
    expect_has(ask("GET", "/api/lexicon/suggestions", &state),
               R"("spelling":"झकरी","target":"makhana","messages":1,"corrections":1)");
}

}  // namespace
}  // namespace haat::http::testing
