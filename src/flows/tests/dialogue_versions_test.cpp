/// Versions of what haat says: two officers at once, conversations that finish on theirs, updates
/// of the program, other processes.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "flows/answer_message.hpp"
#include "flows/dialogue_books.hpp"
#include "flows/edit_dialogues.hpp"
#include "flows/send_message.hpp"
#include "plan_fixture.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

using messaging::BookSource;
using messaging::BookText;
using messaging::PartKind;

constexpr const char* kSitasPhone = "+919812300001";
constexpr const char* kReadBack = "messages.offer_readback";
constexpr const char* kAdded = "messages.offer_added";

class DialogueVersions : public PlanTest {
 protected:
    void SetUp() override {
        PlanTest::SetUp();
        other_officer_ = add_officer("smd2", Role::kStateOfficer, registry::kBihar);
        start(shipped_source());
    }

    /// As a process that starts: nothing is in memory.
    void start(const BookSource& shipped) {
        start_haat();
        dialogues_ = std::make_unique<messaging::DialogueBooks>();
        const auto begun = begin_dialogues(database(), shipped, clock().now(), *dialogues_);
        ASSERT_TRUE(begun) << begun.error().code << begun.error().params[0].second;
        here().dialogues = dialogues_.get();
        sender_.emplace(texts(), clock(), [] {}, dialogues_.get());
    }

    /// She writes; returns what she is answered.
    std::string from(const std::string& phone, const std::string& text) {
        clock().advance_seconds(1);
        const AddressId address_id = write([&](storage::Transaction& tx) {
            messaging::Message message{.message_id = "wamid." + std::to_string(++messages_),
                                       .from = phone,
                                       .kind = "text",
                                       .text = text,
                                       .button_id = {},
                                       .at = clock().now()};
            messaging::store_messages(tx, registry::Channel::kWhatsapp, std::span(&message, 1),
                                      clock().now());
            return registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp, phone)
                ->address_id;
        });
        EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
        return read([&](storage::Transaction& tx) {
            const auto mail = messaging::mail_to(tx, address_id, 1);
            return mail.empty() ? std::string() : mail[0].text;
        });
    }

    DialogueDesk desk() {
        return read([](storage::Transaction& tx) { return read_desk(tx); }).value();
    }

    static DraftWish wish(const DialogueDesk& seen, const std::string& key, BookText text) {
        return {.change = {PartKind::kText, key, messaging::to_json(text)},
                .before = messaging::part_of(seen.draft_source, PartKind::kText, key)};
    }
    std::string changed(const Viewer& viewer, const DraftWish& wish) {
        const auto done = change_draft(here(), viewer, {wish});
        return done ? "" : done.error().code;
    }
    std::int64_t published(const Viewer& viewer, const std::string& key, const BookText& text) {
        EXPECT_EQ(changed(viewer, wish(desk(), key, text)), "");
        return publish_draft(here(), viewer, "नया", desk().mark).value();
    }

    const Viewer& other_officer() const { return other_officer_; }
    messaging::DialogueBooks& books() { return *dialogues_; }

 private:
    std::unique_ptr<messaging::DialogueBooks> dialogues_;
    std::optional<MailSender> sender_;
    Viewer other_officer_;
    int messages_ = 0;
};
HAAT_BOTH_ENGINES(DialogueVersions);

TEST_P(DialogueVersions, WhatIsShippedIsVersionOneAndStaysItOverRestarts) {
    EXPECT_EQ(desk().published.number, 1);
    EXPECT_TRUE(desk().published.is_shipped);
    EXPECT_EQ(desk().published_source, shipped_source());
    start(shipped_source());
    EXPECT_EQ(desk().published.number, 1);
    EXPECT_EQ(books().now()->latest().version(), desk().published.content);
}

TEST_P(DialogueVersions, AConversationFinishesOnItsVersionWithItsTextsAfterARestart) {
    EXPECT_NE(from(kSitasPhone, "20 किलो आम का अचार है, 180 रुपये किलो").find("सही है?"),
              std::string::npos);
    EXPECT_EQ(published(state_officer(), kAdded, {"लग गया: {goods}", "Up: {goods}"}), 2);
    EXPECT_EQ(published(state_officer(), kReadBack, {"यह? {goods}", "This? {goods}"}), 3);
    start(shipped_source());  // only the latest is in memory now
    EXPECT_EQ(books().now()->latest().version(), desk().published.content);
    // Hers is the version that she began with: the read-back and the thanks of version 1.
    EXPECT_NE(from(kSitasPhone, "22 किलो").find("सही है?"), std::string::npos);
    EXPECT_NE(from(kSitasPhone, "हाँ").find("बहुत बढ़िया"), std::string::npos);
    // The next one is of the latest.
    EXPECT_TRUE(from(kSitasPhone, "50 कॉपी है, 20 रुपये पीस").starts_with("यह? "));
    EXPECT_TRUE(from(kSitasPhone, "हाँ").starts_with("लग गया: "));
}

