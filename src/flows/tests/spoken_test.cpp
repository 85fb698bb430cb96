/// Who asks to hear answers gets them as voice notes too, after the text.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <mutex>

#include "answer_fixture.hpp"
#include "flows/answer_order.hpp"
#include "flows/conversations.hpp"
#include "flows/dialogue_books.hpp"
#include "flows/remind_waiting.hpp"
#include "flows/speak_answers.hpp"
#include "flows/sync_provider.hpp"
#include "flows/try_dialogue.hpp"
#include "messaging/spoken.hpp"
#include "net/client.hpp"
#include "net/server.hpp"

namespace haat::flows {
namespace {

/// Takes voice notes as the Graph API does.
class UploadProvider {
 public:
    UploadProvider()
        : server_({}, [this](net::Request request, net::Reply reply) { reply(answer(request)); }) {}

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_.port());
    }
    void fail(bool fails) {
        const std::lock_guard lock(mutex_);
        fails_ = fails;
    }
    [[nodiscard]] int uploads() const {
        const std::lock_guard lock(mutex_);
        return uploads_;
    }

 private:
    net::Response answer(const net::Request& request) {
        const std::lock_guard lock(mutex_);
        net::Response response;
        if (fails_) {
            response.status = 500;
        } else if (request.path != "/1/media" ||
                   request.header("authorization") != "Bearer token of tests" ||
                   request.body.find("OggS") == std::string::npos) {
            response.status = 400;
        } else {
            response.body = R"({"id":"media-)" + std::to_string(++uploads_) + "\"}";
        }
        return response;
    }

    mutable std::mutex mutex_;
    bool fails_ = false;
    int uploads_ = 0;
    net::Server server_;  // last: its thread uses what stands above
};

class NoEngine final : public messaging::SpeechEngine {
 public:
    [[nodiscard]] std::string name() const override { return "none"; }
    [[nodiscard]] Result<void> speak(std::string_view, std::string_view,
                                     const std::string&) const override {
        return refuse(ErrorKind::kUnavailable, "messaging.no_speech_engine");
    }
};

class Spoken : public Answers {
 protected:
    void SetUp() override {
        Answers::SetUp();
        ASSERT_TRUE(begin_dialogues(database(), shipped_source(), clock().now(), dialogues_));
        net::ClientOptions options;
        options.base_url = provider_.url();
        client_.emplace(std::move(options));
        account_.emplace(ProviderAccount{
            .client = *client_, .account_id = "1", .access_token = "token of tests"});
        here().provider = &*account_;
        folder_ =
            std::filesystem::temp_directory_path() / ("haat-spoken-" + std::to_string(::getpid()) +
                                                      "-" + std::to_string(database().new_id()));
        audio_.emplace(folder_, messaging::espeak_engine());
        here().audio = &*audio_;
    }
    void TearDown() override {
        std::filesystem::remove_all(folder_);
        Answers::TearDown();
    }

