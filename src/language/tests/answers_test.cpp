// What a short message says to the question that waits: yes, no, a number, an amount that is meant
// instead, a wish to talk with somebody.
#include <gtest/gtest.h>

#include "fixture.hpp"
#include "language/understanding.hpp"

namespace haat::language {
namespace {

Understanding said(std::string_view text) { return understand(shipped_lexicon(), text, kToday); }

TEST(Answers, APromiseIsAYes) {
    for (const char* text :
         {"हाँ", "हाँ, दूँगी", "हाँ दूँगी", "haan dungi", "दूँगी", "हाँ जी दे दूँगी", "हम दे देंगे", "हाँ भेज दूँगी"})
        EXPECT_EQ(said(text).answer, Answer::kYes) << text;
    for (const char* text : {"नहीं दूँगी", "दूँगी तो कितना मिलेगा", "कौन देगी"})
        EXPECT_NE(said(text).answer, Answer::kYes) << text;
}

TEST(Answers, AnAmountMeantInstead) {
    for (const char* text :
         {"25 किलो", "नहीं, 25 किलो", "नहीं 25 किलो", "nahi, 25 kilo", "नहीं पच्चीस किलो", "हाँ 25 किलो",
          "25 किलो कर दो", "गलत हो गया, 25 किलो है"}) {
        const Understanding meaning = said(text);
        ASSERT_EQ(meaning.items.size(), 1U) << text;
        EXPECT_TRUE(meaning.items[0].product.empty()) << text;
        ASSERT_TRUE(meaning.items[0].quantity) << text;
        EXPECT_EQ(meaning.items[0].quantity->value, 25 * 10'000) << text;
    }
}

TEST(Answers, AShareOfWhatIsAskedAbout) {
    for (const char* text : {"आधा", "आधा ही", "आधा दे सकती हूँ", "आधा ही दे पाऊँगी", "half", "adha",
                             "aadha hi", "adha de sakti hu", "half de dungi", "only half",
                             "i can give half", "हाँ आधा", "नहीं, आधा ही दूँगी", "आधा माल है",
                             "आधा आम का अचार दूँगी", "आधा देबै", "ऑर्डर 4521 का आधा ही दे पाएंगे"})
        EXPECT_EQ(said(text).share, Share::kHalf) << text;
    for (const char* text : {"पूरा", "सब", "पूरा दूँगी", "सारा दे दूँगी", "sab de dungi", "pura", "all",
                             "पूरा दे सकती हूँ", "हाँ सब", "full", "pura de denge", "पूरा ऑर्डर"})
        EXPECT_EQ(said(text).share, Share::kAll) << text;
    for (const char* text :
         {"आधा किलो", "half kilo", "आधा नहीं दूँगी", "सब नहीं", "नहीं, सब", "पूरा नहीं दे पाऊँगी",
          "आधा पैसा ही आया", "ऑर्डर मंजूर है, आधा पैसा पहले चाहिए", "सब ठीक", "सब बिक गया", "hi all",
          "आधा अभी दूँगी आधा बाद में", "सब पापड़ है", "10 किलो", "हाँ"})
        EXPECT_EQ(said(text).share, Share::kNone) << text;
}

TEST(Answers, APriceMeantInstead) {
    for (const char* text : {"दाम 200", "नहीं, दाम 200", "हाँ लेकिन दाम 200", "₹200", "200 रुपये",
                             "भाव 200 कर दो", "गलत लिखा, दाम 200 है"}) {
        const Understanding meaning = said(text);
        ASSERT_EQ(meaning.items.size(), 1U) << text;
        ASSERT_TRUE(meaning.items[0].price) << text;
        EXPECT_EQ(meaning.items[0].price->value, 200 * 100) << text;
    }
}

TEST(Answers, WhoWantsToTalkIsNotShownTheHelp) {
    for (const char* text :
         {"इंसान से बात कराओ", "मुझे किसी से बात करनी है", "ऑफिसर से बात करनी है", "फोन करो"}) {
        EXPECT_EQ(said(text).intent, Intent::kHelp) << text;
        EXPECT_TRUE(said(text).asks_for_person) << text;
    }
    for (const char* text : {"कैसे लिखना है", "मदद", "समझ नहीं आया"})
        EXPECT_FALSE(said(text).asks_for_person) << text;
}

TEST(Answers, WhatMustNotBeTakenAwayStays) {
    for (const char* text : {"मेरा माल हटाओ मत", "mera maal mat hatao"})
        EXPECT_NE(said(text).intent, Intent::kWithdrawStock) << text;
    for (const char* text : {"मेरा माल हटाओ", "पापड़ अब नहीं है हटा दीजिए"})
        EXPECT_EQ(said(text).intent, Intent::kWithdrawStock) << text;
}

}  // namespace
}  // namespace haat::language
