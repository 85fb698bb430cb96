/// SMS end to end through a real Kannel: our requests, Kannel from Debian with
/// packaging/kannel.conf, an SMS centre of tools/provider_sim, and what comes back.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "kannel.hpp"
#include "messaging/channel_sms.hpp"
#include "net/server.hpp"
#include "smpp_server.hpp"

namespace haat::test {
namespace {

namespace sms = messaging::sms;
using messaging::SlotState;

constexpr std::uint16_t kEntityTag = 0x1400;
constexpr std::uint16_t kTemplateTag = 0x1401;
constexpr std::string_view kHindi =
    "नमस्ते दीदी, गया मंडी में टमाटर का भाव आज 24 रुपये किलो है। 40 किलो चाहिए, कल सुबह 8 बजे तक बताइए। "
    "जीविका";

/// Takes reports and messages as haat's hooks do, and keeps what they say.
class Hooks {
 public:
    explicit Hooks(const sms::Settings& settings)
        : settings_(settings), server_({}, [this](net::Request request, net::Reply reply) {
              take(request);
              reply({.status = 200, .content_type = "", .body = ""});
          }) {}

    [[nodiscard]] std::uint16_t port() const { return server_.port(); }

    std::vector<messaging::Status> statuses_of(const std::string& attempt) {
        const std::lock_guard lock(mutex_);
        std::vector<messaging::Status> out;
        for (const messaging::Status& status : statuses_) {
            if (status.callback_data == attempt) out.push_back(status);
        }
        return out;
    }
    std::vector<messaging::Message> messages() {
        const std::lock_guard lock(mutex_);
        return messages_;
    }
    int refused() {
        const std::lock_guard lock(mutex_);
        return refused_;
    }
    /// Waits until it is so; false after 30 s.
    bool wait(const std::function<bool()>& is_so) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!is_so()) {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, std::chrono::milliseconds(50));
            if (std::chrono::steady_clock::now() > deadline) return false;
        }
        return true;
    }

 private:
    void take(const net::Request& request) {
        const std::lock_guard lock(mutex_);
        const bool is_report = request.path == "/hooks/sms/dlr";
        if (!sms::secret_fits(settings_, request)) {
            ++refused_;
        } else if (is_report) {
            const Result<messaging::Status> status = sms::read_delivery_report(request);
            if (status) statuses_.push_back(*status);
            refused_ += status ? 0 : 1;
        } else {
            const Result<messaging::Message> message = sms::read_inbound(request);
            if (message) messages_.push_back(*message);
            refused_ += message ? 0 : 1;
        }
        changed_.notify_all();
    }

    const sms::Settings& settings_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<messaging::Status> statuses_;
    std::vector<messaging::Message> messages_;
    int refused_ = 0;
    net::Server server_;
};

class KannelTest : public testing::Test {
 protected:
    KannelTest() : hooks_(settings_), kannel_(centre_.port(), hooks_.port()) {
        settings_.base_url = "http://127.0.0.1:" + std::to_string(kannel_.ports().sendsms);
        settings_.user = "haat";
        settings_.password = "pw";
        settings_.header = "JEEVKA";
        settings_.dlt_entity_id = "1001234567890123456";
        settings_.report_url =
            "http://127.0.0.1:" + std::to_string(hooks_.port()) + "/hooks/sms/dlr";
        settings_.report_secret = "s3cret";
        centre_.add_rule({.suffix = "0001", .status = 0x0B});
        centre_.add_rule({.suffix = "0002", .receipt_state = "UNDELIV", .receipt_error = 6});
        centre_.add_rule({.suffix = "0003", .is_receipt_first = true});
        centre_.add_rule({.suffix = "0004", .receipts = 2});
        centre_.add_rule({.suffix = "0005", .status = 0x58, .times = 1});
        centre_.add_rule({.suffix = "0006", .status = 0x58});
    }

    void start() {
        kannel_.start_bearerbox();
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        kannel_.start_smsbox();
        ASSERT_TRUE(kannel_.wait_until_ready()) << kannel_.status() << kannel_.logs();
        client_.emplace(
            net::ClientOptions{.base_url = settings_.base_url, .protocol = net::Protocol::kHttp1});
    }

