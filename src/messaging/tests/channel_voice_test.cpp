#include "messaging/channel_voice.hpp"

#include <gtest/gtest.h>

#include "net/url.hpp"

namespace haat::messaging::voice {
namespace {

const Settings kSettings{.base_url = "https://api.exotel.com",
                         .account = "jeevika1",
                         .key = "k",
                         .token = "t",
                         .caller_id = "06122000000",
                         .flow_url = "http://my.exotel.com/jeevika1/exoml/start_voice/7",
                         .callback_url = "https://h/hooks/voice/exotel/s3cret",
                         .secret = "s3cret"};

TEST(Voice, AsksForACall) {
    const net::ClientRequest request = send_request(kSettings, "+919812345678", "1.2.1.ab");
    EXPECT_EQ(request.path, "/v1/Accounts/jeevika1/Calls/connect.json");
    EXPECT_EQ(request.headers.at(0).value, "Basic azp0");
    EXPECT_EQ(request.content_type, "application/x-www-form-urlencoded");
    const auto form = net::parse_query(request.body).value();
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"From", "+919812345678"},
        {"CallerId", "06122000000"},
        {"Url", "http://my.exotel.com/jeevika1/exoml/start_voice/7"},
        {"CustomField", "1.2.1.ab"},
        {"StatusCallback", "https://h/hooks/voice/exotel/s3cret?m=1.2.1.ab"},
        {"StatusCallbackEvents[0]", "terminal"},
        {"StatusCallbackContentType", "application/json"}};
    EXPECT_EQ(form, expected);
}

TEST(Voice, DecidesByStatus) {
    struct Case {
        int status;
        const char* body;
        SlotState state;
        Remedy remedy;
    };
    for (const Case& each : {Case{200, R"({"Call":{"Sid":"c1","Status":"in-progress"}})",
                                  SlotState::kAccepted, Remedy::kNone},
                             Case{200, R"({"Call":{}})", SlotState::kUnknown, Remedy::kNone},
                             Case{200, "<xml/>", SlotState::kUnknown, Remedy::kNone},
                             Case{302, "", SlotState::kUnknown, Remedy::kNone},
                             Case{400, "", SlotState::kRejected, Remedy::kRejectOne},
                             Case{401, "", SlotState::kRetry, Remedy::kStopChannel},
                             Case{402, "", SlotState::kRetry, Remedy::kStopChannel},
                             Case{403, "", SlotState::kRetry, Remedy::kStopChannel},
                             Case{429, "", SlotState::kRetry, Remedy::kRetryLater},
                             Case{500, "", SlotState::kUnknown, Remedy::kNone}}) {
        const SendOutcome outcome = outcome_of(
            {.outcome = net::Outcome::kAnswered, .status = each.status, .body = each.body});
        EXPECT_EQ(outcome.state, each.state) << each.status << each.body;
        EXPECT_EQ(outcome.remedy, each.remedy) << each.status;
        EXPECT_EQ(outcome.message_id, outcome.state == SlotState::kAccepted ? "c1" : "");
    }
    EXPECT_EQ(outcome_of({.outcome = net::Outcome::kNotSent}).state, SlotState::kRetry);
}

net::Request get(std::string_view query) {
    net::Request request;
    request.method = "GET";
    request.query = net::parse_query(query).value();
    return request;
}

net::Request post(std::string_view query, std::string body, std::string type) {
    net::Request request = get(query);
    request.method = "POST";
    request.body = std::move(body);
    request.headers = {{"Content-Type", std::move(type)}};
    return request;
}

