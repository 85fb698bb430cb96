/// A stranger joins, by herself or named by a mobiliser; nothing of her is kept without her yes.
#include <gtest/gtest.h>

#include "answer_fixture.hpp"
#include "find_village.hpp"
#include "flows/settle_tickets.hpp"
#include "join_words.hpp"
#include "name_sound.hpp"
#include "registry/consents.hpp"
#include "storage/statement.hpp"

namespace haat::flows {
namespace {

constexpr const char* kStranger = "+919899999999";
constexpr const char* kNewPhone = "+919877777777";
constexpr const char* kMobilisersPhone = "+919812300003";

/// Names are looked up; a second block and village bear the same ones, in another district.
constexpr const char* kNames = R"sql(
INSERT INTO place (place_id, kind, code, name_en, name_hi, aliases, parent_place_id,
    district_place_id, block_place_id, lat_micro, lon_micro, point_from, number_first, number_last)
VALUES (4000001990, 'block', 1990, 'Bochahan', 'बोचहां', '', 3000000212, 3000000212, 4000001990,
        26000000, 85000000, 'own', 201, 250),
    (6000000077, 'village', 77, 'Ahiyapur', '', '', 4000001990, 3000000212, 4000001990,
        26000000, 85000000, 'own', 202, 202);
INSERT INTO place_name (folded, place_id, kind)
VALUES ('ahiyapur', 6000000001, 'village'), ('balua', 6000000002, 'village'),
    ('ahiyapur', 6000000077, 'village'),
    ('bochahan', 4000001880, 'block'), ('बोचहां', 4000001880, 'block'),
    ('bochahan', 4000001990, 'block'), ('बोचहां', 4000001990, 'block'),
    ('muzaffarpur', 3000000208, 'district'), ('मुजफ्फरपुर', 3000000208, 'district'),
    ('patna', 3000000212, 'district');
INSERT INTO post_office (pincode, name_en, office_type, district_place_id, block_place_id)
VALUES (842001, 'Ahiyapur', 'BO', 3000000208, 4000001880);
UPDATE person SET kind = 2 WHERE person_id = 503;
)sql";

class Joining : public Answers {
 protected:
    void SetUp() override {
        Answers::SetUp();
        write([&](storage::Transaction& tx) { tx.execute_script(kNames); });
    }
};

HAAT_BOTH_ENGINES(Joining);

TEST_P(Joining, OneQuestionAtATimeAndOnlyHerYesMakesHerAPerson) {
    talk(kStranger, {{"हाट", "पूरा नाम"},
                     {"हाँ", "बस अपना नाम"},
                     {"मेरा नाम गीता देवी है", "गीता देवी दीदी, आपका गाँव"},
                     {"अहियापुर, मुजफ्फरपुर", "ब्लॉक"},
                     {"842001", "क्या आप Ahiyapur, बोचहां, मुजफ्फरपुर से"},
                     {"हाँ", "क्या बनाती"},
                     {"कुछ भी", "पहचान में नहीं आया"},
                     {"आम का अचार", "भाषा"},
                     {"#1", "बोचहां, मुजफ्फरपुर"}});
    EXPECT_TRUE(people_on(kStranger).empty());
    talk(kStranger, {{"हाँ", "जुड़ गईं"}, {"20 किलो आम का अचार है, 180 रुपये किलो", "सही है?"}});
    const auto people = people_on(kStranger);
    ASSERT_EQ(people.size(), 1U);
    EXPECT_EQ(people[0].name, "गीता देवी");
    EXPECT_EQ(people[0].place_id, kVillageA);
    EXPECT_EQ(people[0].consents, registry::kAllPurposes);
    const auto [consents, products] = read([&](storage::Transaction& tx) {
        return std::pair(registry::consents_of(tx, system_viewer(), people[0].person_id).value(),
                         registry::products_of(tx, system_viewer(), people[0].person_id).value());
    });
    ASSERT_EQ(consents.size(), 1U);
    EXPECT_TRUE(consents[0].given);
    EXPECT_EQ(consents[0].text_version, "register/1");
    EXPECT_TRUE(consents[0].evidence.starts_with("inbound:"));
    EXPECT_EQ(products, std::vector<ProductId>{{1}});
}

TEST_P(Joining, ANameThatSeveralPlacesBearIsAskedAbout) {
    talk(kStranger, {{"जुड़ना है", "पूरा नाम"},
                     {"Radha Devi", "गाँव"},
                     {"Ahiyapur", "पटना"},  // alone it is never sure
                     {"#3", "ब्लॉक (प्रखंड) या पिन"},
                     {"Bochahan", "कौन सा है"},
                     {"#2", "क्या बनाती"},
                     {"#1", "भाषा"},
                     {"2", "Ahiyapur, Bochahan, Patna"},
                     {"yes", "Welcome to haat"}});
    ASSERT_EQ(people_on(kStranger).size(), 1U);
    EXPECT_EQ(people_on(kStranger)[0].place_id, PlaceId{6'000'000'077});
    EXPECT_EQ(people_on(kStranger)[0].language, "en");
}

TEST_P(Joining, AVillageThatOnlySoundsSoIsAskedAbout) {
    talk(kStranger, {{"जुड़ना है", "पूरा नाम"},
                     {"राधा देवी", "गाँव"},
                     {"अहियापुर, बोचहाँ, मुज़फ़्फ़रपुर", "क्या आप Ahiyapur, बोचहां, मुजफ्फरपुर से"},
                     {"#2", "बोचहां, मुजफ्फरपुर में आपका गाँव"},
                     {"Balua", "क्या बनाती"},
                     {"शुरू से", "पूरा नाम"},
                     {"राधा देवी", "गाँव"},
                     {"Ahiyapur, Bochahan, Muzaffarpur", "क्या बनाती"}});
}

TEST_P(Joining, ABlockOrAPinCodeOnceSaidIsKept) {
    talk(kStranger, {{"/start", "पूरा नाम"},
                     {"राधा देवी", "गाँव"},
                     {"मैं मुजफ्फरपुर जिला के बोचहां प्रखंड से हूँ", "बोचहां, मुजफ्फरपुर में आपका गाँव"},
                     {"नागपुर", "बोचहां, मुजफ्फरपुर में यह गाँव नहीं मिला"},
                     {"बलुआ", "क्या आप Balua"},
                     {"हाँ", "क्या बनाती"},
                     {"restart", "पूरा नाम"},
                     {"राधा देवी", "गाँव"},
                     {"842001", "क्या आप Ahiyapur, बोचहां"},
                     {"नहीं", "बोचहां, मुजफ्फरपुर में आपका गाँव"},
                     {"Balua", "क्या बनाती"},
                     {"शुरू से", "पूरा नाम"},
                     {"राधा देवी", "गाँव"},
                     {"लंका, बोचहां, मुजफ्फरपुर", "यह गाँव नहीं मिला"}});
}

TEST_P(Joining, NoAtTheFirstQuestionIsNoAndWhatIsNoNameTwiceGoesToAPerson) {
    talk(kStranger, {{"हाट", "पूरा नाम"},
                     {"नहीं", "कुछ नहीं रखा"},
                     {"जुड़ना है", "पूरा नाम"},
                     {"20 किलो आम का अचार", "बस अपना नाम"},
                     {"12345", "आपसे बात करके जोड़ लेंगे"}});
}

TEST_P(Joining, BackNoAndStopLeaveNothing) {
    talk(kStranger, {{"नमस्ते", "पूरा नाम"},
                     {"गीता", "गाँव"},
                     {"पीछे", "पूरा नाम"},
                     {"रीता देवी", "रीता देवी दीदी, आपका गाँव"},
                     {"Ahiyapur Bochahan Muzaffarpur", "क्या बनाती"},
                     {"बाद में बताऊँगी", "भाषा"},
                     {"1", "मंज़ूर"},
                     {"नहीं", "कुछ नहीं रखा"},
                     {"नमस्ते", "अभी जुड़ी नहीं"},
                     {"जुड़ना है", "पूरा नाम"},
                     {"बंद करो", "संदेश नहीं भेजेंगे"},
                     {"नमस्ते", "अभी जुड़ी नहीं"}});
    EXPECT_TRUE(people_on(kStranger).empty());
}

TEST_P(Joining, APlaceThatNobodyKnowsGoesToAnOfficer) {
    talk(kStranger, {{"हाट", "पूरा नाम"},
                     {"गीता देवी", "गाँव"},
                     {"लंका", "ब्लॉक"},
                     {"842001", "नहीं मिला"},
                     {"लंका", "हमारे साथी"},
                     {"1", "खुद फिर से जुड़ना हो तो ‘शुरू से’"},
                     {"नमस्ते", "हमारे साथी"}});
    const auto waiting = read([&](storage::Transaction& tx) {
        return messaging::list_conversations(tx, block_officer(), true, 0, 10);
    });
    ASSERT_EQ(waiting.size(), 1U);
    EXPECT_EQ(waiting[0].place_id, kBlock);
    talk(kStranger, {{"शुरू से", "पूरा नाम"}});
}

TEST_P(Joining, WhoHasNoPhoneIsAddedByAnOfficer) {
    talk(kMobilisersPhone, {{"सदस्य जोड़ो", "full name"},
                            {"Sunita Devi", "Which village"},
                            {"#1", "phone number"},
                            {"फ़ोन नहीं है", "Our people will meet Sunita Devi by 25/11/2026"}});
    const auto page = list_tickets(context(), state_officer(), {}).value();
    ASSERT_EQ(page.rows.size(), 1U);
    EXPECT_EQ(page.rows[0].ticket.topic, "stranger");
    EXPECT_EQ(page.rows[0].ticket.text, "Sunita Devi, Balua, Bochahan, Muzaffarpur");
}

TEST_P(Joining, AMobiliserNamesHerAndHerOwnPhoneDecides) {
    talk(kSitasPhone, {{"सदस्य जोड़ो", "जीविका मित्र"}});
    talk(kMobilisersPhone, {{"सदस्य जोड़ो", "full name"},
                            {"Sunita Devi", "Which village"},
                            {"#1", "phone number"},
                            {"12345", "ten digits"},
                            {"98777 77777", "Sunita Devi, Balua"},
                            {"yes", "sent Sunita Devi one question"},
                            {"nayi didi", ""},
                            {"Sunita Devi", ""},
                            {"#1", ""},
                            {"9877777777", ""},
                            {"yes", "was asked already"}});
    EXPECT_TRUE(people_on(kNewPhone).empty());
    talk(kNewPhone, {{"हाँ", "जुड़ गईं"}});
    ASSERT_EQ(people_on(kNewPhone).size(), 1U);
    const auto consents = read([&](storage::Transaction& tx) {
        return registry::consents_of(tx, system_viewer(), people_on(kNewPhone)[0].person_id)
            .value();
    });
    ASSERT_EQ(consents.size(), 1U);
    EXPECT_TRUE(consents[0].evidence.ends_with(";by:503"));
}

constexpr storage::Field kAddress[] = {{"address_id", storage::Type::kInteger}};
constexpr storage::Field kTemplate[] = {{"template", storage::Type::kText}};
const storage::Statement kNewestTemplate(
    "test.newest_template",
    "SELECT template FROM mail WHERE address_id = ?1 ORDER BY mail_id DESC LIMIT 1",
    "SELECT template FROM mail WHERE address_id = $1 ORDER BY mail_id DESC LIMIT 1", kAddress,
    kTemplate);

/// Who never wrote is reached by a template only; its buttons are those of the question.
TEST_P(Joining, TheInvitationIsATemplateWhoseButtonsAgreeOrNot) {
    for (const bool agrees : {false, true}) {
        talk(kMobilisersPhone, {{"सदस्य जोड़ो", "full name"},
                                {"Sunita Devi", "Which village"},
                                {"#1", "phone number"},
                                {agrees ? "9877777777" : "9866666666", "Sunita Devi, Balua"},
                                {"yes", "sent Sunita Devi one question"}});
        const char* phone = agrees ? kNewPhone : "+919866666666";
        const AddressId address_id = read([&](storage::Transaction& tx) {
            return registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp, phone)
                ->address_id;
        });
        std::string sent;
        read([&](storage::Transaction& tx) {
            tx.query(kNewestTemplate, {storage::Value::of(address_id.value)},
                     [&](const storage::Row& row) { sent = row.text(0); });
        });
        EXPECT_NE(sent.find("haat_consent"), std::string::npos) << sent;
        EXPECT_NE(sent.find("join.yes:"), std::string::npos) << sent;
        EXPECT_NE(sent.find("join.no:"), std::string::npos) << sent;
        const auto mail = mail_since(address_id, UnixSeconds{0});
        ASSERT_EQ(mail.front().buttons.size(), 2U);
        (void)from(phone, "", mail.front().buttons[agrees ? 0 : 1].id);
        EXPECT_EQ(people_on(phone).size(), agrees ? 1U : 0U);
    }
}

/// Her conversation was read together with the mobiliser's, before that one changed it.
TEST_P(Joining, SheMayAnswerInTheSameCommit) {
    talk(kMobilisersPhone, {{"सदस्य जोड़ो", "full name"},
                            {"Sunita Devi", "Which village"},
                            {"#1", "phone number"},
                            {"98777 77777", "Sunita Devi, Balua"}});
    (void)stored(kMobilisersPhone, "yes");
    (void)stored(kNewPhone, "हाँ");
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 2);
    EXPECT_EQ(people_on(kNewPhone).size(), 1U);
}

TEST(Names, AreTheSameInEveryScript) {
    EXPECT_EQ(name_sound("अहियापुर"), name_sound("Ahiyapur"));
    EXPECT_EQ(name_sound("चंपारण"), name_sound("Champaran"));
    EXPECT_EQ(name_sound("वैशाली"), name_sound("Vaishali"));
    EXPECT_NE(name_sound("Balua"), name_sound("Ahiyapur"));
    EXPECT_EQ(sound_distance("pr", "prk", 1), 1);
    EXPECT_EQ(sound_distance("abc", "xyz", 1), 2);
    EXPECT_EQ(name_said("मेरा नाम गीता देवी है।"), "गीता देवी");
    EXPECT_EQ(name_said("My name is Radha"), "Radha");
}

}  // namespace
}  // namespace haat::flows