    /// Voice notes to her, the first one first.
    std::vector<std::string> heard(const std::string& phone = kSitasPhone) {
        return read([&](storage::Transaction& tx) {
            const auto address =
                registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp, phone);
            std::vector<std::string> texts;
            for (const auto& mail : messaging::mail_to(tx, address->address_id, 50)) {
                if (mail.is_voice) {
                    texts.insert(texts.begin(), mail.text);
                }
            }
            return texts;
        });
    }
    std::size_t waiting() {
        return read([&](storage::Transaction& tx) {
            return messaging::spoken_waiting(tx, {clock().now().value + 3'600}, 50).size();
        });
    }
    /// haat asks her about a line of an order, which she did not ask for.
    void ask_about_order(PersonId person_id) {
        write([&](storage::Transaction& tx) {
            sender_->send(
                tx, {.person_id = person_id,
                     .text_key = "messages.order_ask",
                     .params = {{"name", "सीता"},
                                {"order", "H-1"},
                                {"quantity", "20"},
                                {"product", "अचार"},
                                {"buyer", "दुकान"},
                                {"price", "₹180"},
                                {"amount", "₹3,600"},
                                {"until", "25/11/2026"}},
                     .params_by_key = {{"unit", "messages.unit_kg"}},
                     .buttons = {{order_button({7}, market::Answer::kYes), "messages.button_yes"},
                                 {order_button({7}, market::Answer::kNo), "messages.button_no"}}});
        });
    }
    /// What Sita was sent last, a voice note or not.
    messaging::MailRow newest() {
        return read([&](storage::Transaction& tx) {
            const auto address = registry::find_address(tx, system_viewer(),
                                                        registry::Channel::kWhatsapp, kSitasPhone);
            return messaging::mail_to(tx, address->address_id, 1).at(0);
        });
    }
    std::vector<TriedTurn> tried(registry::Channel channel, std::vector<std::string> texts) {
        DialogueTry wish{.name = "सीता", .language = "hi", .channel = channel, .messages = {}};
        for (std::string& text : texts) {
            wish.messages.push_back({.text = std::move(text), .button_id = {}});
        }
        auto turns = try_dialogue(here(), state_officer(), wish);
        EXPECT_TRUE(turns) << turns.error().code;
        return turns.value_or(std::vector<TriedTurn>{});
    }

    UploadProvider provider_;
    std::optional<net::Client> client_;
    std::optional<ProviderAccount> account_;
    std::optional<messaging::AudioStore> audio_;
    std::string folder_;
};

HAAT_BOTH_ENGINES(Spoken);

TEST_P(Spoken, WhenSheAsksTheQuestionIsSaidAgainAndAnswersFollowAsVoiceNotes) {
    const auto asked = from(kSitasPhone, "20 किलो आम का अचार है, 180 रुपये किलो");
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(waiting(), 0U);
    // The text is there at once; the sound is made afterwards.
    const auto mail = from(kSitasPhone, "बोलो");
    ASSERT_EQ(mail.size(), 1U);
    EXPECT_FALSE(mail[0].is_voice);
    EXPECT_TRUE(heard().empty());
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 2);
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 0);
    ASSERT_EQ(heard().size(), 2U);
    EXPECT_TRUE(heard()[0].starts_with("🔊 " + asked[0].text + "\n1 ")) << heard()[0];
    EXPECT_EQ(provider_.uploads(), 2);
    // The question still waits for her yes.
    const auto thanks = from(kSitasPhone, "हाँ");
    EXPECT_EQ(offers().size(), 1U);
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 1);
    ASSERT_EQ(heard().size(), 3U);
    EXPECT_EQ(heard()[2], "🔊 " + thanks[0].text);
    // Others on other phones read.
    (void)from("+919812300003", "help");
    EXPECT_EQ(waiting(), 0U);
    (void)from(kSitasPhone, "मत बोलो");
    (void)from(kSitasPhone, "मदद");
    EXPECT_EQ(waiting(), 0U);
}

TEST_P(Spoken, TheWishIsThePersonsNotThePhones) {
    write([&](storage::Transaction& tx) {
        messaging::set_spoken_wish(tx, kMeera, true, clock().now());
    });
    EXPECT_TRUE(read([](storage::Transaction& tx) { return messaging::wants_spoken(tx, kMeera); }));
    (void)from(kSharedPhone, "मदद");  // Gita is the first on it
    EXPECT_EQ(waiting(), 0U);
    auto mail = from(kSharedPhone, "मैं कौन हूँ");
    ASSERT_EQ(mail.size(), 1U);
    ASSERT_EQ(mail[0].buttons.size(), 2U);
    (void)from(kSharedPhone, mail[0].buttons[1].title, mail[0].buttons[1].id);
    (void)from(kSharedPhone, "मदद");
    EXPECT_GE(waiting(), 1U);
}

