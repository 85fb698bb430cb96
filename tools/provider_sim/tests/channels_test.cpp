/// The simulated Telegram and IVR provider, through their interfaces only.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "net/client.hpp"
#include "net/server.hpp"
#include "simulator_ivr.hpp"
#include "simulator_telegram.hpp"

namespace haat::sim {
namespace {

/// Both behind one server, and who is told behind another.
class ChannelsTest : public testing::Test {
 protected:
    ~ChannelsTest() override {
        server_.stop();
        scheduler_.stop();
    }

    net::ClientResult post(const std::string& path, std::string body,
                           std::vector<net::Header> headers = {},
                           std::string type = "application/json") {
        net::ClientRequest request;
        request.path = path;
        request.body = std::move(body);
        request.headers = std::move(headers);
        request.content_type = std::move(type);
        return client_.send_blocking(std::move(request));
    }
    std::string hook_url() const {
        return "http://127.0.0.1:" + std::to_string(hooks_.port()) + "/hook";
    }
    /// Waits for so many requests to the hook; fewer after 20 s.
    std::vector<net::Request> told(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(20), [&] { return told_.size() >= count; });
        return told_;
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<net::Request> told_;
    int refusals_ = 0;
    net::Server hooks_{{}, [this](net::Request request, net::Reply reply) {
                           const std::lock_guard lock(mutex_);
                           if (refusals_-- > 0) {
                               reply({.status = 503});
                               return;
                           }
                           told_.push_back(std::move(request));
                           reply({.status = 200, .content_type = "", .body = ""});
                           changed_.notify_all();
                       }};
    Scheduler scheduler_;
    TelegramSimulator telegram_{"42:AA", 1, scheduler_};
    IvrSimulator calls_{"key", "token", 1, scheduler_};
    net::Server server_{{}, [this](net::Request request, net::Reply reply) {
                            if (TelegramSimulator::owns(request.path)) {
                                telegram_.handle(request, std::move(reply));
                            } else {
                                calls_.handle(request, std::move(reply));
                            }
                        }};
    net::Client client_{{.base_url = "http://127.0.0.1:" + std::to_string(server_.port())}};
};

TEST_F(ChannelsTest, TelegramAnswersAsTheBotApi) {
    post("/bot42:AA/setWebhook", R"({"url":")" + hook_url() + R"(","secret_token":"s"})");
    post("/sim/telegram/chats", R"({"chat_id":77,"presses":1})");
    EXPECT_EQ(post("/bot42:BB/sendMessage", "{}").status, 401);
    EXPECT_EQ(post("/bot42:AA/sendMessage", R"({"chat_id":1,"text":"x"})").status, 400);
    EXPECT_EQ(post("/bot42:AA/sendMessage", R"({"chat_id":77,"text":""})").status, 400);
    const std::string send =
        R"({"chat_id":77,"text":"?","reply_markup":{"inline_keyboard":[[{"text":"a",)"
        R"("callback_data":"a:1"}],[{"text":"b","callback_data":"a:2"}]]}})";
    EXPECT_EQ(post("/bot42:AA/sendMessage", send).status, 200);
    const std::vector<net::Request> pressed = told(1);
    ASSERT_EQ(pressed.size(), 1U);
    EXPECT_NE(pressed[0].body.find(R"("data":"a:2")"), std::string::npos);
    EXPECT_EQ(pressed[0].header("x-telegram-bot-api-secret-token"), "s");
    EXPECT_EQ(post("/bot42:AA/sendMessage",
                   R"({"chat_id":77,"text":"?","reply_markup":{"inline_keyboard":[[{"text":"a",)"
                   R"("callback_data":")" +
                       std::string(65, 'x') + R"("}]]}})")
                  .status,
              400);

    refusals_ = 2;  // told again until it is taken
    post("/sim/telegram/chats", R"({"chat_id":77,"blocked":true})");
    EXPECT_NE(told(2).back().body.find("kicked"), std::string::npos);
    EXPECT_EQ(post("/bot42:AA/sendMessage", send).status, 403);
    post("/sim/telegram/chats", R"({"chat_id":-5,"moved_to":-1005})");
    EXPECT_NE(post("/bot42:AA/sendMessage", R"({"chat_id":-5,"text":"x"})")
                  .body.find(R"("migrate_to_chat_id":-1005)"),
              std::string::npos);
    post("/sim/telegram/faults", R"({"next":[{"count":1,"code":429}]})");
    const net::ClientResult limited =
        post("/bot42:AA/sendMessage", R"({"chat_id":-1005,"text":"x"})");
    EXPECT_EQ(limited.status, 429);
    EXPECT_NE(limited.body.find(R"("retry_after":1)"), std::string::npos);
    post("/sim/telegram/faults", R"({"error_after_accept":1000})");
    EXPECT_EQ(post("/bot42:AA/sendMessage", R"({"chat_id":-1005,"text":"x"})").status, 500);
    EXPECT_NE(client_.get_blocking("/sim/telegram/chats/-1005").body.find(R"("x")"),
              std::string::npos);
    EXPECT_NE(client_.get_blocking("/sim/telegram/summary").body.find(R"("accepted":2)"),
              std::string::npos);
}

TEST_F(ChannelsTest, CallsEndAsTheirPhonesDo) {
    const std::vector<net::Header> ours = {{"Authorization", "Basic a2V5OnRva2Vu"}};
    const std::string form = "application/x-www-form-urlencoded";
    const auto call = [&](const std::string& number) {
        return post("/v1/Accounts/a/Calls/connect.json",
                    "From=%2B91" + number + "&CallerId=0612&Url=x&CustomField=1.2.1.ab&" +
                        "StatusCallback=" + hook_url() + "%3Fm%3D1.2.1.ab",
                    ours, form);
    };
    EXPECT_EQ(post("/v1/Accounts/a/Calls/connect.json", "From=1", {}, form).status, 401);
    EXPECT_EQ(post("/v1/Accounts/a/Calls/connect.json", "From=1", ours, form).status, 400);
    post("/sim/calls/phones", R"({"number":"+919812345601","outcome":"busy"})");
    EXPECT_NE(call("9812345601").body.find(R"("Sid":"call)"), std::string::npos);
    EXPECT_NE(told(1).at(0).body.find(R"("Status":"busy")"), std::string::npos);
    EXPECT_EQ(told(1).at(0).query_value("m"), "1.2.1.ab");

    post("/sim/calls/config", R"({"passthru_url":")" + hook_url() + R"("})");
    post("/sim/calls/phones", R"({"number":"+919812345602","digits":"1"})");
    EXPECT_EQ(call("9812345602").status, 200);
    const std::vector<net::Request> both = told(3);
    ASSERT_EQ(both.size(), 3U);
    EXPECT_EQ(both[1].query_value("digits"), "\"1\"");
    EXPECT_NE(both[2].body.find("completed"), std::string::npos);
    post("/sim/calls/missed", R"({"number":"+919812345603"})");
    EXPECT_EQ(told(4).back().query_value("CallFrom"), "09812345603");
    EXPECT_NE(client_.get_blocking("/sim/calls/log").body.find("1.2.1.ab"), std::string::npos);
}

}  // namespace
}  // namespace haat::sim
