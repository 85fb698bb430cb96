/// What a book with its texts may hold, and what a version names.
#include "messaging/book_source.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "messaging/dialogue_book.hpp"

namespace haat::messaging {
namespace {

constexpr std::string_view kAsk = R"({
  "dialogue": "wage",
  "starts": {"words": ["wage"]},
  "first": "find",
  "steps": {
    "find": {"do": "find_wage", "on": {"some": "ask", "none": ""}},
    "ask": {"ask": "messages.wage", "choices": [{"id": "yes", "text": "messages.button_yes", "next": ""}]}
  }
})";

BookSource small_book() {
    return {.dialogues = {{"wage", std::string(kAsk)}},
            .texts = {{"messages.wage", {"{name}: ₹{amount}?", "{name}: ₹{amount}?"}},
                      {"messages.letter", {"{order} आया", "{order} came"}},
                      {"messages.button_yes", {"हाँ", "Yes"}}}};
}

Result<DialogueBook> parsed(const BookSource& source, const BookSource& shipped) {
    static const std::vector<ActionSpec> kActions{
        {"find_wage", {"some", "none"}, false, {"amount"}}};
    return DialogueBook::parse(source, kActions, &shipped);
}

/// "why where line" of the refusal; "" if it fits.
std::string wrong(const BookSource& source, const BookSource& shipped = small_book()) {
    const auto book = parsed(source, shipped);
    std::string said;
    if (!book) {
        for (const auto& [name, value] : book.error().params) {
            said += (said.empty() ? "" : " ") + value;
        }
    }
    return said;
}

TEST(BookSource, WhatDoesNotFitIsRefusedByName) {
    struct Case {
        std::string key;
        BookText text;
        std::string said;
    };
    const std::string twenty_one = "इक्कीस अक्षर का बटन है";
    const std::vector<Case> cases{
        {"messages.wage", {"₹{amount}?", "₹{amount}?"}, ""},
        {"messages.wage", {"{typo}", "x"}, "messages.wage not_filled {typo}"},
        {"messages.wage", {"x", "{name"}, "messages.wage bad_braces {name"},
        {"messages.wage", {"x", "a} {b"}, "messages.wage bad_braces a} {b"},
        {"messages.wage", {"x", " "}, "messages.wage no_english messages.wage"},
        {"messages.wage", {"", "x"}, "messages.wage no_hindi messages.wage"},
        {"messages.letter", {"{amount}", "x"}, "messages.letter not_filled {amount}"},
        {"messages.new", {"{order}", "x"}, "messages.new not_filled {order}"},
        {"messages.button_yes", {twenty_one, "x"}, "messages.button_yes long_button " + twenty_one},
        {"messages.Bad", {"x", "x"}, "messages.Bad bad_key messages.Bad"},
        {"other.key", {"x", "x"}, "other.key bad_key other.key"},
    };
    for (const Case& each : cases) {
        BookSource source = small_book();
        source.texts[each.key] = each.text;
        EXPECT_EQ(wrong(source), each.said);
    }
    BookSource lost = small_book();
    lost.texts.erase("messages.wage");
    EXPECT_EQ(wrong(lost), "wage no_text messages.wage 7");
}

TEST(BookSource, ADialogueIsRefusedWithItsLine) {
    const auto with = [](const std::string& from, const std::string& to) {
        BookSource source = small_book();
        std::string& json = source.dialogues["wage"];
        json.replace(json.find(from), from.size(), to);
        return wrong(source);
    };
    EXPECT_EQ(with("\"some\": \"ask\"", "\"some\": \"gone\""), "wage no_step gone 6");
    EXPECT_EQ(with("\"choices\"", "\"choice\""), "wage not_a_dialogue unknown field choice 7");
    EXPECT_EQ(with("find_wage", "find_wages"), "wage no_action find_wages 6");
    EXPECT_EQ(with("\"dialogue\": \"wage\"", "\"dialogue\": \"wages\""), "wage other_name wage");
    EXPECT_EQ(with("\"first\": \"find\",", ""), "wage not_a_dialogue missing field first 0");
    const std::string broken = with("\"steps\": {", "\"steps\": {{");
    EXPECT_TRUE(broken.starts_with("wage not_json ") && broken.ends_with(" 5")) << broken;
}

TEST(BookSource, IsKeptAndNamedByItsContentWithTexts) {
    const BookSource source = small_book();
    EXPECT_EQ(book_source_from_json(to_json(source)), source);
    BookSource changed = source;
    apply(changed, {PartKind::kText, "messages.wage", to_json(BookText{"नया", "new"})});
    apply(changed, {PartKind::kText, "messages.letter", std::nullopt});
    EXPECT_NE(content_of(changed), content_of(source));
    const auto book = parsed(changed, source);
    ASSERT_TRUE(book);
    EXPECT_EQ(book->version(), content_of(changed));
    const std::vector<BookChange> changes = difference(source, changed);
    EXPECT_EQ(changes.size(), 2U);
    BookSource again = source;
    for (const BookChange& change : changes) {
        apply(again, change);
    }
    EXPECT_EQ(again, changed);
    const Texts none = Texts::from({});
    EXPECT_EQ(book->text(none, Language::kHindi, "messages.wage"), "नया");
    EXPECT_EQ(book->text(none, Language::kEnglish, "messages.letter"), "messages.letter");
}

TEST(BookSource, WhoAnswersHoldsHerBooksWhileOthersPublish) {
    std::vector<std::shared_ptr<const DialogueBook>> made;
    for (int i = 0; i < 40; ++i) {
        BookSource source = small_book();
        source.texts["messages.wage"].english = std::to_string(i);
        made.push_back(std::make_shared<const DialogueBook>(parsed(source, small_book()).value()));
    }
    DialogueBooks books;
    books.publish(made[0]);
    const auto first = books.now();
    std::jthread publisher([&] {
        for (const auto& book : made) {
            books.publish(book);
            books.keep(made[0]);
        }
    });
    for (int i = 0; i < 10'000; ++i) {
        const auto now = books.now();
        ASSERT_NE(now->latest().find("wage"), nullptr);
    }
    publisher.join();
    EXPECT_EQ(first->latest().version(), made[0]->version());
    EXPECT_EQ(books.now()->latest().version(), made[39]->version());
    EXPECT_EQ(books.now()->find(made[38]->version()), made[38].get());
}

}  // namespace
}  // namespace haat::messaging