TEST_P(Spoken, WhatSheDidNotAskForIsHeardTooTheTextFirst) {
    (void)from(kSitasPhone, "बोलो");
    (void)from(kSitasPhone, "20 किलो आम का अचार है, 180 रुपये किलो");
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 2);
    // A question about an order, with its choices.
    ask_about_order(kSita);
    const messaging::MailRow asked = newest();
    EXPECT_FALSE(asked.is_voice);
    ASSERT_EQ(asked.buttons.size(), 2U);
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 1);
    EXPECT_TRUE(newest().is_voice);
    EXPECT_EQ(newest().text, "🔊 " + asked.text + "\n1 " + asked.buttons[0].title + "\n2 " +
                                 asked.buttons[1].title);
    // What an officer writes to her.
    EXPECT_TRUE(
        answer_as_officer(here(), *sender_, officer(), kSita, "officer-0001", "गाड़ी कल आएगी"));
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 1);
    EXPECT_EQ(newest().text, "🔊 गाड़ी कल आएगी");
    // What answers a missed call of hers.
    write([&](storage::Transaction& tx) {
        const messaging::Message call{.message_id = "call.1",
                                      .from = kSitasPhone,
                                      .kind = "missed_call",
                                      .text = {},
                                      .at = clock().now()};
        messaging::store_messages(tx, registry::Channel::kVoice, std::span(&call, 1),
                                  clock().now());
    });
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
    const std::string called = newest().text;
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 1);
    EXPECT_TRUE(newest().text.starts_with("🔊 " + called)) << newest().text;
    // Who reads is written to, and that is all.
    ask_about_order(kRita);
    EXPECT_EQ(waiting(), 0U);
}

TEST_P(Spoken, AReminderIsHeardTooUntilHerWindowCloses) {
    (void)from(kSitasPhone, "बोलो");
    (void)from(kSitasPhone, "20 किलो आम का अचार है, 180 रुपये किलो");
    const UnixSeconds wrote = clock().now();
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 2);
    clock().advance_seconds(3 * 3'600);
    EXPECT_EQ(remind_waiting(here(), *sender_, 10), 1);
    const std::string reminder = newest().text;
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 1);
    EXPECT_TRUE(newest().text.starts_with("🔊 " + reminder + "\n1 ")) << newest().text;
    // Outside of the window a template says it, which no voice note can follow.
    clock().advance_seconds(wrote.value + 24 * 3'600 - 600 - clock().now().value);
    ask_about_order(kSita);
    EXPECT_EQ(waiting(), 0U);
    EXPECT_FALSE(newest().is_voice);
    // She writes again, and hears again; after a stop nothing follows.
    (void)from(kSitasPhone, "मदद");
    ask_about_order(kSita);
    EXPECT_EQ(waiting(), 2U);
    (void)from(kSitasPhone, "बंद");
    EXPECT_GE(speak_answers(here(), *sender_, 10), 2);
    EXPECT_EQ(waiting(), 0U);
    EXPECT_EQ(heard().size(), 3U);
}

TEST_P(Spoken, WhatCannotBeMadeIsLeftOutAndAStopHoldsForBoth) {
    (void)from(kSitasPhone, "voice");
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 1);
    EXPECT_EQ(heard().size(), 1U);
    // A silent provider is asked again; a late voice note is none.
    provider_.fail(true);
    (void)from(kSitasPhone, "मदद");
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 1);
    EXPECT_EQ(waiting(), 1U);
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 0);
    clock().advance_seconds(30);
    provider_.fail(false);
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 1);
    EXPECT_EQ(heard().size(), 2U);
    // No engine: the text alone.
    audio_.emplace(folder_, std::make_unique<NoEngine>());
    EXPECT_EQ(from(kSitasPhone, "मेरा समूह").size(), 1U);
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 1);
    EXPECT_EQ(waiting(), 0U);
    EXPECT_EQ(heard().size(), 2U);
    // She says stop: she reads that it is so, and hears nothing more.
    audio_.emplace(folder_, messaging::espeak_engine());
    (void)from(kSitasPhone, "मदद");
    EXPECT_EQ(from(kSitasPhone, "बंद").size(), 1U);
    EXPECT_EQ(speak_answers(here(), *sender_, 10), 2);
    EXPECT_EQ(waiting(), 0U);
    EXPECT_EQ(heard().size(), 2U);
}

