#include "messaging/channel_telegram.hpp"

#include <gtest/gtest.h>

#include "base/assert.hpp"

namespace haat::messaging::telegram {
namespace {

using Kind = ChatChange::Kind;

const Settings kSettings{.bot_token = "42:AA", .webhook_secret = "s3cret", .bot_name = "haat_bot"};

TEST(Telegram, WritesTheDocumentedForms) {
    const net::ClientRequest text = send_request(kSettings, "-100123", TextBody{.text = "नमस्ते"});
    EXPECT_EQ(text.path, "/bot42:AA/sendMessage");
    EXPECT_EQ(text.body, R"({"chat_id":-100123,"text":"नमस्ते"})");
    EXPECT_EQ(send_request(kSettings, "77",
                           TextBody{.text = "?", .buttons = {{"a:1", "हाँ"}, {"a:2", "नहीं"}}})
                  .body,
              R"({"chat_id":77,"text":"?","reply_markup":{"inline_keyboard":[)"
              R"([{"text":"हाँ","callback_data":"a:1"}],[{"text":"नहीं","callback_data":"a:2"}]]}})");
    EXPECT_THROW(
        (void)send_request(kSettings, "7",
                           TextBody{.text = "?", .buttons = {{std::string(65, 'x'), "x"}}}),
        Bug);
    EXPECT_EQ(answer_callback_request(kSettings, "9").body, R"({"callback_query_id":"9"})");
    EXPECT_EQ(set_webhook_request(kSettings, "https://h/x").body,
              R"({"url":"https://h/x","secret_token":"s3cret",)"
              R"("allowed_updates":["message","callback_query","my_chat_member"]})");
    EXPECT_EQ(start_link(kSettings, "p1"), "https://t.me/haat_bot?start=p1");

    const net::ClientRequest voice = send_voice_request(kSettings, "77", "OggS\r\n--haat", "सुनिए");
    EXPECT_EQ(voice.path, "/bot42:AA/sendVoice");
    ASSERT_TRUE(voice.content_type.starts_with("multipart/form-data; boundary="));
    const std::string boundary = voice.content_type.substr(voice.content_type.find('=') + 1);
    EXPECT_EQ(
        voice.body,
        "--" + boundary + "\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n77\r\n--" +
            boundary + "\r\nContent-Disposition: form-data; name=\"caption\"\r\n\r\nसुनिए\r\n--" +
            boundary +
            "\r\nContent-Disposition: form-data; name=\"voice\"; filename=\"voice.ogg\"\r\n"
            "Content-Type: audio/ogg\r\n\r\nOggS\r\n--haat\r\n--" +
            boundary + "--\r\n");
}

TEST(Telegram, DecidesByErrorCode) {
    struct Case {
        int status;
        const char* body;
        SlotState state;
        Remedy remedy;
        int retry_after;
        const char* moved_to;
    };
    for (const Case& each : {
             Case{200, R"({"ok":true,"result":{"message_id":5,"chat":{"id":-7}}})",
                  SlotState::kAccepted, Remedy::kNone, 0, ""},
             Case{200, R"({"ok":true,"result":true})", SlotState::kUnknown, Remedy::kNone, 0, ""},
             Case{200, "<html>", SlotState::kUnknown, Remedy::kNone, 0, ""},
             Case{429, R"({"ok":false,"error_code":429,"parameters":{"retry_after":17}})",
                  SlotState::kRetry, Remedy::kRetryLater, 17, ""},
             Case{429, R"({"ok":false,"error_code":429})", SlotState::kRetry, Remedy::kRetryLater,
                  1, ""},
             Case{400, R"({"ok":false,"error_code":400,"parameters":{"migrate_to_chat_id":-1009}})",
                  SlotState::kRetry, Remedy::kRetryLater, 0, "-1009"},
             Case{400, R"({"ok":false,"error_code":400,"description":"chat not found"})",
                  SlotState::kRejected, Remedy::kRejectOne, 0, ""},
             Case{403, R"({"ok":false,"error_code":403,"description":"bot was blocked"})",
                  SlotState::kRejected, Remedy::kRejectOne, 0, ""},
             Case{401, R"({"ok":false,"error_code":401})", SlotState::kRetry, Remedy::kStopChannel,
                  0, ""},
             Case{404, R"({"ok":false,"error_code":404})", SlotState::kRetry, Remedy::kStopChannel,
                  0, ""},
             Case{404, "not found", SlotState::kUnknown, Remedy::kNone, 0, ""},
             Case{502, R"({"ok":false,"error_code":502})", SlotState::kUnknown, Remedy::kNone, 0,
                  ""},
             Case{200, R"({"ok":false,"error_code":500})", SlotState::kUnknown, Remedy::kNone, 0,
                  ""},
         }) {
        const SendOutcome outcome = outcome_of(
            {.outcome = net::Outcome::kAnswered, .status = each.status, .body = each.body});
        EXPECT_EQ(outcome.state, each.state) << each.body;
        EXPECT_EQ(outcome.remedy, each.remedy) << each.body;
        EXPECT_EQ(outcome.retry_after_seconds, each.retry_after) << each.body;
        EXPECT_EQ(outcome.moved_to, each.moved_to) << each.body;
        EXPECT_EQ(outcome.message_id, outcome.state == SlotState::kAccepted ? "-7:5" : "");
    }
    EXPECT_EQ(outcome_of({.outcome = net::Outcome::kNotSent}).state, SlotState::kRetry);
    EXPECT_EQ(outcome_of({.outcome = net::Outcome::kUnknown}).state, SlotState::kUnknown);
}

Update update_of(std::string_view rest) {
    return read_update(R"({"update_id":7,)" + std::string(rest) + "}").value();
}

TEST(Telegram, ReadsPrivateChats) {
    const Update text = update_of(
        R"("message":{"message_id":3,"date":1790000000,"chat":{"id":77,"type":"private"},)"
        R"("from":{"id":77,"first_name":"सीता","last_name":"देवी"},"text":"20 किलो टमाटर"})");
    ASSERT_EQ(text.webhook.messages.size(), 1U);
    EXPECT_EQ(text.update_id, 7);
    EXPECT_EQ(text.webhook.messages[0].message_id, "77:3");
    EXPECT_EQ(text.webhook.messages[0].from, "77");
    EXPECT_EQ(text.webhook.messages[0].profile_name, "सीता देवी");
    EXPECT_EQ(text.webhook.messages[0].text, "20 किलो टमाटर");
    EXPECT_EQ(text.webhook.messages[0].at.value, 1790000000);
    EXPECT_TRUE(text.changes.empty());

    const Update start = update_of(
        R"("message":{"message_id":4,"chat":{"id":77,"type":"private"},"text":"/start p-12"})");
    EXPECT_EQ(start.webhook.messages.at(0).text, "start");
    EXPECT_EQ(start.changes.at(0).kind, Kind::kStarted);
    EXPECT_EQ(start.changes.at(0).value, "p-12");
    EXPECT_EQ(
        update_of(R"("message":{"message_id":4,"chat":{"id":77,"type":"private"},"text":"/stop"})")
            .webhook.messages.at(0)
            .text,
        "stop");

    const Update voice = update_of(
        R"("message":{"message_id":5,"chat":{"id":77,"type":"private"},"voice":{"file_id":"F"}})");
    EXPECT_EQ(voice.webhook.messages.at(0).kind, "audio");
    EXPECT_NE(voice.webhook.messages.at(0).raw.find("\"F\""), std::string::npos);

    const Update button = update_of(
        R"("callback_query":{"id":"99","from":{"id":77,"first_name":"S"},"data":"a:1","message":)"
        R"({"message_id":6,"chat":{"id":77,"type":"private"},"reply_markup":{"inline_keyboard":)"
        R"([[{"text":"नहीं","callback_data":"a:2"}],[{"text":"हाँ","callback_data":"a:1"}]]}}})");
    EXPECT_EQ(button.callback_id, "99");
    EXPECT_EQ(button.webhook.messages.at(0).button_id, "a:1");
    EXPECT_EQ(button.webhook.messages.at(0).text, "हाँ");
    EXPECT_EQ(button.webhook.messages.at(0).message_id, "callback:99");
}

TEST(Telegram, BelievesOnlyHerOwnContact) {
    const auto contact = [](std::string_view user, std::string_view number) {
        return update_of(
            R"("message":{"message_id":5,"chat":{"id":77,"type":"private"},"from":{"id":77},)"
            R"("contact":{"phone_number":")" +
            std::string(number) + R"(","first_name":"S","user_id":)" + std::string(user) + "}}");
    };
    const Update own = contact("77", "919812345678");
    ASSERT_EQ(own.changes.size(), 1U);
    EXPECT_EQ(own.changes[0].kind, Kind::kSharedPhone);
    EXPECT_EQ(own.changes[0].value, "+919812345678");
    EXPECT_EQ(own.webhook.messages.at(0).kind, "own_contact");
    EXPECT_EQ(contact("78", "919812345678").webhook.messages.at(0).kind, "contacts");
    EXPECT_TRUE(contact("78", "919812345678").changes.empty());
    EXPECT_TRUE(contact("\"77\"", "919812345678").changes.empty());
    EXPECT_TRUE(contact("77", "12").changes.empty());
}

