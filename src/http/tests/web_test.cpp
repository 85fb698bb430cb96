/// What the web shows and refuses: status, must-have, must-not-have.
#include "catalogue/products.hpp"
#include "market/offers.hpp"
#include "net/hmac.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "web_fixture.hpp"

namespace haat::http::testing {
namespace {

constexpr std::string_view kPhone = "+919812345678";

class Web : public WebTest {
 protected:
    /// Sunita of the demonstration's village offers 20 kg of mango pickle.
    OfferId add_offer() {
        const UnixSeconds now = system_clock().now();
        const auto made = database().write([&](storage::Transaction& tx) -> Result<OfferId> {
            const registry::NewAddress address{registry::Channel::kWhatsapp, kPhone};
            registry::NewPerson person;
            person.name = "सुनीता देवी";
            person.place_id = village_of_demo();
            person.addresses = {&address, 1};
            const auto sunita = HAAT_TRY(registry::add_person(tx, system_viewer(), person, now));
            market::OfferDraft draft;
            draft.person_id = sunita.person_id;
            draft.product_id = HAAT_TRY(catalogue::find_product(tx, "pickle_mango")).product_id;
            draft.quantity = {20'000};
            draft.unit = "kg";
            draft.price_per_unit = {22'000};
            draft.place_id = village_of_demo();
            draft.available_from_at = now;
            draft.available_until_at = {now.value + 86'400};
            draft.said = "20 kilo achaar hai";
            return HAAT_TRY(market::add(tx, draft, now)).offer_id;
        });
        EXPECT_TRUE(made) << made.error().code;
        return made ? *made : OfferId{};
    }
};
HAAT_BOTH_ENGINES(Web);

TEST_P(Web, AnOfferIsSeenByWhomItConcerns) {
    const OfferId offer_id = add_offer();
    const std::string path = "/api/offers/" + std::to_string(offer_id.value);
    const PlaceId elsewhere = registry::place_id_of(registry::PlaceKind::kDistrict, 212);  // Patna
    ASSERT_NE(elsewhere, district_of_demo());
    add_account("district-own", Role::kDistrictOfficer, district_of_demo());
    add_account("district-other", Role::kDistrictOfficer, elsewhere);
    add_account("shop", Role::kBuyer, elsewhere);

    const Browser own = sign_in("district-own");
    const auto seen = ask("GET", path, &own);
    EXPECT_EQ(seen.status, 200) << seen.body;
    expect_has(seen, "सुनीता देवी");
    expect_has(seen, "98••••");
    expect_has(seen, "20 kilo achaar hai");
    expect_lacks(seen, "9812345678");

    const Browser other = sign_in("district-other");
    const auto hidden = ask("GET", path, &other);
    EXPECT_EQ(hidden.status, 404);
    expect_lacks(hidden, "सुनीता");
    const auto list = ask("GET", "/api/offers", &other);
    EXPECT_EQ(list.status, 200);
    expect_has(list, "\"items\":[]");
    EXPECT_EQ(ask("GET", "/api/places/" + std::to_string(village_of_demo().value), &other).status,
              404);

    const Browser shop = sign_in("shop");
    const auto bought = ask("GET", path, &shop);
    EXPECT_EQ(bought.status, 200) << bought.body;
    expect_has(bought, "\"name\":null");
    expect_has(bought, "\"said\":null");
    expect_lacks(bought, "सुनीता");
    expect_lacks(bought, "9812345678");
    expect_lacks(bought, "98••••");
}

TEST_P(Web, ADemandIsPostedOnce) {
    add_account("shop", Role::kBuyer, registry::kBihar);
    const Browser shop = sign_in("shop");
    const std::string deadline = std::to_string(system_clock().now().value + 7 * 86'400);
    const std::string body = R"({"device_id":"demand-0001","product_key":"pickle_mango",)"
                             R"("quantity_milli":500000,"unit":"kg","place_id":3000000212,)"
                             R"("deadline_at":)" +
                             deadline + "}";
    const auto first = ask("POST", "/api/demands", &shop, body);
    EXPECT_EQ(first.status, 201) << first.body;
    expect_has(first, "\"quantity_milli\":500000");
    const auto again = ask("POST", "/api/demands", &shop, body);
    EXPECT_EQ(again.status, 200) << again.body;
    EXPECT_EQ(first.body, again.body);
    const auto unknown =
        ask("POST", "/api/demands", &shop, body.substr(0, body.size() - 1) + R"(,"admin":true})");
    EXPECT_EQ(unknown.status, 400);
    expect_has(unknown, "\"field\":\"admin\"");
}

TEST_P(Web, BadInputIsRefusedClearly) {
    add_account("state", Role::kStateOfficer, registry::kBihar);
    const Browser state = sign_in("state");
    const auto status_of = [&](std::string method, std::string path, std::string body = "",
                               std::vector<net::Header> headers = {}) {
        return ask(std::move(method), std::move(path), &state, std::move(body), std::move(headers))
            .status;
    };
    EXPECT_EQ(status_of("GET", "/api/nothing"), 404);
    EXPECT_EQ(status_of("PUT", "/api/offers", "{}"), 405);
    EXPECT_EQ(status_of("GET", "/api/offers?limit=0"), 400);
    EXPECT_EQ(status_of("GET", "/api/offers?unknown=1"), 400);
    EXPECT_EQ(status_of("GET", "/api/offers?limit=1&limit=2"), 400);
    EXPECT_EQ(status_of("GET", "/api/offers/01"), 400);
    EXPECT_EQ(status_of("POST", "/api/audience/count", "{\"audience\":"), 400);
    EXPECT_EQ(status_of("POST", "/api/audience/count", std::string(2 << 20, ' ')), 413);
    EXPECT_EQ(status_of("POST", "/api/audience/count", R"({"audience":{"channel":"whatsapp"}})",
                        {{"Origin", "https://evil.example"}}),
              403);
    EXPECT_EQ(status_of("POST", "/api/audience/count", R"({"audience":{"channel":"whatsapp"}})"),
              200);
}

TEST_P(Web, SessionsBeginAndEnd) {
    add_account("state", Role::kStateOfficer, registry::kBihar);
    const auto wrong =
        ask("POST", "/api/session", nullptr, R"({"login":"state","password":"not the password"})");
    const auto nobody =
        ask("POST", "/api/session", nullptr, R"({"login":"nobody","password":"not the password"})");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.body, nobody.body);
    const Browser state = sign_in("state");
    const auto session = ask("GET", "/api/session", &state);
    EXPECT_EQ(session.status, 200);
    expect_has(session, state.csrf);
    EXPECT_EQ(session.header("cache-control"), "no-store");
    EXPECT_EQ(ask("DELETE", "/api/session", &state).status, 204);
    EXPECT_EQ(ask("GET", "/api/session", &state).status, 401);
}

TEST_P(Web, AnUnsignedWebhookIsRefusedAlike) {
    const std::string body = R"({"object":"whatsapp_business_account","entry":[]})";
    const auto none = ask("POST", "/hooks/whatsapp", nullptr, body);
    const auto bad = ask("POST", "/hooks/whatsapp", nullptr, body,
                         {{"X-Hub-Signature-256", "sha256=" + std::string(64, '0')}});
    EXPECT_EQ(none.status, 401);
    EXPECT_EQ(bad.status, 401);
    EXPECT_EQ(none.body, bad.body);
    net::HmacSha256 key("secret of tests");
    const auto good = ask("POST", "/hooks/whatsapp", nullptr, body,
                          {{"X-Hub-Signature-256", "sha256=" + net::hex(key.sign(body))}});
    EXPECT_EQ(good.status, 200) << good.body;
    const auto verified = ask(
        "GET", "/hooks/whatsapp?hub.mode=subscribe&hub.challenge=17&hub.verify_token=verify%20me");
    EXPECT_EQ(verified.status, 200);
    EXPECT_EQ(verified.body, "17");
    EXPECT_EQ(ask("GET", "/hooks/whatsapp?hub.mode=subscribe&hub.challenge=17&hub.verify_token=no")
                  .status,
              403);
}

TEST_P(Web, PagesAndOperation) {
    const auto page = ask("GET", "/anything/at/all", nullptr, "", {{"Accept", "text/html"}});
    EXPECT_EQ(page.status, 200);
    EXPECT_NE(page.header("content-security-policy").find("frame-ancestors 'none'"),
              std::string_view::npos);
    EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
    const auto same =
        ask("GET", "/", nullptr, "", {{"If-None-Match", std::string(page.header("etag"))}});
    EXPECT_EQ(same.status, 304);
    EXPECT_EQ(ask("GET", "/healthz").status, 200);
    const auto ready = ask("GET", "/readyz");
    EXPECT_EQ(ready.status, 200) << ready.body;
    const auto metrics = ask("GET", "/metrics");
    EXPECT_EQ(metrics.status, 200);
    expect_has(metrics, "haat_http_requests_total{route=\"GET /healthz\",class=\"2xx\"} 1");
    EXPECT_EQ(ask("GET", "/metrics", nullptr, "", {{"X-Forwarded-For", "203.0.113.9"}}).status,
              403);
}

}  // namespace
}  // namespace haat::http::testing
