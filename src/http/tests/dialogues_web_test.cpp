/// Texts and dialogues over HTTP: the draft, trying it, publishing it.
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>

#include "flows/dialogue_books.hpp"
#include "market/offers.hpp"
#include "messaging/audio.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "web_fixture.hpp"

namespace haat::http::testing {
namespace {

constexpr const char* kHelp = "messages.help";

class DialoguesWeb : public WebTest {
 protected:
    void SetUp() override {
        WebTest::SetUp();
        add_account("smd", Role::kStateOfficer, registry::kBihar);
        add_account("dpm", Role::kDistrictOfficer, district_of_demo());
        officer_ = sign_in("smd");
    }
    static boost::json::value parsed(const net::ClientResult& result) {
        return boost::json::parse(result.body);
    }
    boost::json::value desk() { return parsed(ask("GET", "/api/dialogues", &officer_)); }
    static boost::json::object text_of(const boost::json::value& desk, std::string_view key) {
        for (const boost::json::value& text : desk.at("texts").as_array()) {
            if (text.at("key").as_string() == key) {
                return text.as_object();
            }
        }
        return {};
    }
    /// A change of one text that was as the desk shows it.
    net::ClientResult change(const boost::json::value& seen, std::string_view key,
                             std::string_view hindi, std::string_view english) {
        const boost::json::object was = text_of(seen, key).at("draft").as_object();
        const boost::json::value body = {
            {"dialogues", boost::json::array()},
            {"texts", boost::json::array{boost::json::object{{"key", key},
                                                             {"before_hi", was.at("hi")},
                                                             {"before_en", was.at("en")},
                                                             {"hi", hindi},
                                                             {"en", english}}}}};
        return ask("PUT", "/api/dialogues/draft", &officer_, boost::json::serialize(body));
    }
    net::ClientResult attempt(const std::string& source, const std::string& channel,
                              const std::string& messages, const std::string& stranger = "false") {
        return ask("POST", "/api/dialogues/try", &officer_,
                   R"({"source":")" + source + R"(","channel":")" + channel +
                       R"(","language":"hi","stranger":)" + stranger +
                       R"(,"name":"सीता","messages":)" + messages + "}");
    }
    static boost::json::object last_reply(const net::ClientResult& result) {
        const boost::json::value answer = parsed(result);
        const boost::json::array turns = answer.at("turns").as_array();
        const boost::json::array replies = turns.back().at("replies").as_array();
        return replies.back().as_object();
    }
    std::int64_t rows(const std::string& table) {
        return database().read([&](storage::Transaction& tx) {
            return table == "offer" ? static_cast<std::int64_t>(
                                          market::list_offers(tx, system_viewer(), {},
                                                              {.limit = 10}, system_clock().now())
                                              .size())
                                    : static_cast<std::int64_t>(
                                          registry::list_people(tx, system_viewer(), {}).size());
        });
    }

    Browser officer_;
};
HAAT_BOTH_ENGINES(DialoguesWeb);

TEST_P(DialoguesWeb, AChangedTextIsTriedPublishedAndListed) {
    const boost::json::value seen = desk();
    EXPECT_EQ(seen.at("published").at("version_id"), 1);
    EXPECT_EQ(seen.at("published").at("source"), "shipped");
    EXPECT_EQ(seen.at("changes"), 0);
    EXPECT_GT(text_of(seen, kHelp).at("segments_hi").as_int64(), 1);
    const auto changed = change(seen, kHelp, "मदद: {name}", "Help: {name}");
    ASSERT_EQ(changed.status, 200) << changed.body;
    EXPECT_EQ(parsed(changed).at("changes"), 1);
    EXPECT_EQ(text_of(parsed(changed), kHelp).at("changed").at("who_en"), "smd");
    EXPECT_EQ(text_of(parsed(changed), kHelp).at("segments_en"), 1);
    const std::string help = R"([{"text":"मदद","button_id":null}])";
    EXPECT_EQ(last_reply(attempt("draft", "whatsapp", help)).at("text"), "मदद: सीता");
    EXPECT_NE(last_reply(attempt("published", "whatsapp", help)).at("text"), "मदद: सीता");
    // Another officer who had read it before is refused, with a name.
    const auto late = change(seen, kHelp, "और", "other");
    EXPECT_EQ(late.status, 409) << late.body;
    EXPECT_EQ(parsed(late).at("error").at("params").at("who_en"), "smd");
    const std::string mark(parsed(changed).at("mark").as_string());
    EXPECT_EQ(ask("POST", "/api/dialogues/versions", &officer_, R"({"note":"छोटी मदद","mark":"1"})")
                  .status,
              409);
    const auto published = ask("POST", "/api/dialogues/versions", &officer_,
                               R"({"note":"छोटी मदद","mark":")" + mark + "\"}");
    ASSERT_EQ(published.status, 201) << published.body;
    EXPECT_EQ(parsed(published).at("version").at("version_id"), 2);
    EXPECT_EQ(parsed(published).at("changes").as_array().size(), 1U);
    EXPECT_EQ(last_reply(attempt("published", "whatsapp", help)).at("text"), "मदद: सीता");
    EXPECT_EQ(services_->messaging.dialogues->now()->latest().text(
                  services_->texts, Language::kEnglish, kHelp, {{"name", "Sita"}}),
              "Help: Sita");
    const auto restored =
        ask("POST", "/api/dialogues/versions/1/restore", &officer_, R"({"note":"वापस"})");
    EXPECT_EQ(restored.status, 201) << restored.body;
    const auto list = parsed(ask("GET", "/api/dialogues/versions?limit=2", &officer_));
    EXPECT_EQ(list.at("items").at(0).at("version_id"), 3);
    EXPECT_FALSE(list.at("next").is_null());
    EXPECT_EQ(ask("GET", "/api/dialogues/versions/9", &officer_).status, 404);
    const Browser district = sign_in("dpm");
    EXPECT_EQ(ask("GET", "/api/dialogues", &district).status, 200);
    EXPECT_EQ(
        ask("POST", "/api/dialogues/versions", &district, R"({"note":"x","mark":"1"})").status,
        403);
}

