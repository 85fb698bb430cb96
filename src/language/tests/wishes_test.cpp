// Stop and start: whoever asks not to be written to is never taken to ask for more, whatever the
// form; and who forbids something else is not cut off.
#include <gtest/gtest.h>

#include <vector>

#include "fixture.hpp"
#include "score.hpp"

namespace haat::language {
namespace {

using Words = std::vector<std::string>;

struct Grid {
    const char* name;
    Words before;
    Words messages;
    Words denials;
    Words verbs;                                              ///< "मैसेज मत भेजना"
    std::vector<std::pair<std::string, std::string>> habits;  ///< "मैसेज न भेजा करें", "भेजा न करें"
};

std::vector<std::string> sayings(const Grid& grid) {
    std::vector<std::string> all;
    for (const std::string& before : grid.before) {
        for (const std::string& message : grid.messages) {
            for (const std::string& denial : grid.denials) {
                const std::string begin = before + message + " ";
                for (const std::string& verb : grid.verbs) {
                    all.push_back(begin + denial + " " + verb);
                }
                for (const auto& [verb, doing] : grid.habits) {
                    all.push_back(begin + denial + " " + verb + " " + doing);
                    all.push_back(begin + verb + " " + denial + " " + doing);
                }
            }
        }
    }
    return all;
}

class Denials : public testing::TestWithParam<Grid> {};

TEST_P(Denials, InEveryFormStopTheMessages) {
    const std::vector<std::string> all = sayings(GetParam());
    ASSERT_GE(all.size(), 100U);
    for (const std::string& text : all) {
        EXPECT_EQ(intent_name(read(text).intent), "opt_out") << text;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Languages, Denials,
    testing::Values(
        Grid{"hindi",
             {"", "हमें ", "मुझे कभी ", "फिर से ", "नमस्ते दीदी, "},
             {"मैसेज", "संदेश", "कोई सूचना"},
             {"मत", "न", "ना", "नहीं"},
             {"भेजना", "भेजें", "भेजिए", "भेजिएगा", "भेजो", "करें", "करो", "करना", "कीजिए", "करिएगा", "दें",
              "दीजिए", "देना", "भिजवाइए"},
             {{"भेजा", "करें"}, {"भेजा", "करो"}, {"भेजा", "कीजिए"}, {"किया", "करो"}, {"किया", "करें"}}},
        Grid{"hinglish",
             {"", "hume ", "ab ", "dobara ", "plz "},
             {"message", "msg", "sms"},
             {"mat", "na", "nahi", "nhi", "mt"},
             {"bhejna", "bheje", "bhejen", "bhejiye", "bhejo", "kare", "karo", "karna", "kijiye",
              "dena"},
             {{"bheja", "kare"}, {"bheja", "kijiye"}, {"kiya", "karo"}}},
        Grid{"bhojpuri",
             {"", "हमरा के ", "अब ", "फेरु "},
             {"मैसेज", "संदेस"},
             {"मत", "ना", "जनि", "मति"},
             {"भेजीं", "भेजऽ", "भेजिहऽ", "करीं", "दीं", "पठाईं", "आवे"},
             {{"भेजल", "करीं"}, {"भेजल", "करऽ"}}},
        Grid{"maithili",
             {"", "हमरा ", "आब ", "फेर "},
             {"मैसेज", "संदेश"},
             {"नहि", "नइ", "जुनि", "मत"},
             {"पठाउ", "भेजू", "पठाबू", "करू", "दिअ", "पठबियौ", "आबय"},
             {{"पठाओल", "करू"}}},
        Grid{"magahi",
             {"", "हमरा ", "अब ", "फिन "},
             {"मैसेज", "संदेश"},
             {"नय", "नञ", "मत"},
             {"भेजऽ", "भेजहु", "भेजिहऽ", "करहु", "दहु", "आवे"},
             {{"भेजल", "करऽ"}}},
        Grid{"english",
             {"", "please ", "kindly "},
             {"don't", "dont", "do not", "never"},
             {"send", "ever send", "again send"},
             {"me messages", "messages", "any more sms", "messages again", "me any updates"},
             {}}),
    [](const auto& info) { return info.param.name; });

// Sayings of stop and start as they are written, and what only resembles them.
TEST(Wishes, SayingsOfStopAndStart) {
    const std::vector<GoldMessage> gold = read_gold("src/language/tests/data/stop_start.jsonl");
    ASSERT_GE(gold.size(), 120U);
    const Score result = score(shipped_lexicon(), gold);
    EXPECT_GE(result.exact_permille(), 990) << testing::PrintToString(result.wrong);
    EXPECT_EQ(result.confident_but_wrong, 0) << testing::PrintToString(result.wrong);
}

TEST(Wishes, WhatIsMissedIsWantedBack) {
    for (const char* text :
         {"मैसेज नहीं आता भेजा करें", "please restart the alerts", "start the messages",
          "हमें भी मैसेज भेजा करिए", "message nahi aa raha chalu kar dijiye",
          "मैसेज आना बंद हो गया, चालू करवाइए"}) {
        EXPECT_EQ(intent_name(read(text).intent), "opt_in") << text;
    }
}

TEST(Wishes, ADeniedStopIsAStart) {
    for (const char* text :
         {"मैसेज बंद मत करो", "मैसेज बंद न करें", "मैसेज मत बंद करो", "मैसेज बंद नहीं करना", "मैसेज रोकना मत",
          "msg band mat karo", "message band na kare", "don't stop messages"}) {
        EXPECT_EQ(intent_name(read(text).intent), "opt_in") << text;
    }
}

// A stop that is asked about, missed or threatened is still a stop.
TEST(Wishes, AStopThatDidNotHelpIsAStop) {
    for (const char* text : {"मैसेज बंद क्यों नहीं करते",
                             "मैसेज बंद नहीं हो रहा है",
                             "मैसेज बंद करने को बोले थे",
                             "मैसेज बंद करना था",
                             "मैसेज बंद करो नहीं तो शिकायत करेंगे",
                             "मैसेज बंद किया था फिर भी आ रहा है",
                             "message chalu hai band karo",
                             "हमको तंग मत करो",
                             "stop the messages",
                             "please stop the sms",
                             "हमार नंबर पर मैसेज जिन भेजऽ",
                             "message service hata do",
                             "plz dont msg me again nd again",
                             "मेरे फोन पर यह सब मत भेजा कीजिए",
                             "भइया हमरा मोबाइल में मैसेज मत आवे दीं",
                             "mujhe aapke message ki zarurat nahi hai",
                             "list se hata do mera naam",
                             "मेरा नाम काट दीजिए",
                             "बहुत मैसेज आता है, मत भेजो",
                             "मैसेज चालू मत करना",
                             "भेजना बंद करो"}) {
        EXPECT_EQ(intent_name(read(text).intent), "opt_out") << text;
    }
}

class NeitherStopNorStart : public testing::TestWithParam<const char*> {};

TEST_P(NeitherStopNorStart, IsReadAsSuch) {
    const Intent intent = read(GetParam()).intent;
    EXPECT_NE(intent_name(intent), "opt_out") << GetParam();
    EXPECT_NE(intent_name(intent), "opt_in") << GetParam();
}

INSTANTIATE_TEST_SUITE_P(
    All, NeitherStopNorStart,
    testing::Values(
        "सिलाई सेंटर फिर से शुरू हुआ", "order bhejna mat bhulna", "जिन दीदी को मैसेज मिला", "आवाज़ मत भेजो",
        "sample mat bhejiye", "पता मत भेजिए", "रसीद अभी न भेजें", "मैसेज नहीं मिला", "मैसेज नहीं आया",
        "मैसेज नहीं आ रहा है", "मैसेज नहीं आता", "हमको मैसेज नहीं आता है", "मैसेज नहीं भेजा", "मैंने मैसेज नहीं भेजा",
        "हम मैसेज नहीं भेज पाते", "मैसेज नहीं भेज पा रहे हैं", "मैसेज नहीं जा रहा", "मैसेज नहीं खुल रहा", "मैसेज ना आइल",
        "मैसेज ना मिलल", "मैसेज नहि भेटल", "मैसेज नय अइलइ", "मैसेज नहि आयल", "message nahi aaya",
        "message nahi aa raha hai", "message nahi mil raha", "message nahi khul raha",
        "message nahi bheja", "message nahi bhej pa rahe", "mai message nahi bhej sakti",
        "message nahi gaya", "message not received", "I did not get any message",
        "I didn't get the message", "no message received", "message not coming",
        "मैसेज समझ में नहीं आया", "मैसेज पढ़ नहीं पाते", "मैसेज पढ़ना नहीं आता", "हमको पढ़ना नहीं आता",
        "मैसेज बंद हो गया है", "मैसेज आना बंद हो गया", "message aana band ho gaya",
        "messages stopped coming", "मैसेज क्यों नहीं आता", "मैसेज चालू है", "मैसेज शुरू हो गया", "मैसेज चालू है क्या",
        "दुकान चालू है", "मिल चालू हो गया", "काम शुरू हो गया है", "school start ho gaya",
        "meeting kab start hogi", "training kab shuru hoga", "when will the work start",
        "please start the work", "मशीन बंद हो गया", "बाजार बंद है", "रास्ता बंद है",
        "band baja wale aaye hain", "फोन बंद है", "bus stop par khade hain",
        "stop the vehicle at the gate", "पैसा मत भेजो अभी", "गाड़ी मत भेजिए", "गाड़ी मत भेजो आज",
        "माल मत भेजो", "माल न भेजें क्या?", "maal mat bhejo", "20 kilo chawal mat bhejna",
        "दूध मत भेजना कल से", "फोटो मत भेजो", "payment mat bhejo", "order mat bhejo", "फिर से गाड़ी भेजो",
        "phir se gadi bhejo", "पैसा फिर से भेजो", "paisa phir se bhej do", "फिर से दाम बताइए",
        "phir se batao", "फिर से बोलिए", "चिंता मत करो", "जल्दी मत करो", "देर मत करो", "गुस्सा मत करिए",
        "मना मत करिए", "काम मत रोकिए", "पैसा मत रोको", "don't worry", "don't be late",
        "do not send goods now", "do not send vehicle", "start making papad",
        "10 किलो आचार मत भेजिए अभी", "मैसेज का जवाब नहीं आया", "मैसेज किया था जवाब नहीं दिया",
        "आपने मैसेज का जवाब नहीं दिया", "message ka reply nahi kiya", "message dekha nahi tha",
        "मैसेज देखे नहीं थे", "मैसेज नहीं देखा", "गाड़ी अभी न भेजें", "माल मत भेजिए", "maal mat bhejo abhi",
        "gadi mat bhejna kal", "gaadi phir se bhejo", "पैसा फिर से भेजिए", "paisa phir se bhejo",
        "20 किलो चावल मत भेजना", "खराब माल मत भेजिए", "आपका मैसेज नहीं आया", "मैसेज देर से आया",
        "मैसेज मिल गया, धन्यवाद", "किसने मैसेज भेजा", "message kisne bheja", "message aaya tha kya",
        "कारखाना बंद हो गया", "सेंटर बंद है क्या", "कब शुरू होगा", "मेला कब से शुरू है", "बिक्री शुरू हो गई",
        "order phir se bhejo", "dobara bataiye", "ऑर्डर अभी मत भेजिए", "हिसाब फिर से भेजिए",
        "list phir se bhejo", "मैंने मैसेज किया था जवाब नहीं आया", "message ka jawab nahi aaya",
        "आपको मैसेज भेजा था मखाना 20 किलो का", "मैसेज में दाम गलत लिखा है", "डर मत दीजिए", "no problem",
        "फिकर मत कीजिए", "tension mat lo", "don't send the vehicle today", "do not send goods",
        "गलत मत समझिए", "बुरा मत मानिए", "मेरे भाई को मैसेज भेजो", "बैंक से मैसेज नहीं आया पैसे का",
        "paise ka message nahi aaya", "मैसेज आया कि पैसा आया पर पैसा नहीं मिला",
        "message aaya ki paisa aa gaya par mila nahi"));

}  // namespace
}  // namespace haat::language