    messaging::SendOutcome send(const std::string& to, const std::string& attempt,
                                std::string_view text) {
        return sms::outcome_of(client_->send_blocking(
            sms::send_request(settings_, to, attempt, text, "1107160000000012345")));
    }
    /// The last status of that attempt is so.
    bool becomes(const std::string& attempt, SlotState state, bool failed, int code) {
        return hooks_.wait([&] {
            for (const messaging::Status& status : hooks_.statuses_of(attempt)) {
                if (status.state == state && status.failed == failed && status.error_code == code) {
                    return true;
                }
            }
            return false;
        });
    }
    std::vector<sim::SmppMessage> arrived(const std::string& to) {
        std::vector<sim::SmppMessage> out;
        for (const sim::SmppMessage& message : centre_.log()) {
            if (message.to == to && message.status == 0) out.push_back(message);
        }
        return out;
    }

    sms::Settings settings_;
    sim::SmppServer centre_{{.receipt_after_ms = 50}};
    Hooks hooks_;
    Kannel kannel_;
    std::optional<net::Client> client_;
};

TEST_F(KannelTest, HindiArrivesWholeWithItsTemplateAndIsReported) {
    ASSERT_NO_FATAL_FAILURE(start());
    ASSERT_EQ(sms::segments_of(kHindi).segments, 2);
    EXPECT_EQ(send("+919811110000", "1.1.1.aa", kHindi).state, SlotState::kAccepted);
    EXPECT_EQ(send("+919811110001", "1.2.1.aa", kHindi).state, SlotState::kAccepted);
    EXPECT_EQ(send("+919811120001", "1.6.1.aa", "छोटा").state, SlotState::kAccepted);
    EXPECT_EQ(send("+919811110002", "1.3.1.aa", "20 kg").state, SlotState::kAccepted);
    EXPECT_EQ(send("+919811110003", "1.4.1.aa", "€ {20}").state, SlotState::kAccepted);
    EXPECT_EQ(send("+919811110004", "1.5.1.aa", "दो बार").state, SlotState::kAccepted);

    ASSERT_TRUE(becomes("1.1.1.aa", SlotState::kSent, false, 0)) << kannel_.logs();
    ASSERT_TRUE(becomes("1.1.1.aa", SlotState::kDelivered, false, 0)) << kannel_.logs();
    const std::vector<sim::SmppMessage> hindi = arrived("919811110000");
    ASSERT_EQ(hindi.size(), 1U);
    EXPECT_EQ(hindi[0].text, kHindi);
    EXPECT_EQ(hindi[0].parts, 2);
    EXPECT_EQ(hindi[0].data_coding, 8);
    EXPECT_EQ(hindi[0].from, "JEEVKA");
    EXPECT_EQ(hindi[0].tlvs.at(kEntityTag), "1001234567890123456");
    EXPECT_EQ(hindi[0].tlvs.at(kTemplateTag), "1107160000000012345");
    EXPECT_NE(hindi[0].validity, "");

    // Of a message in several parts Kannel does not say why it was refused.
    EXPECT_TRUE(becomes("1.2.1.aa", SlotState::kAccepted, true, sms::kRejectedWithoutReason));
    EXPECT_TRUE(becomes("1.6.1.aa", SlotState::kAccepted, true, 1011)) << kannel_.logs();
    EXPECT_TRUE(becomes("1.3.1.aa", SlotState::kSent, true, 2006)) << kannel_.logs();
    // Its receipt came before the answer: Kannel knows no such message yet and drops it.
    EXPECT_TRUE(becomes("1.4.1.aa", SlotState::kSent, false, 0)) << kannel_.logs();
    EXPECT_EQ(centre_.counts().waiting, 0U);
    EXPECT_EQ(arrived("919811110003").at(0).text, "€ {20}");
    EXPECT_TRUE(becomes("1.5.1.aa", SlotState::kDelivered, false, 0)) << kannel_.logs();
    EXPECT_EQ(hooks_.refused(), 0);
}

