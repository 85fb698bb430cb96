/// The routes that providers of SMS, Telegram and calls post to.
#include "messaging/inbox.hpp"
#include "registry/consents.hpp"
#include "registry/people.hpp"
#include "web_fixture.hpp"

namespace haat::http::testing {
namespace {

using registry::Channel;

class Hooks : public WebTest {
 protected:
    std::vector<messaging::Inbound> inbox() {
        return database().read(
            [](storage::Transaction& tx) { return messaging::waiting_messages(tx, 100); });
    }
    std::optional<registry::Address> address(Channel channel, std::string_view external_id) {
        return database().read([&](storage::Transaction& tx) {
            return registry::find_address(tx, system_viewer(), channel, external_id);
        });
    }
    int telegram(std::string body, std::string secret = "bot") {
        return ask("POST", "/hooks/telegram", nullptr, std::move(body),
                   {{"X-Telegram-Bot-Api-Secret-Token", std::move(secret)}})
            .status;
    }
};

HAAT_BOTH_ENGINES(Hooks);

TEST_P(Hooks, SmsComesInOnceAndOnlyFromKannel) {
    const std::string path = "/hooks/sms/mo?from=%2B919812345678&to=56161&ts=1790000000&id=u1";
    EXPECT_EQ(ask("POST", path, nullptr, "बंद").status, 401);
    EXPECT_EQ(ask("POST", path + "&k=other", nullptr, "बंद").status, 401);
    EXPECT_EQ(ask("POST", path + "&k=kannel", nullptr, "बंद", {{"X-Forwarded-For", "10.0.0.1"}})
                  .status,
              401);
    EXPECT_TRUE(inbox().empty());
    for (int i = 0; i < 2; ++i) {  // Kannel repeats what it thinks was lost
        const auto kept = ask("POST", path + "&k=kannel", nullptr, "बंद");
        EXPECT_EQ(kept.status, 200);
        EXPECT_EQ(kept.body, "");  // anything else would be sent to her
    }
    const std::vector<messaging::Inbound> inbound = inbox();
    ASSERT_EQ(inbound.size(), 1U);
    EXPECT_EQ(inbound[0].text, "बंद");
    EXPECT_EQ(address(Channel::kSms, "+919812345678")->address_id, inbound[0].address_id);

    EXPECT_EQ(ask("GET", "/hooks/sms/dlr?m=1.2.1.ab&d=1&k=kannel").status, 200);
    EXPECT_EQ(ask("GET", "/hooks/sms/dlr?m=1.2.1.ab&d=1").status, 401);
    EXPECT_EQ(ask("GET", "/hooks/sms/dlr?d=1&k=kannel").status, 200);  // kept, for an operator
}

TEST_P(Hooks, TelegramUpdatesHaveTheirEffectOnce) {
    const std::string text =
        R"({"update_id":1,"message":{"message_id":3,"date":1790000000,"text":"/start",)"
        R"("chat":{"id":77,"type":"private"},"from":{"id":77,"first_name":"सीता"}}})";
    EXPECT_EQ(telegram(text, "wrong"), 401);
    EXPECT_EQ(ask("POST", "/hooks/telegram", nullptr, text).status, 401);
    EXPECT_EQ(telegram(text), 200);
    EXPECT_EQ(telegram(text), 200);
    ASSERT_EQ(inbox().size(), 1U);
    EXPECT_EQ(inbox()[0].text, "start");

    EXPECT_EQ(telegram(R"({"update_id":2,"my_chat_member":{"chat":{"id":77,"type":"private"},)"
                       R"("new_chat_member":{"status":"kicked"}}})"),
              200);
    EXPECT_EQ(address(Channel::kTelegram, "77")->suppressed, registry::kAllPurposes);
    EXPECT_EQ(telegram("{"), 200);  // kept, for an operator

    EXPECT_EQ(telegram(R"({"update_id":3,"my_chat_member":{"chat":{"id":-5,"type":"group",)"
                       R"("title":"VO"},"new_chat_member":{"status":"member"}}})"),
              200);
    const AddressId group = address(Channel::kTelegram, "-5")->address_id;
    EXPECT_EQ(telegram(R"({"update_id":4,"message":{"message_id":1,"migrate_to_chat_id":-1005,)"
                       R"("chat":{"id":-5,"type":"group"}}})"),
              200);
    EXPECT_EQ(address(Channel::kTelegram, "-1005")->address_id, group);
    EXPECT_FALSE(address(Channel::kTelegram, "-5").has_value());
}

TEST_P(Hooks, HerOwnNumberLinksHerChatToHer) {
    const PersonId person = database().write([&](storage::Transaction& tx) {
        const registry::NewAddress phone{.channel = Channel::kWhatsapp,
                                         .external_id = "+919812300001"};
        registry::NewPerson sita;
        sita.name = "सीता देवी";
        sita.place_id = village_of_demo();
        sita.addresses = {&phone, 1};
        return registry::add_person(tx, system_viewer(), sita, system_clock().now())->person_id;
    });
    const auto share = [&](std::string_view owner) {
        return telegram(R"({"update_id":5,"message":{"message_id":9,"chat":{"id":88,"type":)"
                        R"("private"},"from":{"id":88,"first_name":"S"},"contact":{)"
                        R"("phone_number":"919812300001","first_name":"S","user_id":)" +
                        std::string(owner) + "}}}");
    };
    const auto people = [&] {
        return database().read([&](storage::Transaction& tx) {
            return registry::people_on_address(
                tx, system_viewer(),
                registry::find_address(tx, system_viewer(), Channel::kTelegram, "88")->address_id);
        });
    };
    EXPECT_EQ(share("99"), 200);  // somebody else's contact proves nothing
    EXPECT_TRUE(people().empty());
    EXPECT_EQ(share("88"), 200);
    EXPECT_EQ(share("88"), 200);
    ASSERT_EQ(people().size(), 1U);
    EXPECT_EQ(people()[0].person_id, person);
}

TEST_P(Hooks, CallsAreToldByWhoeverKnowsTheAddress) {
    const std::string digits =
        "?CallSid=c1&CallFrom=09812345678&Direction=incoming&digits=%221%22";
    EXPECT_EQ(ask("GET", "/hooks/voice/exotel/other" + digits).status, 401);
    EXPECT_EQ(ask("GET", "/hooks/voice/exotel/calls" + digits).status, 200);
    EXPECT_EQ(ask("GET", "/hooks/voice/exotel/calls" + digits).status, 200);
    EXPECT_EQ(ask("GET", "/hooks/voice/exotel/calls?CallSid=c2&CallFrom=09812345678&"
                         "Direction=incoming&CallType=call-attempt")
                  .status,
              200);
    EXPECT_EQ(ask("POST", "/hooks/voice/exotel/calls?m=1.2.1.ab", nullptr,
                  R"({"CallSid":"c1","Status":"completed"})")
                  .status,
              200);
    ASSERT_EQ(inbox().size(), 2U);
    EXPECT_EQ(inbox()[0].kind, "digits");
    EXPECT_EQ(inbox()[1].kind, "missed_call");
}

}  // namespace
}  // namespace haat::http::testing
