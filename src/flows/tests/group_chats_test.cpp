#include "flows/group_chats.hpp"

#include <gtest/gtest.h>

#include <atomic>

#include "flows/receive_telegram.hpp"
#include "flows/sync_provider.hpp"
#include "net/server.hpp"
#include "plan_fixture.hpp"
#include "registry/consents.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

using messaging::GroupChat;
using messaging::GroupChatState;

class GroupChatFlows : public PlanTest {
 protected:
    void SetUp() override {
        PlanTest::SetUp();
        write([&](storage::Transaction& tx) { messaging::ensure_number(tx, "1"); });
        here().provider = &provider_;
        here().telegram.webhook_secret = "secret";
        sender_.emplace(texts(), clock(), [] {});
    }
    /// Updates as Telegram posts them.
    int update(std::int64_t id, const std::string& content) {
        net::Request request;
        request.method = "POST";
        request.headers = {{"X-Telegram-Bot-Api-Secret-Token", "secret"}};
        request.body = R"({"update_id":)" + std::to_string(id) + "," + content + "}";
        std::atomic<int> status{0};
        receive_telegram_update(here(), request, [&](int code) { status = code; });
        while (status == 0) {
            std::this_thread::yield();
        }
        return status;
    }

    net::Response answer_{.status = 200, .body = R"({"request_id":"r1"})"};
    std::atomic<int> asked_{0};
    net::Server server_{{}, [this](net::Request request, net::Reply reply) {
                            EXPECT_EQ(request.path, "/1/groups");
                            EXPECT_EQ(request.header("authorization"), "Bearer token");
                            ++asked_;
                            reply(answer_);
                        }};
    net::Client client_{[this] {
        net::ClientOptions options;
        options.base_url = "http://127.0.0.1:" + std::to_string(server_.port());
        return options;
    }()};
    ProviderAccount provider_{client_, "9", "token"};
    std::optional<MailSender> sender_;
};
HAAT_BOTH_ENGINES(GroupChatFlows);

TEST_P(GroupChatFlows, AGroupIsAskedForOnceWhateverTheProviderAnswers) {
    struct Case {
        net::Response answer;
        GroupChatState state;
        int error_code;
    };
    net::Response cut;
    cut.is_cut = true;
    const std::vector<Case> cases{
        {{.status = 200, .body = R"({"request_id":"r1"})"}, GroupChatState::kAsked, 0},
        {{.status = 400, .body = R"({"error":{"code":131215}})"}, GroupChatState::kRefused, 131215},
        {{.status = 500, .body = R"({"error":{"code":131000}})"}, GroupChatState::kAsked, 0},
        {{.status = 200, .body = "not json"}, GroupChatState::kAsked, 0},
        {cut, GroupChatState::kAsked, 0}};
    int number = 0;
    for (const Case& one : cases) {
        answer_ = one.answer;
        const GroupChatWish wish{"device-" + std::to_string(++number), kBlock, "अचार"};
        const auto made = make_group_chat(here(), block_officer(), wish);
        ASSERT_TRUE(made.has_value()) << made.error().code;
        EXPECT_EQ(made->state, one.state) << number;
        EXPECT_EQ(made->error_code, one.error_code) << number;
        const auto again = make_group_chat(here(), block_officer(), wish);
        EXPECT_EQ(again->group_chat_id, made->group_chat_id);
        EXPECT_EQ(asked_, number);
    }
    here().provider = nullptr;
    const auto nobody = make_group_chat(here(), block_officer(), {"device-9", kBlock, "अचार"});
    ASSERT_FALSE(nobody.has_value());
    EXPECT_EQ(nobody.error().code, "flows.no_provider");
}

TEST_P(GroupChatFlows, WhatIsWrittenIsQueuedOnceAndOnlyIntoOpenGroups) {
    const auto made = make_group_chat(here(), block_officer(), {"device-1", kBlock, "अचार"});
    const auto early = write_to_group(here(), *sender_, block_officer(), made->group_chat_id,
                                      "message-1", "कल बैठक है");
    ASSERT_FALSE(early.has_value());
    EXPECT_EQ(early.error().code, "messaging.group_closed");
    write([&](storage::Transaction& tx) {
        messaging::apply_group_event(tx,
                                     {.kind = messaging::GroupEvent::Kind::kMade,
                                      .number = "1",
                                      .group_id = "G1",
                                      .request_id = "r1"},
                                     clock().now());
    });
    for (int i = 0; i < 2; ++i) {
        const auto sent = write_to_group(here(), *sender_, block_officer(), made->group_chat_id,
                                         "message-1", "कल बैठक है");
        ASSERT_TRUE(sent.has_value()) << sent.error().code;
        EXPECT_EQ(sent->state, "queued");
    }
    const auto messages = read_group_messages(here(), block_officer(), made->group_chat_id);
    ASSERT_EQ(messages->size(), 1U);
    EXPECT_EQ(messages->front().text, "कल बैठक है");

    // Somebody in it says stop.
    write([&](storage::Transaction& tx) {
        messaging::apply_group_event(tx,
                                     {.kind = messaging::GroupEvent::Kind::kJoined,
                                      .number = "1",
                                      .group_id = "G1",
                                      .phones = {"+919812300001"}},
                                     clock().now());
        const auto sita = registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp,
                                                 "+919812300001");
        registry::suppress_address(tx, sita->address_id, registry::kAllPurposes,
                                   {registry::Channel::kWhatsapp, "1/hi", "inbound:1"},
                                   clock().now());
    });
    const auto stopped =
        write_to_group(here(), *sender_, block_officer(), made->group_chat_id, "message-2", "और");
    ASSERT_FALSE(stopped.has_value());
    EXPECT_EQ(stopped.error().code, "messaging.group_stopped");

    Viewer mobiliser = block_officer();
    mobiliser.role = Role::kMobiliser;
    const auto refused = list_group_chats(here(), mobiliser);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, "flows.not_allowed");
}

TEST_P(GroupChatFlows, TelegramGroupsThatTakeTheBotInCanBeWrittenTo) {
    const std::string chat = R"("chat":{"id":-1001,"type":"supergroup","title":"दीदी"})";
    const auto member = [&](const std::string& status) {
        return R"("my_chat_member":{)" + chat + R"(,"new_chat_member":{"status":")" + status +
               "\"}}";
    };
    EXPECT_EQ(update(1, member("member")), 200);
    EXPECT_EQ(update(1, member("member")), 200);  // Telegram repeats
    auto chats = list_group_chats(here(), state_officer());
    ASSERT_EQ(chats->size(), 1U);
    EXPECT_EQ(chats->front().title, "दीदी");
    EXPECT_TRUE(list_group_chats(here(), block_officer())->empty());
    const auto put = put_group_chat(here(), state_officer(), chats->front().group_chat_id, kBlock);
    ASSERT_TRUE(put.has_value()) << put.error().code;
    const auto sent =
        write_to_group(here(), *sender_, block_officer(), put->group_chat_id, "message-1", "नमस्ते");
    EXPECT_TRUE(sent.has_value());

    EXPECT_EQ(update(2, member("kicked")), 200);
    chats = list_group_chats(here(), block_officer());
    EXPECT_EQ(chats->front().state, GroupChatState::kGone);
    const auto late =
        write_to_group(here(), *sender_, block_officer(), put->group_chat_id, "message-2", "नमस्ते");
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code, "messaging.group_closed");
    EXPECT_EQ(update(3, member("administrator")), 200);  // taken in again
    EXPECT_EQ(list_group_chats(here(), block_officer())->front().state, GroupChatState::kOpen);
}

}  // namespace
}  // namespace haat::flows
