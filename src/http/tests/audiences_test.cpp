/// Audiences over the web: counted, forecast, kept; and never beyond an officer's places.
#include "catalogue/products.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "web_fixture.hpp"

namespace haat::http::testing {
namespace {

class Audiences : public WebTest {
 protected:
    void SetUp() override {
        WebTest::SetUp();
        add_account("state", Role::kStateOfficer, registry::kBihar);
        add_account("own", Role::kDistrictOfficer, district_of_demo());
        add_account("other", Role::kDistrictOfficer,
                    registry::place_id_of(registry::PlaceKind::kDistrict, 212));
        add_account("shop", Role::kBuyer, registry::kBihar);
        for (int i = 0; i < 3; ++i) {
            add_person("+9198123456" + std::to_string(10 + i));
        }
    }

    void add_person(const std::string& phone) {
        const UnixSeconds now = system_clock().now();
        const auto made =
            database().write([&](storage::Transaction& tx) -> Result<registry::Person> {
                const auto pickle = HAAT_TRY(catalogue::find_product(tx, "pickle_mango"));
                const registry::NewAddress address{registry::Channel::kWhatsapp, phone};
                registry::NewPerson person;
                person.name = "सुनीता देवी";
                person.place_id = village_of_demo();
                person.addresses = {&address, 1};
                person.products = {&pickle.product_id, 1};
                person.consent = registry::NewConsent{registry::kAllPurposes,
                                                      registry::Channel::kWhatsapp, "1/hi", "f:1"};
                return registry::add_person(tx, system_viewer(), person, now);
            });
        ASSERT_TRUE(made) << made.error().code;
    }

    net::ClientResult count(const Browser& browser, const std::string& body) {
        return ask("POST", "/api/audiences/count", &browser, body);
    }
};
HAAT_BOTH_ENGINES(Audiences);

TEST_P(Audiences, AreCountedWithTheirCost) {
    const Browser own = sign_in("own");
    const auto counted =
        count(own, R"({"text":"makes:pickle_mango and speaks:hindi","sms_segments":2})");
    ASSERT_EQ(counted.status, 200) << counted.body;
    expect_has(counted, R"("text":"makes:pickle_mango and speaks:hi")");
    expect_has(counted, R"("people":3,"addresses":3,"opted_out":0,"agreed":3)");
    expect_has(counted, R"("by_channel":[{"channel":"whatsapp","people":3}])");
    expect_has(counted, R"("by_language":[{"language":"hi","people":3}])");
    expect_has(counted, R"({"channel":"whatsapp","category":"marketing","messages":3,)"
                        R"("cost_paise":259})");                                  // 3 × 86.31
    expect_has(counted, R"("category":"utility","messages":3,"cost_paise":35)");  // 3 × 11.50
    expect_has(counted, R"("category":"service","messages":3,"cost_paise":0)");
    expect_lacks(counted, "सुनीता");

    const auto tree = count(own, R"({"tree":{"op":"all","parts":[
        {"op":"term","field":"makes","text":"pickle_mango"},
        {"op":"not","parts":[{"op":"term","field":"contacted","days":7}]}]}})");
    ASSERT_EQ(tree.status, 200) << tree.body;
    expect_has(tree, R"("text":"makes:pickle_mango and not contacted:7d")");
    expect_has(tree, R"({"op":"term","field":"contacted","days":7})");
    expect_has(tree, R"("people":3)");
    expect_has(count(own, "{}"), R"("text":"everybody")");
    const auto sms = count(own, R"({"text":"everybody","channel":"sms"})");
    expect_has(sms, R"("people":0,"addresses":0,"opted_out":0,"agreed":3)");
}