TEST_F(KannelTest, ThrottlingIsWaitedOutOrReported) {
    ASSERT_NO_FATAL_FAILURE(start());
    EXPECT_EQ(send("+919811110005", "2.1.1.aa", "रुकिए").state, SlotState::kAccepted);
    EXPECT_EQ(send("+919811110006", "2.2.1.aa", "रुकिए").state, SlotState::kAccepted);
    EXPECT_TRUE(becomes("2.1.1.aa", SlotState::kDelivered, false, 0)) << kannel_.logs();
    EXPECT_TRUE(becomes("2.2.1.aa", SlotState::kAccepted, true, 1088)) << kannel_.logs();
    EXPECT_EQ(arrived("919811110005").size(), 1U);
    EXPECT_EQ(arrived("919811110006").size(), 0U);
}

TEST_F(KannelTest, WhatPeopleWriteComesInOnceAndNobodyIsAnsweredByKannel) {
    ASSERT_NO_FATAL_FAILURE(start());
    const std::string longer = std::string(kHindi) + " " + std::string(kHindi);
    centre_.write("919812345678", "56161", "बंद");
    centre_.write("919812345679", "56161", "STOP");
    ASSERT_TRUE(hooks_.wait([&] { return hooks_.messages().size() >= 2; })) << kannel_.logs();
    EXPECT_NE(hooks_.messages()[0].message_id, hooks_.messages()[1].message_id);
    for (const messaging::Message& message : hooks_.messages()) {
        const bool is_first = message.text == "बंद";
        EXPECT_EQ(message.text, is_first ? "बंद" : "STOP");
        EXPECT_EQ(message.from, is_first ? "+919812345678" : "+919812345679");
        EXPECT_FALSE(message.message_id.empty());
        EXPECT_FALSE(message.message_id.starts_with("probable:"));
        EXPECT_GT(message.at.value, 1'700'000'000);
    }
    centre_.write("919812345680", "56161", longer);  // in parts
    ASSERT_TRUE(hooks_.wait([&] { return hooks_.messages().size() >= 3; })) << kannel_.logs();
    EXPECT_EQ(hooks_.messages()[2].text, longer);
    EXPECT_EQ(hooks_.messages().size(), 3U);
    EXPECT_EQ(centre_.counts().submitted_parts, 0U);
    EXPECT_EQ(hooks_.refused(), 0);
}

TEST_F(KannelTest, WrongRequestsAreRefusedAsOurTableSays) {
    ASSERT_NO_FATAL_FAILURE(start());
    const messaging::SendOutcome no_number = send("", "3.1.1.aa", "x");
    EXPECT_EQ(no_number.state, SlotState::kRejected);
    EXPECT_EQ(no_number.error_code, 400);
    settings_.password = "wrong";
    const messaging::SendOutcome stranger = send("+919811110000", "3.2.1.aa", "x");
    EXPECT_EQ(stranger.remedy, messaging::Remedy::kStopChannel);
    EXPECT_EQ(stranger.error_code, 403);
    EXPECT_EQ(centre_.counts().submitted_parts, 0U);
}

/// Nothing that Kannel said 202 to is lost when it is killed. What it was submitting just then it
/// may submit again: its own part of the way is at least once.
TEST_F(KannelTest, KilledKannelForgetsNothingItHadTaken) {
    ASSERT_NO_FATAL_FAILURE(start());
    constexpr int kMessages = 40;
    centre_.add_rule({.suffix = "", .answer_after_ms = 300});
    for (int i = 0; i < kMessages; ++i) {
        const std::string number = "+9198220000" + std::to_string(10 + i);
        ASSERT_EQ(send(number, "4." + std::to_string(i) + ".1.aa", kHindi).state,
                  SlotState::kAccepted);
    }
    ASSERT_LT(centre_.log().size(), static_cast<std::size_t>(kMessages));  // the rest waits
    kannel_.kill_bearerbox();
    kannel_.kill_smsbox();
    ASSERT_NO_FATAL_FAILURE(start());
    for (int i = 0; i < kMessages; ++i) {
        EXPECT_TRUE(becomes("4." + std::to_string(i) + ".1.aa", SlotState::kDelivered, false, 0))
            << i << kannel_.logs();
        EXPECT_GE(arrived("9198220000" + std::to_string(10 + i)).size(), 1U) << i;
    }
}

}  // namespace
}  // namespace haat::test