TEST_P(DialogueVersions, TwoOfficersNeverOverwriteEachOtherUnseen) {
    const DialogueDesk seen = desk();
    EXPECT_EQ(changed(state_officer(), wish(seen, kAdded, {"एक", "one"})), "");
    // Another text: no matter.
    EXPECT_EQ(changed(other_officer(), wish(seen, kReadBack, {"दो", "two"})), "");
    const auto refused = change_draft(here(), other_officer(), {wish(seen, kAdded, {"तीन", "3"})});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "flows.draft_changed");
    EXPECT_EQ(refused.error().params[0].second, kAdded);
    EXPECT_EQ(refused.error().params[2].second, "smd");
    // Neither publishes what she has not seen, nor throws it away.
    EXPECT_EQ(publish_draft(here(), state_officer(), "x", seen.mark).error().code,
              "flows.draft_changed");
    EXPECT_EQ(discard_draft(here(), state_officer(), seen.mark).error().code,
              "flows.draft_changed");
    EXPECT_EQ(publish_draft(here(), other_officer(), "दोनों", desk().mark).value(), 2);
    EXPECT_TRUE(desk().parts.empty());
    // What was published meanwhile is seen as well.
    EXPECT_EQ(changed(other_officer(), wish(seen, kAdded, {"चार", "4"})), "flows.draft_changed");
    EXPECT_EQ(publish_draft(here(), state_officer(), "x", desk().mark).error().code,
              "flows.nothing_changed");
    EXPECT_EQ(changed(block_officer(), wish(desk(), kAdded, {"x", "x"})), "flows.not_allowed");
}

TEST_P(DialogueVersions, ABadDraftIsRefusedAndNothingOfItKept) {
    const DialogueDesk seen = desk();
    const auto refused =
        change_draft(here(), state_officer(),
                     {wish(seen, kReadBack, {"ठीक", "fine"}), wish(seen, kAdded, {"{typo}", "x"})});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "messaging.bad_text");
    EXPECT_EQ(refused.error().params[2].second, "{typo}");
    EXPECT_TRUE(desk().parts.empty());
    // A dialogue comes together with its texts.
    const std::string json = R"({"dialogue":"weather","starts":{"words":["mausam"]},"first":"a",)"
                             R"("steps":{"a":{"say":"messages.weather"}}})";
    const DraftWish dialogue{.change = {PartKind::kDialogue, "weather", json},
                             .before = std::nullopt};
    EXPECT_EQ(changed(state_officer(), dialogue), "messaging.bad_dialogue");
    const DraftWish text = wish(seen, "messages.weather", {"धूप", "sun"});
    EXPECT_TRUE(change_draft(here(), state_officer(), {dialogue, text}));
    EXPECT_EQ(publish_draft(here(), state_officer(), "मौसम", desk().mark).value(), 2);
    EXPECT_EQ(from(kSitasPhone, "Mausam"), "धूप");
    // Back to what it was, as a version of its own; the old ones stay in the record.
    EXPECT_EQ(restore_dialogues(here(), state_officer(), 1, "वापस").value(), 3);
    EXPECT_NE(from(kSitasPhone, "mausam"), "धूप");
    EXPECT_EQ(restore_dialogues(here(), state_officer(), 9, "").error().code, "flows.no_version");
    EXPECT_TRUE(read([](storage::Transaction& tx) {
                    return messaging::dialogue_source(tx, 2);
                })->dialogues.contains("weather"));
}

TEST_P(DialogueVersions, AnotherProcessNoticesAPublication) {
    messaging::DialogueBooks others;
    ASSERT_TRUE(begin_dialogues(database(), shipped_source(), clock().now(), others));
    std::int64_t seen = 0;
    follow_dialogues(database(), others, seen);
    EXPECT_EQ(others.now()->latest().version(), books().now()->latest().version());
    published(state_officer(), kAdded, {"नया", "new"});
    EXPECT_NE(others.now()->latest().version(), books().now()->latest().version());
    follow_dialogues(database(), others, seen);
    EXPECT_EQ(others.now()->latest().version(), books().now()->latest().version());
    EXPECT_EQ(others.now()->latest().text(texts(), Language::kEnglish, kAdded), "new");
}

TEST_P(DialogueVersions, AnUpdateBringsItsOwnAndLeavesHers) {
    BookSource newer = shipped_source();
    newer.texts["messages.help"].english = "Help of the update";
    start(newer);
    EXPECT_EQ(desk().published.number, 2);
    EXPECT_TRUE(desk().published.is_shipped);
    published(state_officer(), kAdded, {"मेरा", "mine"});
    newer.texts[kAdded].english = "Added, says the next update";
    newer.texts["messages.help"].english = "Help of the next update";
    start(newer);
    const DialogueDesk now = desk();
    EXPECT_EQ(now.published.number, 4);
    EXPECT_FALSE(now.published.is_shipped);
    EXPECT_EQ(now.published_source.texts.at(kAdded).english, "mine");
    EXPECT_EQ(now.published_source.texts.at("messages.help").english, "Help of the next update");
    ASSERT_EQ(now.published.newer.size(), 1U);
    EXPECT_EQ(now.published.newer[0].name, kAdded);
    EXPECT_NE(now.published.newer[0].body->find("next update"), std::string::npos);
    // Looked at: she takes it.
    published(state_officer(), kAdded, newer.texts[kAdded]);
    EXPECT_TRUE(desk().published.newer.empty());
    EXPECT_EQ(desk().published_source, newer);
}

}  // namespace
}  // namespace haat::flows
