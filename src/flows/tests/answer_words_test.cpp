/// What she writes instead of pressing, what changes nothing, and how she is addressed.
#include <gtest/gtest.h>

#include "answer_fixture.hpp"

namespace haat::flows {
namespace {

class AnswersInWords : public Answers {};

HAAT_BOTH_ENGINES(AnswersInWords);

TEST_P(AnswersInWords, WhatAButtonSaysPressesIt) {
    talk(kSitasPhone, {{"20 किलो आम का अचार है, 180 रुपये किलो", "सही है?"},
                       {"नीला दरवाज़ा", "समझ नहीं आया।\n"},
                       {"हां सही है", "लग गया"},
                       {"भाषा", ""},
                       {"english", "from now on"},
                       {"10 kg mango pickle, 170 rupees kg", "right?"},
                       {"Yes, right!", ""},
                       {"More of it", "on the market"}});
    EXPECT_EQ(offers().size(), 2U);
}

TEST_P(AnswersInWords, SheMayWriteAsSheSpeaks) {
    talk(kSitasPhone, {{"20 किलो आम का अचार है, 180 रुपये किलो", "सही है?"},
                       {"भोजपुरी में बताओ", "जैसे बोलती हैं वैसे ही लिखिए"},
                       {"हाँ", "लग गया"},
                       {"भाषा बदलनी है", "किस भाषा"}});
}

TEST_P(AnswersInWords, APartOfHerNameIsEnough) {
    const std::string name = people_on(kSharedPhone).at(1).name;
    talk(kSharedPhone, {{"20 किलो आम का अचार है, 180 रुपये किलो", ""},
                        {name.substr(0, name.find(' ')) + " बोल रही हूँ", "सही है?"},
                        {"👍", "लग गया"}});
    ASSERT_EQ(offers().size(), 1U);
    EXPECT_EQ(offers()[0].person_id, people_on(kSharedPhone).at(1).person_id);
}

TEST_P(AnswersInWords, WhoSaysHerNameOnASharedPhoneIsHeardAtOnce) {
    const auto people = people_on(kSharedPhone);
    const auto first_name = [](const registry::Person& person) {
        return person.name.substr(0, person.name.find(' '));
    };
    talk(kSharedPhone, {{first_name(people.at(0)) + " बोल रही हूँ", first_name(people.at(0))},
                        {"20 किलो आम का अचार है, 180 रुपये किलो", "सही है?"},
                        {"हाँ", "लग गया"},
                        {first_name(people.at(1)) + " बोल रही हूँ, 5 किलो आम का अचार है 170 रुपये किलो",
                         first_name(people.at(1))},
                        {"हाँ", "लग गया"}});
    ASSERT_EQ(offers().size(), 2U);
    EXPECT_NE(offers()[0].person_id, offers()[1].person_id);
}

TEST_P(AnswersInWords, AnAmountCorrectsAndANumberIsAskedAbout) {
    talk(kSitasPhone, {{"20 किलो आम का अचार है, 180 रुपये किलो", "20 किलो आम अचार"},
                       {"25 किलो", "25 किलो आम अचार"},
                       {"30", "30 क्या है: मात्रा या भाव?"},
                       {"#1", "30 किलो आम अचार, ₹180"},
                       {"नहीं", ""},
                       {"200", "200 क्या है"},
                       {"#2", "30 किलो आम अचार, ₹200"},
                       {"₹210", "₹210"},
                       {"रहने दो", "छोड़ देते हैं"}});
    EXPECT_TRUE(offers().empty());
}

TEST_P(AnswersInWords, GoodsWithoutAUnitAreReadBackInTheirOwn) {
    talk(kSitasPhone,
         {{"आम का अचार है", "कितना"}, {"50", "50 किलो आम अचार: किस"}, {"180", "₹180 प्रति किलो"}});
}

TEST_P(AnswersInWords, WhoHasNoNameIsNotAddressedByOne) {
    const auto mail = from("+919899999999", "🙏");
    ASSERT_FALSE(mail.empty());
    (void)from("+919899999999", "20 किलो");
    const auto lost = from("+919899999999", "20 किलो");
    ASSERT_EQ(lost.size(), 1U);
    EXPECT_EQ(lost[0].text.find("दीदी"), std::string::npos) << lost[0].text;
    EXPECT_EQ(lost[0].text.find("  "), std::string::npos) << lost[0].text;
    EXPECT_NE(lost[0].text.find("साथी"), std::string::npos) << lost[0].text;
    EXPECT_NE(from(kSitasPhone, "🙏").at(0).text.find("सीता"), std::string::npos);
}

}  // namespace
}  // namespace haat::flows