TEST(Telegram, ReadsWhatBecomesOfChatsAndKeepsNoTalkOfGroups) {
    const Update blocked = update_of(
        R"("my_chat_member":{"chat":{"id":77,"type":"private"},"new_chat_member":{"status":"kicked"}})");
    EXPECT_EQ(blocked.changes.at(0).kind, Kind::kBlocked);
    EXPECT_EQ(update_of(R"("my_chat_member":{"chat":{"id":77,"type":"private"},)"
                        R"("new_chat_member":{"status":"member"}})")
                  .changes.at(0)
                  .kind,
              Kind::kUnblocked);
    const Update joined =
        update_of(R"("my_chat_member":{"chat":{"id":-1001,"type":"supergroup",)"
                  R"("title":"गया VO"},"new_chat_member":{"status":"administrator"}})");
    EXPECT_EQ(joined.changes.at(0).kind, Kind::kJoinedGroup);
    EXPECT_EQ(joined.changes.at(0).chat_id, "-1001");
    EXPECT_EQ(joined.changes.at(0).value, "गया VO");
    EXPECT_EQ(update_of(R"("my_chat_member":{"chat":{"id":-1001,"type":"supergroup"},)"
                        R"("new_chat_member":{"status":"left"}})")
                  .changes.at(0)
                  .kind,
              Kind::kLeftGroup);
    const Update moved = update_of(
        R"("message":{"message_id":1,"chat":{"id":-5,"type":"group"},"migrate_to_chat_id":-1005})");
    EXPECT_EQ(moved.changes.at(0).kind, Kind::kMoved);
    EXPECT_EQ(moved.changes.at(0).value, "-1005");

    const Update talk =
        update_of(R"("message":{"message_id":1,"chat":{"id":-5,"type":"group"},"text":"राम राम"})");
    EXPECT_TRUE(talk.webhook.messages.empty());
    EXPECT_EQ(talk.webhook.ignored, 1);
    EXPECT_EQ(update_of(R"("edited_message":{})").webhook.ignored, 1);
    EXPECT_EQ(update_of(R"("message":{"chat":[]})").webhook.ignored, 1);
    EXPECT_FALSE(read_update("[]").has_value());
    EXPECT_FALSE(read_update(R"({"message":{}})").has_value());
}

TEST(Telegram, SecretIsOurs) {
    EXPECT_TRUE(secret_fits(kSettings, "s3cret"));
    EXPECT_FALSE(secret_fits(kSettings, ""));
    EXPECT_FALSE(secret_fits(Settings{}, ""));
}

}  // namespace
}  // namespace haat::messaging::telegram
