#include "messaging/channel_whatsapp.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "net/hmac.hpp"

namespace haat::messaging::whatsapp {
namespace {

net::ClientResult answered(int status, std::string body) {
    return {.outcome = net::Outcome::kAnswered, .status = status, .body = std::move(body)};
}

TEST(Whatsapp, WritesTheDocumentedForms) {
    EXPECT_EQ(send_json("+919812345678", "1.2.1.ab", TextBody{.text = "नमस्ते"}),
              R"({"messaging_product":"whatsapp","recipient_type":"individual",)"
              R"("to":"+919812345678","biz_opaque_callback_data":"1.2.1.ab","type":"text",)"
              R"("text":{"body":"नमस्ते"}})");
    EXPECT_EQ(send_json("+91981", "x", TextBody{.text = "?", .buttons = {{"a:1", "हाँ"}}}),
              R"({"messaging_product":"whatsapp","recipient_type":"individual","to":"+91981",)"
              R"("biz_opaque_callback_data":"x","type":"interactive","interactive":{)"
              R"("type":"button","body":{"text":"?"},"action":{"buttons":[{"type":"reply",)"
              R"("reply":{"id":"a:1","title":"हाँ"}}]}}})");
    EXPECT_EQ(send_json("+91981", "x", TemplateBody{"haat_demand", "hi", {"एक"}, {"stop:0"}}),
              R"({"messaging_product":"whatsapp","recipient_type":"individual","to":"+91981",)"
              R"("biz_opaque_callback_data":"x","type":"template","template":{)"
              R"("name":"haat_demand","language":{"code":"hi"},"components":[{"type":"body",)"
              R"("parameters":[{"type":"text","text":"एक"}]},{"type":"button",)"
              R"("sub_type":"quick_reply","index":"0","parameters":[{"type":"payload",)"
              R"("payload":"stop:0"}]}]}})");
}

struct Case {
    int status;
    const char* body;
    SlotState state;
    Remedy remedy;
};

TEST(Whatsapp, DecidesByCodeAndConcludesNothingFromA5xx) {
    const Case cases[] = {
        {200, R"({"messages":[{"id":"wamid.A"}]})", SlotState::kAccepted, Remedy::kNone},
        {200, R"({"messages":[]})", SlotState::kUnknown, Remedy::kNone},
        {200, "garbage", SlotState::kUnknown, Remedy::kNone},
        {200, "", SlotState::kUnknown, Remedy::kNone},
        {200, "[]", SlotState::kUnknown, Remedy::kNone},
        {200, R"({"messages":[{"id":"wamid.A"}])", SlotState::kUnknown, Remedy::kNone},
        {200, R"({"messages":[{"id":7}]})", SlotState::kUnknown, Remedy::kNone},
        {200, R"({"messages":[7]})", SlotState::kUnknown, Remedy::kNone},
        {200, R"({"messages":{"id":"wamid.A"}})", SlotState::kUnknown, Remedy::kNone},
        {400, R"({"error":{"code":"131026"}})", SlotState::kUnknown, Remedy::kNone},
        {400, R"({"error":131026})", SlotState::kUnknown, Remedy::kNone},
        {400, R"({"error":{"code":131026}})", SlotState::kRejected, Remedy::kRejectOne},
        {400, R"({"error":{"code":130429}})", SlotState::kRetry, Remedy::kRetryLater},
        {429, R"({"error":{"code":80007}})", SlotState::kRetry, Remedy::kRetryLater},
        {401, R"({"error":{"code":190}})", SlotState::kRetry, Remedy::kStopChannel},
        {403, R"({"error":{"code":210}})", SlotState::kRetry, Remedy::kStopChannel},
        {400, R"({"error":{"code":99999}})", SlotState::kRejected, Remedy::kRejectOne},
        {404, "not found", SlotState::kUnknown, Remedy::kNone},
        {500, R"({"error":{"code":131000}})", SlotState::kUnknown, Remedy::kNone},
        {503, R"({"error":{"code":130429}})", SlotState::kUnknown, Remedy::kNone},
    };
    for (const Case& each : cases) {
        const SendOutcome outcome = outcome_of(answered(each.status, each.body));
        EXPECT_EQ(outcome.state, each.state) << each.status << " " << each.body;
        EXPECT_EQ(outcome.remedy, each.remedy) << each.status << " " << each.body;
    }
    EXPECT_EQ(outcome_of({.outcome = net::Outcome::kNotSent}).state, SlotState::kRetry);
    EXPECT_EQ(outcome_of({.outcome = net::Outcome::kUnknown}).state, SlotState::kUnknown);
    for (const int code : {131026, 130429, 190, 131047, 1}) {
        EXPECT_EQ(code_of_reason(reason_index(code)), code);
    }
    EXPECT_EQ(reason_index(0), 0);
    EXPECT_EQ(code_of_reason(reason_index(424242)), -1);
}

constexpr std::string_view kWebhook = R"({"object":"whatsapp_business_account","entry":[{"id":"W",
"changes":[{"field":"messages","value":{"messaging_product":"whatsapp",
"metadata":{"display_phone_number":"91","phone_number_id":"1001"},
"contacts":[{"wa_id":"919812345678","profile":{"name":"सीता"}}],
"messages":[
 {"from":"919812345678","id":"wamid.1","timestamp":"1790000000","type":"text","text":{"body":"20 किलो"}},
 {"from":"919812345678","id":"wamid.2","timestamp":"1790000001","type":"interactive",
  "interactive":{"type":"button_reply","button_reply":{"id":"confirm_yes:7","title":"हाँ"}}},
 {"from":"919812345678","id":"wamid.3","timestamp":"1790000002","type":"button","button":{"payload":"broadcast_stop:0","text":"बंद"}},
 {"from_user_id":"IN.123","id":"wamid.4","timestamp":"1790000003","type":"audio","audio":{"id":"9","mime_type":"audio/ogg"}},
 {"id":"wamid.5","type":"text"}],
"statuses":[
 {"id":"wamid.9","status":"delivered","timestamp":"1790000004","recipient_id":"919812345678","biz_opaque_callback_data":"1.2.1.ab"},
 {"id":"wamid.10","status":"failed","timestamp":"1790000004","recipient_id":"919812345678","errors":[{"code":131026}]},
 {"id":"wamid.11","status":"warming","timestamp":"1790000004"}]}},
{"field":"messages","value":{"metadata":{"phone_number_id":"2002"},"messages":[{"from":"91","id":"x","type":"text"}]}}]}]})";