TEST(Voice, ReadsWhatBecameOfOurCalls) {
    struct Case {
        const char* name;
        SlotState state;
        bool failed;
        int code;
    };
    for (const Case& each : {Case{"completed", SlotState::kDelivered, false, 0},
                             Case{"busy", SlotState::kAccepted, true, kBusy},
                             Case{"no-answer", SlotState::kAccepted, true, kNoAnswer},
                             Case{"canceled", SlotState::kAccepted, true, kCanceled},
                             Case{"failed", SlotState::kAccepted, true, kFailed}}) {
        const std::string name = each.name;
        for (const net::Request& request :
             {post("m=1.2.1.ab", R"({"CallSid":"c1","Status":")" + name + R"("})",
                   "application/json"),
              post("m=1.2.1.ab", "CallSid=c1&Status=" + name,
                   "application/x-www-form-urlencoded")}) {
            const Webhook webhook = read_callback(kSettings, request).value();
            ASSERT_EQ(webhook.statuses.size(), 1U);
            EXPECT_EQ(webhook.statuses[0].state, each.state) << name;
            EXPECT_EQ(webhook.statuses[0].failed, each.failed) << name;
            EXPECT_EQ(webhook.statuses[0].error_code, each.code) << name;
            EXPECT_EQ(webhook.statuses[0].callback_data, "1.2.1.ab");
            EXPECT_EQ(webhook.statuses[0].message_id, "c1");
            EXPECT_EQ(webhook.statuses[0].channel, registry::Channel::kVoice);
        }
    }
    EXPECT_EQ(read_callback(kSettings, get("CallSid=c1&Status=completed"))->ignored, 1);
    EXPECT_EQ(read_callback(kSettings, get("m=1&CallSid=c1&Status=ringing"))->ignored, 1);
    EXPECT_FALSE(read_callback(kSettings, get("Status=completed")).has_value());
    EXPECT_FALSE(read_callback(kSettings, post("", "{", "application/json")).has_value());
    EXPECT_FALSE(read_callback(kSettings, post("", "CallSid=%", "text/plain")).has_value());
}

TEST(Voice, ReadsDigitsAndMissedCalls) {
    const Webhook pressed =
        read_callback(kSettings,
                      get("CallSid=c1&CallFrom=09812345678&CallTo=06122000000&digits=%221"
                          "%22&CustomField=1.2.1.ab&Direction=outbound-dial"))
            .value();
    ASSERT_EQ(pressed.messages.size(), 1U);
    EXPECT_EQ(pressed.messages[0].from, "+919812345678");
    EXPECT_EQ(pressed.messages[0].kind, "digits");
    EXPECT_EQ(pressed.messages[0].text, "1");
    EXPECT_EQ(pressed.messages[0].message_id, "c1:digits");
    ASSERT_EQ(pressed.statuses.size(), 1U);
    EXPECT_EQ(pressed.statuses[0].state, SlotState::kPlayed);
    EXPECT_EQ(pressed.statuses[0].callback_data, "1.2.1.ab");
    EXPECT_EQ(read_callback(kSettings, get("CallSid=c1&CallFrom=09812345678&digits=2&stage=amount"))
                  ->messages.at(0)
                  .message_id,
              "c1:amount");

    for (const char* type : {"client-hangup", "incomplete", "call-attempt"}) {
        const Webhook missed =
            read_callback(kSettings, get("CallSid=c2&CallFrom=09812345678&CallTo=06122000000&"
                                         "Direction=incoming&CallType=" +
                                         std::string(type)))
                .value();
        ASSERT_EQ(missed.messages.size(), 1U) << type;
        EXPECT_EQ(missed.messages[0].kind, "missed_call");
        EXPECT_EQ(missed.messages[0].message_id, "c2:missed");
    }
    EXPECT_EQ(read_callback(kSettings, get("CallSid=c3&CallFrom=&Direction=incoming&"
                                           "CallType=incomplete"))
                  ->ignored,
              1);
    EXPECT_EQ(read_callback(kSettings, get("CallSid=c4&CallFrom=09812345678&digits=abc"))->ignored,
              1);
}

TEST(Voice, SecretIsOurs) {
    EXPECT_TRUE(secret_fits(kSettings, "s3cret"));
    EXPECT_FALSE(secret_fits(kSettings, "s3cret2"));
    EXPECT_FALSE(secret_fits(Settings{}, ""));
}

}  // namespace
}  // namespace haat::messaging::voice