TEST_P(Audiences, AreNarrowedToTheOfficersPlaces) {
    const Browser other = sign_in("other");
    const auto nobody = count(other, R"({"text":"makes:pickle_mango"})");
    ASSERT_EQ(nobody.status, 200) << nobody.body;
    expect_has(nobody, R"("people":0)");
    expect_has(nobody, R"("by_district":[])");
    const auto outside =
        count(other, R"({"text":"not place:#)" + std::to_string(district_of_demo().value) + "\"}");
    EXPECT_EQ(outside.status, 404) << outside.body;
    expect_has(outside, "registry.audience_no_place");
    const Browser shop = sign_in("shop");
    EXPECT_EQ(count(shop, "{}").status, 403);
}

TEST_P(Audiences, SayWhatIsWrong) {
    const Browser own = sign_in("own");
    struct Case {
        std::string body;
        int status;
        std::string_view part;
    };
    const Case cases[] = {
        {R"({"text":"makes:pickle_mangoo"})", 404, R"("suggestions":"pickle_mango, )"},
        {R"({"text":"plase:patna"})", 422, R"("at":"1")"},
        {R"({"text":"makes:(pickle_mango"})", 422, "registry.audience_open"},
        {R"({"text":" "})", 400, R"("field":"text")"},
        {R"({"text":"everybody","tree":{"op":"all"}})", 400, R"("field":"tree")"},
        {R"({"tree":{"op":"any"}})", 400, R"("field":"tree.parts")"},
        {R"({"tree":{"op":"term","field":"contacted"}})", 400, R"("field":"tree.days")"},
        {R"({"tree":{"op":"term","field":"in","text":"patna"}})", 400, R"("field":"tree.field")"},
        {R"({"tree":{"op":"term","field":"speaks","text":"klingon"}})", 422,
         "registry.audience_choice"},
        {R"({"text":"everybody","sms_segments":11})", 400, R"("field":"sms_segments")"},
    };
    for (const Case& wrong : cases) {
        const auto refused = count(own, wrong.body);
        EXPECT_EQ(refused.status, wrong.status) << wrong.body << refused.body;
        expect_has(refused, wrong.part);
    }
}

TEST_P(Audiences, AreKeptUnderAName) {
    const Browser own = sign_in("own");
    const auto made =
        ask("POST", "/api/audiences", &own, R"({"name":"अचार वाली","text":"makes:pickle_mango"})");
    ASSERT_EQ(made.status, 201) << made.body;
    expect_has(made, R"("name":"अचार वाली","text":"makes:pickle_mango")");
    expect_has(made, R"("people":3)");
    EXPECT_EQ(
        ask("POST", "/api/audiences", &own, R"({"name":"अचार वाली","text":"everybody"})").status,
        409);
    const std::size_t at = made.body.find("saved_audience_id\":") + 19;
    const std::string id = made.body.substr(at, made.body.find(',', at) - at);
    const std::string path = "/api/audiences/" + id;
    const auto nested = ask("POST", "/api/audiences", &own,
                            R"({"name":"Both","text":"saved:\"अचार वाली\" and speaks:hi"})");
    ASSERT_EQ(nested.status, 201) << nested.body;
    expect_has(count(own, R"({"text":"saved:both"})"), R"("people":3)");

    const auto renamed = ask("PATCH", path, &own, R"({"name":"Pickle"})");
    ASSERT_EQ(renamed.status, 200) << renamed.body;
    expect_has(renamed, R"("name":"Pickle","text":"makes:pickle_mango")");
    EXPECT_EQ(ask("PATCH", path, &own, R"({"text":"saved:both"})").status, 422);  // a circle
    EXPECT_EQ(ask("DELETE", path, &own).status, 409);                             // in use
    const auto list = ask("GET", "/api/audiences?limit=1", &own);
    expect_has(list, "Both");
    expect_has(list, "saved:Pickle and speaks:hi");
    expect_lacks(list, R"("next":null)");

    const Browser other = sign_in("other");
    EXPECT_EQ(ask("GET", path, &other).status, 404);
    EXPECT_EQ(ask("PATCH", path, &other, R"({"name":"Mine"})").status, 404);
    EXPECT_EQ(ask("DELETE", path, &other).status, 404);
    expect_has(ask("GET", "/api/audiences", &other), R"("items":[])");
    const Browser state = sign_in("state");
    EXPECT_EQ(ask("GET", path, &state).status, 200);
}

TEST_P(Audiences, NarrowABroadcastByText) {
    const Browser own = sign_in("own");
    const auto counted = ask(
        "POST", "/api/audience/count", &own,
        R"({"audience":{"channel":"whatsapp","text":"makes:pickle_mango and not speaks:bho"}})");
    ASSERT_EQ(counted.status, 200) << counted.body;
    expect_has(counted, R"("people":3)");
    const auto preview = ask("POST", "/api/broadcasts/preview", &own,
                             R"({"audience":{"channel":"whatsapp","text":"speaks:bho"},)"
                             R"("purpose":"notice","text_hi":"नमस्ते"})");
    ASSERT_EQ(preview.status, 200) << preview.body;
    expect_has(preview, R"("people":0)");
}

}  // namespace
}  // namespace haat::http::testing