TEST(Whatsapp, ReadsBatchesAndIgnoresWhatIsNotOurs) {
    const Result<Webhook> webhook = read_webhook(kWebhook, {"1001"});
    ASSERT_TRUE(webhook.has_value());
    ASSERT_EQ(webhook->messages.size(), 4U);
    EXPECT_EQ(webhook->messages[0].text, "20 किलो");
    EXPECT_EQ(webhook->messages[0].from, "+919812345678");
    EXPECT_EQ(webhook->messages[0].profile_name, "सीता");
    EXPECT_EQ(webhook->messages[1].button_id, "confirm_yes:7");
    EXPECT_EQ(webhook->messages[1].kind, "button");
    EXPECT_EQ(webhook->messages[2].button_id, "broadcast_stop:0");
    EXPECT_EQ(webhook->messages[3].from, "IN.123");
    EXPECT_EQ(webhook->messages[3].kind, "audio");
    ASSERT_EQ(webhook->statuses.size(), 2U);
    EXPECT_EQ(webhook->statuses[0].state, SlotState::kDelivered);
    EXPECT_EQ(webhook->statuses[0].callback_data, "1.2.1.ab");
    EXPECT_TRUE(webhook->statuses[1].failed);
    EXPECT_EQ(webhook->statuses[1].error_code, 131026);
    EXPECT_EQ(webhook->ignored, 3);
}