TEST_P(Spoken, AnSmsSaysWhereSheCanHear) {
    const auto sms = tried(registry::Channel::kSms, {"सुनाओ", "मदद"});
    ASSERT_EQ(sms.size(), 2U);
    ASSERT_EQ(sms[0].replies.size(), 1U);
    EXPECT_NE(sms[0].replies[0].shown.find("WhatsApp"), std::string::npos);
    EXPECT_FALSE(sms[0].replies[0].is_spoken);
    EXPECT_FALSE(sms[1].replies.at(0).is_spoken);
    // Where calls are set up she may have one.
    const std::string phone = "+919812300009";
    here().voice.base_url = "https://calls.example";
    write([&](storage::Transaction& tx) {
        EXPECT_TRUE(registry::attach_address(tx, system_viewer(), kSita,
                                             {registry::Channel::kSms, phone}, clock().now()));
    });
    const auto by_sms = [&](const std::string& text) {
        clock().advance_seconds(1);
        write([&](storage::Transaction& tx) {
            const messaging::Message message{.message_id = "sms." + std::to_string(++messages_),
                                             .from = phone,
                                             .kind = "text",
                                             .text = text,
                                             .at = clock().now()};
            messaging::store_messages(tx, registry::Channel::kSms, std::span(&message, 1),
                                      clock().now());
        });
        EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
    };
    by_sms("bol ke batao");
    by_sms("1");
    const std::size_t calls = read([&](storage::Transaction& tx) {
        const auto voice =
            registry::find_address(tx, system_viewer(), registry::Channel::kVoice, phone);
        return voice ? messaging::mail_to(tx, voice->address_id, 5).size() : 0U;
    });
    EXPECT_EQ(calls, 1U);
}

TEST_P(Spoken, WhoTriesDialoguesSeesWhatIsSpokenAndHearsIt) {
    const auto turns = tried(registry::Channel::kWhatsapp,
                             {"20 किलो आम का अचार है, 180 रुपये किलो", "bolo", "हाँ", "likh ke bhejo"});
    ASSERT_EQ(turns.size(), 4U);
    EXPECT_FALSE(turns[0].replies.at(0).is_spoken);
    ASSERT_EQ(turns[1].replies.size(), 2U);
    EXPECT_NE(turns[1].replies[0].shown.find(turns[0].replies[0].body.text), std::string::npos);
    EXPECT_TRUE(turns[1].replies[0].is_spoken);
    EXPECT_TRUE(turns[2].replies.at(0).is_spoken);
    EXPECT_FALSE(turns[3].replies.at(0).is_spoken);
    EXPECT_FALSE(read([](storage::Transaction& tx) { return messaging::wants_spoken(tx, kSita); }));
    const auto sound = hear_text(here(), state_officer(), turns[2].replies[0].shown, "hi");
    ASSERT_TRUE(sound) << sound.error().code;
    EXPECT_TRUE(sound->starts_with("OggS"));
    EXPECT_EQ(hear_text(here(), viewer(Role::kBuyer), "x", "hi").error().code, "flows.not_allowed");
}

/// Bhojpuri, Magahi, Maithili and either script; none of them is a stop.
TEST_P(Spoken, ManyWordsAskForIt) {
    for (const char* text :
         {"सुनाईं", "बोल के बतावऽ", "बाजि कऽ कहू", "Sunao", "audio", "बोलकर बताओ।"}) {
        const auto turns = tried(registry::Channel::kWhatsapp, {text});
        ASSERT_EQ(turns.size(), 1U);
        EXPECT_TRUE(turns[0].replies.at(0).is_spoken) << text;
    }
    for (const char* text : {"मत बोलो", "mat bolo", "लिखि कऽ पठाउ", "text", "आवाज़ मत भेजो"}) {
        clock().advance_seconds(1);
        const AddressId address_id = stored(kSitasPhone, text);
        EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
        EXPECT_EQ(read([&](storage::Transaction& tx) {
                      return registry::find_address(tx, system_viewer(), address_id)->suppressed;
                  }),
                  registry::kNoPurpose)
            << text;
    }
}

}  // namespace
}  // namespace haat::flows
