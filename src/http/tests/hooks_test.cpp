/// The routes that providers of SMS, Telegram and calls post to.
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>

#include "messaging/inbox.hpp"
#include "registry/consents.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
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

/// Answers of many requests, counted by status.
class Answers {
 public:
    net::ClientCallback take() {
        return [this](net::ClientResult result) {
            const std::lock_guard lock(mutex_);
            ++of_[result.status];
            changed_.notify_all();
        };
    }
    int wait_for(int status, int count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return of_[status] >= count; });
        return of_[status];
    }
    int of(int status) {
        const std::lock_guard lock(mutex_);
        return of_[status];
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<int, int> of_;
};

net::ClientRequest sms(int number) {
    net::ClientRequest request;
    request.path = "/hooks/sms/mo?from=%2B9198123400" + std::to_string(number) +
                   "&to=56161&ts=1790000000&k=kannel&id=u" + std::to_string(number);
    request.body = "नमस्ते";
    return request;
}

TEST_P(Hooks, WhatWaitsForASlowDiskIsBoundedAndPagesOpen) {
    constexpr int kAll = 50;
    constexpr int kBound = 20;
    add_account("state", Role::kStateOfficer, registry::kBihar);
    const Browser officer = sign_in("state");
    ListenOptions listen;
    listen.port = 0;
    listen.hooks_waiting = kBound;
    WebServer server(listen, *services_);
    net::ClientOptions options;
    options.base_url = "http://127.0.0.1:" + std::to_string(server.port());
    options.protocol = net::Protocol::kHttp2;
    net::Client client(options);

    std::promise<void> disk;  // until it is set, no commit comes back
    database().write_async(
        [held = disk.get_future().share()](storage::Transaction&) {
            held.wait();
            return storage::Database::Keep::kYes;
        },
        [](const std::exception_ptr&) {});
    Answers hooks;
    for (int i = 10; i < 10 + kAll; ++i) {
        client.send(sms(i), hooks.take());
    }
    EXPECT_EQ(hooks.wait_for(503, kAll - kBound), kAll - kBound);  // at once, for they come again
    Answers writes;
    for (int i = 0; i < 2 * listen.threads; ++i) {
        net::ClientRequest leave;
        leave.method = "DELETE";
        leave.path = "/api/session";
        leave.headers = {{"cookie", officer.cookie}, {"x-haat-csrf", officer.csrf}};
        client.send(std::move(leave), writes.take());
    }
    net::ClientRequest page;
    page.method = "GET";
    page.path = "/api/session";
    page.headers = {{"cookie", officer.cookie}};
    EXPECT_EQ(client.send_blocking(std::move(page)).status, 200);
    EXPECT_EQ(hooks.of(200), 0);

    disk.set_value();
    EXPECT_EQ(hooks.wait_for(200, kBound), kBound);
    Answers again;
    for (int i = 10; i < 10 + kAll; ++i) {  // the provider does not know which were kept
        if (i > 10 && i % kBound == 0) {
            again.wait_for(200, i - 10);
        }
        client.send(sms(i), again.take());
    }
    EXPECT_EQ(again.wait_for(200, kAll), kAll);
    EXPECT_EQ(again.of(503), 0);
    EXPECT_EQ(inbox().size(), std::size_t{kAll});
    client.stop();
}

TEST_P(Hooks, StopAndStartHoldFromTheAnswerToTheWebhookOn) {
    const std::string path = "/hooks/sms/mo?from=%2B919812345679&to=56161&ts=1790000000&k=kannel";
    const auto suppressed = [&] { return address(Channel::kSms, "+919812345679")->suppressed; };
    EXPECT_EQ(ask("POST", path + "&id=s1", nullptr, "नमस्ते").status, 200);
    EXPECT_EQ(suppressed(), registry::kNoPurpose);
    EXPECT_EQ(ask("POST", path + "&id=s2", nullptr, "STOP").status, 200);
    EXPECT_EQ(suppressed(), registry::kAllPurposes);
    EXPECT_EQ(ask("POST", path + "&id=s3", nullptr, "शुरू").status, 200);
    EXPECT_EQ(suppressed(), registry::kNoPurpose);
    EXPECT_EQ(ask("POST", path + "&id=s2", nullptr, "STOP").status, 200);  // an old one again
    EXPECT_EQ(suppressed(), registry::kNoPurpose);
    const std::vector<messaging::Inbound> kept = inbox();
    ASSERT_EQ(kept.size(), 3U);
    EXPECT_EQ(kept[0].intent, "");
    EXPECT_EQ(kept[1].intent, "opt_out");
    EXPECT_EQ(kept[2].intent, "opt_in");
}

TEST_P(Hooks, SmsComesInOnceAndOnlyFromKannel) {
    const std::string path = "/hooks/sms/mo?from=%2B919812345678&to=56161&ts=1790000000&id=u1";
    EXPECT_EQ(ask("POST", path, nullptr, "बंद").status, 401);
    EXPECT_EQ(ask("POST", path + "&k=other", nullptr, "बंद").status, 401);
    EXPECT_EQ(
        ask("POST", path + "&k=kannel", nullptr, "बंद", {{"X-Forwarded-For", "10.0.0.1"}}).status,
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
    const std::string digits = "?CallSid=c1&CallFrom=09812345678&Direction=incoming&digits=%221%22";
    EXPECT_EQ(ask("GET", "/hooks/voice/exotel/other" + digits).status, 401);
    EXPECT_EQ(ask("GET", "/hooks/voice/exotel/calls" + digits).status, 200);
    EXPECT_EQ(ask("GET", "/hooks/voice/exotel/calls" + digits).status, 200);
    EXPECT_EQ(ask("GET",
                  "/hooks/voice/exotel/calls?CallSid=c2&CallFrom=09812345678&"
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