TEST(Whatsapp, RefusesWhatItCannotRead) {
    std::string deep(100'000, '[');
    for (const std::string_view body :
         {std::string_view(""), std::string_view("[]"), std::string_view("{\"a\":1}"),
          std::string_view("{\"entry\":[\"\xFF\"]}"), std::string_view(deep)}) {
        EXPECT_EQ(read_webhook(body, {"1001"}).error().code, "messaging.webhook_unreadable");
    }
    // Wrong types inside are as good as absent.
    EXPECT_TRUE(read_webhook(R"({"entry":[1,{"changes":[2,{"value":3}]}]})", {"1001"}).has_value());
}

TEST(Whatsapp, OneWrongFieldSpoilsNothingElse) {
    const auto read = [](const std::string& content) {
        return read_webhook(R"({"entry":[{"changes":[{"field":"messages","value":)"
                            R"({"metadata":{"phone_number_id":"1001"},)" +
                                content + "}}]}]}",
                            {"1001"});
    };
    const Result<Webhook> statuses = read(
        R"("contacts":7,"messages":{},"statuses":[null,[],{"status":"read"},)"
        R"({"id":3,"status":"sent","timestamp":1790000004,"recipient_id":null,)"
        R"("biz_opaque_callback_data":"a\"\u0939\ud83d\ude00"},)"
        R"({"id":"w","status":"failed","timestamp":"x","errors":[{"code":"131026"}]},)"
        R"({"id":"w","status":"failed","errors":[]},{"id":"w","status":"failed","errors":[7]},)"
        R"({"id":"a","id":"b","status":"delivered","recipient_id":"+91"}])");
    ASSERT_TRUE(statuses);
    ASSERT_EQ(statuses->statuses.size(), 6U);
    EXPECT_EQ(statuses->statuses[0].state, SlotState::kRead);
    EXPECT_EQ(statuses->statuses[0].recipient, "");
    EXPECT_EQ(statuses->statuses[1].message_id, "");
    EXPECT_EQ(statuses->statuses[1].at.value, 1790000004);
    EXPECT_EQ(statuses->statuses[1].callback_data, "a\"ह😀");
    EXPECT_EQ(statuses->statuses[2].error_code, -1);
    EXPECT_EQ(statuses->statuses[2].at.value, 0);
    EXPECT_EQ(statuses->statuses[3].error_code, 0);
    EXPECT_EQ(statuses->statuses[4].error_code, 0);
    EXPECT_EQ(statuses->statuses[5].message_id, "b");
    EXPECT_EQ(statuses->statuses[5].recipient, "+91");
    const Result<Webhook> messages =
        read(R"("contacts":[3,{"wa_id":"91","profile":{"name":"a"}},{"wa_id":"91","profile":{}}],)"
             R"("messages":[{"from":"91","id":"1","type":"image","image":{"caption":"आ\/म"}},)"
             R"({"from":"92","id":"2","type":"interactive"},)"
             R"({"from":"92","id":"3","type":"interactive","interactive":{"type":{}}},)"
             R"({"from":"92","id":"4","type":"text","text":"20"},)"
             R"({"from":"92","id":"5","type":"text","group_id":"g"}])");
    ASSERT_TRUE(messages);
    ASSERT_EQ(messages->messages.size(), 4U);
    EXPECT_EQ(messages->messages[0].text, "आ/म");
    EXPECT_EQ(messages->messages[0].profile_name, "");
    EXPECT_EQ(messages->messages[0].raw,
              R"({"from":"91","id":"1","type":"image","image":{"caption":"आ/म"}})");
    EXPECT_EQ(messages->messages[1].kind, "button");
    EXPECT_EQ(messages->messages[3].text, "");
    EXPECT_EQ(messages->ignored, 1);
    for (const char* broken : {R"("statuses":[{"id":"\x"}])", R"("statuses":[{"id":"a})",
                               R"("statuses":[{"id":"\ud800"}])", R"("statuses":[1 2])",
                               "\"statuses\":[\"\x01\"]", "\"statuses\":[\"\xC0\x80\"]"}) {
        EXPECT_FALSE(read(broken)) << broken;
    }
    EXPECT_TRUE(read("\"a\":" + std::string(24, '[') + std::string(24, ']')));
    EXPECT_FALSE(read("\"a\":" + std::string(33, '[') + std::string(33, ']')));
}

TEST(Whatsapp, SignatureIsOverTheRawBytes) {
    net::HmacSha256 hmac("secret");
    const std::string signature = "sha256=" + net::hex(hmac.sign(kWebhook));
    EXPECT_TRUE(signature_fits("secret", kWebhook, signature));
    EXPECT_FALSE(signature_fits("other", kWebhook, signature));
    EXPECT_FALSE(signature_fits("secret", std::string(kWebhook) + " ", signature));
    EXPECT_FALSE(signature_fits("secret", kWebhook, signature.substr(7)));
    EXPECT_FALSE(signature_fits("secret", kWebhook, ""));
}

}  // namespace
}  // namespace haat::messaging::whatsapp
