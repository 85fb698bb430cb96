/// Words that officers teach: tried as a draft, published to every process, suggested from what was
/// not understood and from what officers corrected.
#include <gtest/gtest.h>

#include <limits>

#include "answer_fixture.hpp"
#include "flows/edit_lexicon.hpp"
#include "flows/learn_words.hpp"

namespace haat::flows {
namespace {

constexpr const char* kOffer = "20 किलो झकरी है 450 रुपये किलो";

class Words : public Answers {
 protected:
    LexiconShelf& lexicon() override {
        if (shelf_ == nullptr) {
            shelf_ = shipped_words();
        }
        return *shelf_;
    }
    std::string changed(const WordChange& change) {
        const auto made = change_word(here(), state_officer(), change);
        return made ? "" : made.error().code;
    }
    std::string product_now() {
        const auto meaning = language::understand(here().lexicon, kOffer, Date{2026, 11, 18});
        return meaning.items.empty() ? "" : meaning.items[0].product;
    }
    std::int64_t last_change() {
        return read([](storage::Transaction& tx) { return catalogue::last_lexicon_change(tx); });
    }

 private:
    std::unique_ptr<LexiconShelf> shelf_;
};
HAAT_BOTH_ENGINES(Words);

const WordChange kTaught{.spelling = "झकरी", .target = "makhana", .reason = "मधुबनी में"};

TEST_P(Words, AreTriedAsADraftAndPublished) {
    EXPECT_EQ(product_now(), "");
    EXPECT_EQ(changed(kTaught), "");
    EXPECT_EQ(product_now(), "") << "a draft holds for nobody";
    const auto tried = try_message(here(), block_officer(), kOffer).value();
    ASSERT_EQ(tried.draft.items.size(), 1U);
    EXPECT_EQ(tried.draft.items[0].product, "makhana");
    const LexiconDraft draft = read_draft(here(), state_officer()).value();
    ASSERT_EQ(draft.changes.size(), 1U);
    EXPECT_EQ(draft.changes[0].account_id, state_officer().account_id);
    EXPECT_EQ(draft.version.version_no, 0);

    const std::unique_ptr<LexiconShelf> another_process = shipped_words();
    EXPECT_FALSE(another_process->refresh(database()));
    EXPECT_EQ(publish_words(here(), state_officer(), 0, "").error().code, "flows.words_changed");
    EXPECT_EQ(publish_words(here(), state_officer(), 1, "पहला").value().version_no, 1);
    EXPECT_EQ(product_now(), "makhana");
    EXPECT_TRUE(another_process->refresh(database()));
    EXPECT_EQ(another_process->version_no(), 1);
    EXPECT_FALSE(another_process->refresh(database()));
    EXPECT_EQ(publish_words(here(), state_officer(), 1, "").error().code, "flows.words_empty");

    EXPECT_EQ(changed({.spelling = "झकरी", .target = "makhana", .removes = true}), "");
    EXPECT_EQ(publish_words(here(), state_officer(), 2, "").value().version_no, 2);
    EXPECT_EQ(product_now(), "");
    const auto looked = look_up_word(here(), district_officer(), "झकरी").value();
    EXPECT_EQ(looked.changes.size(), 2U);
    EXPECT_TRUE(looked.explained.meanings.empty());
}

TEST_P(Words, ThatCollideAreRefusedByName) {
    EXPECT_EQ(changed({.spelling = "मखाना", .target = "papad"}), "flows.word_collides");
    const auto refused =
        change_word(here(), state_officer(), {.spelling = "मखाना", .target = "papad"});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().params[1].second, "papad");
    EXPECT_EQ(refused.error().params[2].second, "makhana");
    EXPECT_EQ(changed({.spelling = "मखाना", .target = "papad", .decides = true}), "");
    EXPECT_EQ(changed({.spelling = "मखाना", .target = "makhana"}), "flows.word_collides");
    EXPECT_EQ(changed({.spelling = "ठेकुआ", .target = "thekua"}), "flows.word_known");
    EXPECT_EQ(changed({.spelling = "झकरी", .target = "thekua", .removes = true}),
              "flows.word_unknown");
    EXPECT_EQ(changed({.spelling = "झकरी", .target = "no_such"}), "language.unknown_target");
    for (const char* bad : {"", "!क", "a;b", "a,b", "...", "\xff"}) {
        EXPECT_EQ(changed({.spelling = bad, .target = "thekua"}), "flows.bad_word") << bad;
    }
    EXPECT_EQ(changed({.kind = language::WordKind::kUnit, .spelling = "किलो", .target = "quintal"}),
              "flows.word_collides");
    EXPECT_EQ(last_change(), 1);
    EXPECT_EQ(change_word(here(), block_officer(), kTaught).error().code, "flows.not_allowed");
    EXPECT_FALSE(read_draft(here(), district_officer()).has_value());
}

TEST_P(Words, AreSuggestedFromWhatOfficersCorrected) {
    (void)from(kSitasPhone, "झकरी");
    (void)from(kSitasPhone, "jhakri 9812345678 phulparva");
    auto rows = list_not_understood(here(), block_officer(), 30, 50).value();
    ASSERT_EQ(rows.size(), 2U);
    for (const NotUnderstoodRow& row : rows) {
        EXPECT_EQ(row.group.messages, 1);
        EXPECT_EQ(row.example.find("9812345678"), std::string::npos) << row.example;
    }
    const InboundId wrong = rows[1].group.last_inbound_id;
    const char* meant = R"({"intent":"offer_stock","items":[{"product":"makhana"}]})";
    EXPECT_EQ(correct_message(here(), block_officer(), wrong, "{}").error().code,
              "flows.bad_correction");
    EXPECT_EQ(correct_message(here(), block_officer(), InboundId{1}, meant).error().code,
              "messaging.no_message");
    Viewer elsewhere = block_officer();
    elsewhere.places = {1'000'000, 1'000'001};
    EXPECT_EQ(correct_message(here(), elsewhere, wrong, meant).error().code,
              "messaging.no_message");
    EXPECT_TRUE(list_not_understood(here(), elsewhere, 30, 50).value().empty());
    EXPECT_TRUE(correct_message(here(), block_officer(), wrong, meant).has_value());
    EXPECT_EQ(list_not_understood(here(), block_officer(), 30, 50).value().size(), 1U);

    const auto suggestions = read([&](storage::Transaction& tx) {
        return suggest_words(tx, here().lexicon, clock().now(), 20);
    });
    ASSERT_FALSE(suggestions.empty());
    EXPECT_EQ(suggestions[0].target, "makhana");
    EXPECT_EQ(suggestions[0].corrections, 1);
    EXPECT_GE(suggestions[0].messages, 2) << "the other message has the word too";
    EXPECT_TRUE(suggestions[0].collisions.empty());
    for (const std::string& example : suggestions[0].examples) {
        EXPECT_EQ(example.find("phulparva"), std::string::npos) << example;
    }
}

TEST_P(Words, OfUnitsAreSuggestedByTheirFactor) {
    const AddressId address_id = stored(kSitasPhone, "मखाना 2 झकिया");
    const auto rows =
        read([&](storage::Transaction& tx) { return messaging::messages_from(tx, address_id, 1); });
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_TRUE(correct_message(here(), block_officer(), rows[0].inbound_id,
                                R"({"intent":"offer_stock",)"
                                R"("items":[{"product":"makhana","qty":200,"unit":"kg"}]})")
                    .has_value());
    const auto suggestions = read([&](storage::Transaction& tx) {
        return suggest_words(tx, here().lexicon, clock().now(), 20);
    });
    ASSERT_FALSE(suggestions.empty());
    EXPECT_EQ(suggestions[0].kind, language::WordKind::kUnit);
    EXPECT_EQ(suggestions[0].spelling, "झकिया");
    EXPECT_EQ(suggestions[0].target, "quintal");
}

TEST_P(Words, ThatAreUnderstoodAreNotNoted) {
    (void)from(kSitasPhone, "20 किलो आम का अचार है, 180 रुपये किलो");
    (void)from(kSitasPhone, "हाँ");
    for (const char* plain : {"शुरू से", "मखाना है", "50", "650", "हाँ", "शुरू से", "मदद", "भाषा", "1"}) {
        (void)from(kSitasPhone, plain);
    }
    for (const NotUnderstoodRow& row :
         list_not_understood(here(), block_officer(), 30, 50).value()) {
        ADD_FAILURE() << row.example;
    }
}

TEST_P(Words, NamesOfPeopleAndSwearWordsAreNotSuggested) {
    for (const char* said :
         {"पागल क्या बकवास है", "भाड़ में जाओ", "सीता देवी बोल रही हैं कुछ सुनो", "आशा बोलो"}) {
        (void)from(kSitasPhone, said);
    }
    for (const WordSuggestion& one : read([&](storage::Transaction& tx) {
             return suggest_words(tx, here().lexicon, clock().now(), 20);
         })) {
        ADD_FAILURE() << one.spelling << " for " << one.target;
    }
}

}  // namespace
}  // namespace haat::flows
