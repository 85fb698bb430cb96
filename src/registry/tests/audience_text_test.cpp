#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.hpp"
#include "registry/audience_query.hpp"

namespace haat::registry {
namespace {

TEST(AudienceText, CanonicalForms) {
    const std::vector<std::pair<std::string_view, std::string_view>> cases{
        {"place:muzaffarpur and makes:(litchi or honey) and not contacted:7d and speaks:hi",
         "place:muzaffarpur and makes:(litchi or honey) and not contacted:7d and speaks:hi"},
        {"PLACE:patna OR Place:gaya", "place:(patna or gaya)"},
        {"place:(patna or gaya or (araria))", "place:(patna or gaya or araria)"},
        {"a:b", ""},
        {"makes:(litchi and not honey)", "makes:litchi and not makes:honey"},
        {"makes:not litchi", ""},
        {"place : patna", "place:patna"},
        {"place:\"a \\\"b\\\\\"", "place:\"a \\\"b\\\\\""},
        {"tag:\"or\"", "tag:\"or\""},
        {"tag:\"ordinary\"", "tag:ordinary"},
        {"place:#123", "place:#123"},
        {"not not reach:sms", "reach:sms"},
        {"not (reach:sms or speaks:bho)", "not (reach:sms or speaks:bho)"},
        {"not (reach:sms or reach:voice)", "not reach:(sms or voice)"},
        {"not (reach:sms and reach:voice)", "not (reach:sms and reach:voice)"},
        {"(speaks:hi or reach:sms) and consent:market",
         "(speaks:hi or reach:sms) and consent:market"},
        {"speaks:hi or reach:sms and consent:market", "speaks:hi or reach:sms and consent:market"},
        {"सब", "everybody"},
        {"संपर्क:7 दिन", "contacted:7d"},
        {"नहीं संपर्क:7दिन और टैग:मेला", "not contacted:7d and tag:मेला"},
    };
    for (const auto& [text, canonical] : cases) {
        const Result<Audience> audience = parse_audience(text);
        ASSERT_EQ(audience.has_value(), !canonical.empty()) << text;
        if (audience) {
            EXPECT_EQ(audience_text(*audience), canonical);
        }
    }
}

TEST(AudienceText, SaysWhereAndWhatIsWrong) {
    struct Case {
        std::string_view text;
        std::string_view code;
        int at;
    };
    const std::string deep(100, '(');
    const std::string long_text(70'000, 'a');
    const Case cases[] = {
        {"", "registry.audience_empty", 1},
        {"   ", "registry.audience_empty", 1},
        {"patna", "registry.audience_key", 1},
        {"plase:patna", "registry.audience_key_like", 1},
        {"place patna", "registry.audience_colon", 7},
        {"place:", "registry.audience_no_value", 7},
        {"place:()", "registry.audience_no_value", 8},
        {"place:and", "registry.audience_no_value", 7},
        {"place:patna sadar", "registry.audience_join_or_quote", 13},
        {"place:\"patna\" sadar", "registry.audience_join", 15},
        {"place:(patna or gaya", "registry.audience_open", 7},
        {"(place:patna", "registry.audience_open", 1},
        {"place:patna)", "registry.audience_closed", 12},
        {"place:patna and", "registry.audience_condition", 16},
        {"or place:patna", "registry.audience_condition", 1},
        {"place:\"patna", "registry.audience_quote", 7},
        {"place:patna, makes:litchi", "registry.audience_character", 12},
        {"contacted:0d", "registry.audience_days", 11},
        {"contacted:63", "registry.audience_days", 11},
        {"contacted:week", "registry.audience_days", 11},
        {"speaks:klingon", "registry.audience_choice", 8},
        {"reach:#1", "registry.audience_choice", 7},
        {"place:#x", "registry.audience_id", 7},
        {"place:#0", "registry.audience_id", 7},
        {"place:#99999999999999999999", "registry.audience_id", 7},
        {"tag:#7", "registry.audience_tag", 5},
        {"जगह:पटना सदर", "registry.audience_join_or_quote", 10},
        {"place:\xFF", "registry.audience_long", 1},
        {deep, "registry.audience_deep", 33},
        {long_text, "registry.audience_long", 1},
    };
    for (const Case& wrong : cases) {
        const Result<Audience> audience = parse_audience(wrong.text);
        ASSERT_FALSE(audience.has_value()) << wrong.text;
        EXPECT_EQ(audience.error().code, wrong.code) << wrong.text;
        EXPECT_EQ(audience.error().params.front().second, std::to_string(wrong.at)) << wrong.text;
    }
    EXPECT_EQ(parse_audience("plase:patna").error().params.back().second, "place");
    EXPECT_EQ(parse_audience("place:patna sadar").error().params.back().second, "\"patna sadar\"");
}

/// Trees of every shape, in normal form as the joins make it.
Audience random_tree(Random& random, int depth) {
    static const std::vector<std::string> kNames{
        "patna", "patna sadar", "or", "नहीं", "a\"b\\", "Rampur, Kanti", "#1", ":", "लीची", "(x)"};
    const std::uint32_t what = random.below(depth > 0 ? 10 : 6);
    if (what == 0) {
        return everybody();
    }
    if (what == 1) {
        return term(AudienceField::kContacted, 1 + random.below(62));
    }
    if (what == 2) {
        return term(AudienceField::kSpeaks, random.chance(1, 2) ? "hi" : "bho");
    }
    if (what < 6) {
        const AudienceField fields[] = {AudienceField::kPlace, AudienceField::kMakes,
                                        AudienceField::kGroup, AudienceField::kSaved};
        const AudienceField field = fields[random.below(4)];
        return random.chance(1, 3) ? term(field, 1 + random.below(1'000'000))
                                   : term(field, kNames[random.below(10)]);
    }
    if (what == 6) {
        return none_of(random_tree(random, depth - 1));
    }
    std::vector<Audience> parts;
    const std::uint32_t count = 1 + random.below(4);
    for (std::uint32_t i = 0; i < count; ++i) {
        parts.push_back(random_tree(random, depth - 1));
    }
    return what < 8 ? any_of(std::move(parts)) : all_of(std::move(parts));
}

TEST(AudienceText, WhatIsPrintedIsReadAsTheSame) {
    Random random(20261122);
    for (int round = 0; round < 20'000; ++round) {
        const Audience tree = random_tree(random, 5);
        const std::string text = audience_text(tree);
        const Result<Audience> again = parse_audience(text);
        ASSERT_TRUE(again.has_value()) << text << ": " << again.error().code;
        ASSERT_EQ(*again, tree) << text;
        ASSERT_EQ(audience_text(*again), text);
    }
}

TEST(AudienceText, AnyBytesAreReadOrRefused) {
    Random random(7);
    const std::vector<std::string> pieces{
        "place", ":",  "(",  ")",         "\"",  "or", "and",  "not", " ",     "#",  "1",   "\\",
        "हिंदी",  "और", "7d", "contacted", "tag", "\n", "\xE0", ",",   "saved", "सब", "all", "\x01"};
    for (int round = 0; round < 50'000; ++round) {
        std::string text;
        const std::uint32_t count = random.below(12);
        for (std::uint32_t i = 0; i < count; ++i) {
            text += pieces[random.below(static_cast<std::uint32_t>(pieces.size()))];
        }
        const Result<Audience> audience = parse_audience(text);
        if (audience) {
            const Result<Audience> again = parse_audience(audience_text(*audience));
            ASSERT_TRUE(again.has_value()) << text;
            ASSERT_EQ(*again, *audience) << text;
        } else {
            ASSERT_TRUE(audience.error().code.starts_with("registry.audience_")) << text;
        }
    }
}

}  // namespace
}  // namespace haat::registry