TEST_P(DialoguesWeb, ABadDraftIsRefusedInWordsOfBothLanguages) {
    const auto refused = change(desk(), kHelp, "{typo}", "x");
    ASSERT_EQ(refused.status, 422) << refused.body;
    const boost::json::value error = parsed(refused).at("error");
    EXPECT_EQ(error.at("code"), "messaging.bad_text");
    EXPECT_NE(error.at("text_en").as_string().find("nothing fills this in"), std::string::npos);
    EXPECT_NE(error.at("text_hi").as_string().find("{typo}"), std::string::npos);
    const auto broken = ask("PUT", "/api/dialogues/draft", &officer_,
                            R"({"texts":[],"dialogues":[{"name":"x","before":null,)"
                            R"("json":"{\n\"dialogue\": \"x\",\n\"first\" \"a\"}"}]})");
    ASSERT_EQ(broken.status, 422) << broken.body;
    EXPECT_EQ(parsed(broken).at("error").at("params").at("line"), "3");
    EXPECT_EQ(desk().at("changes"), 0);
}

TEST_P(DialoguesWeb, AWholeConversationIsTriedAndNothingOfItKept) {
    const std::int64_t people = rows("person");
    const std::string told = R"({"text":"20 किलो आम का अचार है, 180 रुपये किलो","button_id":null})";
    const auto first = attempt("published", "telegram", "[" + told + "]");
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(parsed(first).at("turns").at(0).at("intent"), "offer_stock");
    EXPECT_EQ(parsed(first).at("turns").at(0).at("step"), "confirm");
    const boost::json::object asked = last_reply(first);
    EXPECT_EQ(asked.at("form"), "keyboard");
    const std::string yes(asked.at("buttons").at(0).at("button_id").as_string());
    const std::string pressed = R"(,{"text":"","button_id":")" + yes + "\"}";
    const std::string sold = R"(,{"text":"मेरा आम का अचार बिक गया","button_id":null})";
    const auto added = attempt("published", "sms", "[" + told + pressed + "]");
    EXPECT_TRUE(parsed(added).at("turns").at(1).at("dialogue").is_null()) << added.body;
    const auto gone = attempt("published", "sms", "[" + told + pressed + sold + "]");
    EXPECT_EQ(parsed(gone).at("turns").at(2).at("intent"), "withdraw_stock") << gone.body;
    EXPECT_NE(last_reply(gone).at("text"),
              last_reply(attempt("published", "sms", "[" + told + sold + "]")).at("text"));
    EXPECT_NE(std::string(
                  last_reply(attempt("published", "sms", "[" + told + "]")).at("text").as_string())
                  .find("\n1 "),
              std::string::npos);
    EXPECT_EQ(attempt("published", "sms", "[" + told + "]", "true").status, 200);
    EXPECT_EQ(rows("offer"), 0);
    EXPECT_EQ(rows("person"), people);
    EXPECT_EQ(attempt("published", "sms", "[]").status, 400);
}

TEST_P(DialoguesWeb, AnAnswerIsHeardAsSheWouldHearIt) {
    const auto hear = [&](const Browser& browser, const std::string& body) {
        return ask("POST", "/api/dialogues/speak", &browser, body);
    };
    const std::string wish = R"({"text":"20 किलो आम का अचार, ₹180 किलो। सही है?","language":"hi"})";
    const auto silent = hear(officer_, wish);
    EXPECT_EQ(silent.status, 503);
    expect_has(silent, "flows.no_audio");
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() /
        ("haat-hear-" + std::to_string(::getpid()) + "-" + std::to_string(database().new_id()));
    const messaging::AudioStore audio(folder, messaging::espeak_engine());
    services_->messaging.audio = &audio;
    const auto heard = hear(officer_, wish);
    ASSERT_EQ(heard.status, 200) << heard.body;
    EXPECT_EQ(heard.header("content-type"), "audio/ogg");
    const auto plays = messaging::voice_note_milliseconds(heard.body);
    ASSERT_TRUE(plays);
    EXPECT_GT(*plays, 2'000);
    // The other language is another voice; the same wish the same sound.
    const auto english =
        hear(officer_, R"({"text":"20 kg of mango pickle. Is it right?","language":"en"})");
    ASSERT_EQ(english.status, 200) << english.body;
    EXPECT_NE(english.body, heard.body);
    EXPECT_EQ(hear(officer_, wish).body, heard.body);
    for (const std::string bad :
         {R"({"text":" ","language":"hi"})", R"({"text":"मदद","language":"fr"})",
          R"({"text":"मदद"})", R"({"text":"मदद","language":"hi","voice":"x"})"}) {
        EXPECT_EQ(hear(officer_, bad).status, 400) << bad;
    }
    add_account("shop", Role::kBuyer, registry::kBihar);
    EXPECT_EQ(hear(sign_in("shop"), wish).status, 403);
    const Browser forged{.cookie = officer_.cookie, .csrf = {}};
    EXPECT_EQ(hear(forged, wish).status, 403);
    services_->messaging.audio = nullptr;
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace haat::http::testing
