/// A mobiliser speaks for the members of her group, one after another: everything that they could
/// write themselves. Each hears what was done in her name.
#include <gtest/gtest.h>

#include "flows/settle_tickets.hpp"
#include "market/offers.hpp"
#include "order_talk_fixture.hpp"
#include "storage/statement.hpp"

namespace haat::flows {
namespace {

constexpr storage::Field kSubject[] = {{"subject", storage::Type::kText}};
constexpr storage::Field kDetails[] = {{"details", storage::Type::kText}};
const storage::Statement kSpokenFor(
    "test.spoken_for",
    "SELECT details FROM audit WHERE action = 'member.spoken_for' AND subject = ?1",
    "SELECT details FROM audit WHERE action = 'member.spoken_for' AND subject = $1", kSubject,
    kDetails);

class GroupTalk : public OrderTalk {
 protected:
    void SetUp() override {
        OrderTalk::SetUp();
        script("UPDATE person SET kind = 2 WHERE person_id = 501;");
    }
    void script(const std::string& sql) {
        write([&](storage::Transaction& tx) { tx.execute_script(sql); });
    }
    void meera_has_no_phone() {
        script(
            "DELETE FROM person_contact WHERE ordinal = 4;"
            "UPDATE person SET channels = 0 WHERE person_id = 504;");
    }
    /// Keys and readers of what was sent of haat's own accord since the last call.
    std::vector<std::pair<PersonId, std::string>> told() {
        std::vector<std::pair<PersonId, std::string>> all;
        for (const Outgoing& one : sender().take()) {
            all.emplace_back(one.person_id, one.text_key);
        }
        return all;
    }
    using Told = std::vector<std::pair<PersonId, std::string>>;
    /// Lines of the audit that say that a mobiliser spoke for her.
    int times_spoken_for(PersonId member) {
        return read([&](storage::Transaction& tx) {
            int times = 0;
            const std::string subject = "person:" + std::to_string(member.value);
            tx.query(kSpokenFor, {storage::Value::of(std::string_view(subject))},
                     [&](const storage::Row& row) {
                         EXPECT_NE(row.text(0).find("\"mobiliser\":501"), std::string_view::npos);
                         ++times;
                     });
            return times;
        });
    }
    /// Sita is asked for Meera's answer.
    PlacedOrder at_meeras_order() {
        PlacedOrder placed = ordered();
        (void)told();
        talk(kSitasPhone, {{"समूह", "मीरा"},
                           {"मीरा", "ऑर्डर " + placed.order.reference + " का जवाब देना है"},
                           {"ऑर्डर का जवाब", "ऑर्डर " + placed.order.reference + ": 20 किलो"}});
        return placed;
    }
};
HAAT_BOTH_ENGINES(GroupTalk);

TEST_P(GroupTalk, GoodsOfOneAfterAnother) {
    talk(kSitasPhone, {{"समूह", "1. गीता"},
                       {"1", "👉 गीता के लिए\nक्या बताना है"},
                       {"20 किलो आम का अचार, 180 रुपये किलो", "👉 गीता के लिए\nसीता दीदी, आपने लिखा"},
                       {"हाँ", "इनका और कुछ"},
                       {"#1", "👉 मीरा के लिए\nक्या बताना है"},
                       {"5 किलो आम का अचार है", "किस भाव"},
                       {"170", "5 किलो आम अचार"},
                       {"नहीं, 6 किलो", "दीदी, आपने लिखा:\n6 किलो"},
                       {"हाँ", "इनका और कुछ"},
                       {"नहीं", "समूह का काम हो गया"}});
    const auto all = offers();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].person_id, kMeera);
    EXPECT_EQ(all[0].quantity, Milli{6'000});
    EXPECT_EQ(all[1].person_id, kGita);
    EXPECT_EQ(all[1].price_per_unit, Paise{18'000});
    EXPECT_EQ(told(), (Told{{kGita, "messages.group_told"}, {kMeera, "messages.group_told"}}));
    // From here on it is about herself again.
    talk(kSitasPhone, {{"8 किलो आम का अचार है 190 रुपये किलो", "आपने लिखा"}, {"हाँ", ""}});
    EXPECT_EQ(offers()[0].person_id, kSita);
}

TEST_P(GroupTalk, WithdrawsCorrectsAndShowsAMembersGoods) {
    has(kMeera, kVillageA, 20'000, 18'500);
    has(kSita, kVillageA, 9'000, 18'500);
    talk(kSitasPhone, {{"समूह", "मीरा"},
                       {"मीरा", "👉 मीरा के लिए"},
                       {"मेरा माल दिखाओ", "20 किलो आम अचार"},
                       {"5 किलो अचार बिक गया", "15 किलो आम अचार"},
                       {"अचार बिक गया", "15 किलो आम अचार"},
                       {"हाँ", "इनका और कुछ"}});
    EXPECT_EQ(told(), (Told{{kMeera, "messages.told_left"}, {kMeera, "messages.told_withdrawn"}}));
    for (const market::Offer& offer : offers()) {
        EXPECT_EQ(offer.state == market::OfferState::kOpen, offer.person_id == kSita);
    }
}

TEST_P(GroupTalk, AcceptsAMembersOrder) {
    const PlacedOrder placed = at_meeras_order();
    talk(kSitasPhone, {{"हाँ", "का जवाब लिख लिया: हाँ, 20 किलो आम अचार"}, {"नहीं", "काम हो गया"}});
    EXPECT_EQ(now(line_of(placed, kMeera).order_line_id).answer, market::Answer::kYes);
    EXPECT_EQ(now(line_of(placed, kSita).order_line_id).answer, market::Answer::kWaiting);
    EXPECT_EQ(told(),
              (Told{{kMeera, "messages.order_yes_bring"}, {kMeera, "messages.told_order"}}));
    EXPECT_EQ(times_spoken_for(kMeera), 1);
    // Meera's line is nobody else's to answer; her own order is asked about as before.
    talk(kSitasPhone, {{"ऑर्डर मंज़ूर है", ""}});
    ask(line_of(placed, kSita));
    (void)from(kSitasPhone, "हाँ");
    EXPECT_EQ(now(line_of(placed, kSita).order_line_id).answer, market::Answer::kYes);
}

TEST_P(GroupTalk, AcceptsAPartOfAMembersOrder) {
    const PlacedOrder placed = at_meeras_order();
    talk(kSitasPhone, {{"5 किलो", "20 किलो में से आप 5 किलो"}, {"हाँ", "हाँ, 5 किलो आम अचार"}});
    EXPECT_EQ(now(line_of(placed, kMeera).order_line_id).quantity, Milli{5'000});
    EXPECT_EQ(now(line_of(placed, kSita).order_line_id).answer, market::Answer::kWaiting);
}

TEST_P(GroupTalk, HerOwnOrderIsNotAnsweredForAMember) {
    const PlacedOrder placed = at_meeras_order();
    ask(line_of(placed, kSita));  // comes in between
    talk(kSitasPhone, {{"हाँ", "👉 मीरा के लिए"}});
    EXPECT_EQ(now(line_of(placed, kMeera).order_line_id).answer, market::Answer::kWaiting);
    EXPECT_EQ(now(line_of(placed, kSita).order_line_id).answer, market::Answer::kWaiting);
    talk(kSitasPhone, {{"हाँ", "का जवाब लिख लिया: हाँ"}});
    EXPECT_EQ(now(line_of(placed, kMeera).order_line_id).answer, market::Answer::kYes);
    EXPECT_EQ(now(line_of(placed, kSita).order_line_id).answer, market::Answer::kWaiting);
    // The button of haat's own message is hers, whoever she speaks for.
    talk(kSitasPhone, {{"समूह", "गीता"}, {"गीता", "क्या बताना है"}});
    (void)from(kSitasPhone, "",
               order_button(line_of(placed, kSita).order_line_id, market::Answer::kNo));
    EXPECT_EQ(now(line_of(placed, kSita).order_line_id).answer, market::Answer::kNo);
}

TEST_P(GroupTalk, DeclinesAMembersOrder) {
    const PlacedOrder placed = at_meeras_order();
    talk(kSitasPhone, {{"नहीं दे पाएगी", "लिख लिया: नहीं"}});
    EXPECT_EQ(now(line_of(placed, kMeera).order_line_id).answer, market::Answer::kNo);
}

TEST_P(GroupTalk, ReportsProblemsAndWhatWentWell) {
    talk(kSitasPhone, {{"समूह", "मीरा"},
                       {"मीरा", "क्या बताना है"},
                       {"पैसा नहीं मिला", "👉 मीरा के लिए"},
                       {"माल भेज दिया", "👉 मीरा के लिए"},
                       {"पैसा मिल गया", "इनका और कुछ"}});
    const auto page = flows::list_tickets(context(), state_officer(), {}).value();
    ASSERT_EQ(page.rows.size(), 2U);
    for (const TicketRow& row : page.rows) {
        EXPECT_EQ(row.ticket.person_id, kMeera);
        EXPECT_EQ(row.ticket.address_id, address_of(kSitasPhone));
    }
    EXPECT_EQ(told(), (Told(3, {kMeera, "messages.told_said"})));
    EXPECT_EQ(times_spoken_for(kMeera), 3);
    // The same of the next member is another's matter.
    talk(kSitasPhone, {{"पीछे", ""}, {"समूह", "गीता"}, {"गीता", ""}, {"पैसा नहीं मिला", "👉 गीता"}});
    EXPECT_EQ(flows::list_tickets(context(), state_officer(), {})->rows.size(), 3U);
}

TEST_P(GroupTalk, WhatIsSaidInOneTurnIsOneMessageThatNamesHerOnce) {
    talk(kSitasPhone, {{"समूह", "मीरा"}, {"मीरा", "क्या बताना है"}});
    const auto mail = from(kSitasPhone, "पैसा नहीं मिला");
    ASSERT_EQ(mail.size(), 1U);
    EXPECT_TRUE(mail[0].text.starts_with("👉 मीरा के लिए\n"));
    EXPECT_EQ(mail[0].text.find("👉", 1), std::string::npos);
    EXPECT_TRUE(mail[0].text.ends_with("\n\nइनका और कुछ? लिखिए, या आगे बढ़िए।")) << mail[0].text;
    EXPECT_EQ(mail[0].buttons.size(), 3U);
}

TEST_P(GroupTalk, AnOfficersWordsSayForWhomTheyAre) {
    talk(kSitasPhone, {{"समूह", "मीरा"}, {"मीरा", ""}, {"पैसा नहीं मिला", "👉 मीरा के लिए"}});
    const auto ticket = flows::list_tickets(context(), state_officer(), {})->rows.at(0).ticket;
    clock().advance_seconds(60);
    ASSERT_TRUE(write_for_ticket(here(), *sender_, state_officer(), ticket.inbound_id, "device-1",
                                 "कल आ जाएगा"));
    const auto mail = mail_since(address_of(kSitasPhone), clock().now());
    ASSERT_FALSE(mail.empty());
    EXPECT_EQ(mail[0].text, "👉 मीरा के लिए\nकल आ जाएगा");
    // What she writes now is for the officer or about herself.
    talk(kSitasPhone, {{"7 किलो आम का अचार है, 180 रुपये किलो", "सीता दीदी, आपने लिखा"}});
    (void)from(kSitasPhone, "हाँ");
    ASSERT_EQ(offers().size(), 1U);
    EXPECT_EQ(offers()[0].person_id, kSita);
}

TEST_P(GroupTalk, WhatIsHersStaysHers) {
    talk(kSitasPhone, {{"समूह", "मीरा"}, {"मीरा", "क्या बताना है"}, {"भाषा", "किस भाषा"}});
    talk(kSitasPhone, {{"English", "👉 For मीरा"}});
    talk(kSitasPhone, {{"add member", "name"}, {"रहने दो", "Anything else"}});
    (void)from(kSitasPhone, "STOP");
    const auto people = people_on(kSharedPhone);
    for (const registry::Person& person : people) {
        EXPECT_EQ(person.language, "hi") << person.name;
        EXPECT_TRUE(person.suppressed == registry::kNoPurpose) << person.name;
    }
    EXPECT_EQ(people_on(kSitasPhone).front().language, "en");
    EXPECT_FALSE(people_on(kSitasPhone).front().suppressed == registry::kNoPurpose);
}

TEST_P(GroupTalk, WhoIsNoMobiliserOrNotHersCannot) {
    talk(
        kSitasPhone,
        {{"समूह", "मीरा"}, {"मीरा", "क्या बताना है"}, {"20 किलो आम का अचार, 180 रुपये किलो", "सही है?"}});
    script("UPDATE person SET group_id = 304, place_id = 6000000002 WHERE person_id = 504;");
    talk(kSitasPhone, {{"हाँ", "समझ नहीं आया"}});
    EXPECT_TRUE(offers().empty());
    talk(kSitasPhone, {{"समूह", "1 सदस्य"}, {"1", "गीता"}});
    script("UPDATE person SET kind = 0 WHERE person_id = 501;");
    (void)from(kSitasPhone, "20 किलो आम का अचार, 180 रुपये किलो");
    (void)from(kSitasPhone, "हाँ");
    ASSERT_EQ(offers().size(), 1U);
    EXPECT_EQ(offers()[0].person_id, kSita);
    talk(kSitasPhone, {{"समूह", "जीविका मित्र"}});
}

TEST_P(GroupTalk, AnAnswerThatComesTooLateIsAboutNobodyElse) {
    talk(
        kSitasPhone,
        {{"समूह", "मीरा"}, {"मीरा", "क्या बताना है"}, {"20 किलो आम का अचार, 180 रुपये किलो", "सही है?"}});
    clock().advance_seconds(73 * 3'600);
    talk(kSitasPhone, {{"हाँ", "समझ नहीं आया"}});
    EXPECT_TRUE(offers().empty());
}

TEST_P(GroupTalk, WhatIsMeantForAMemberWithoutAPhoneReachesHerMobiliser) {
    meera_has_no_phone();
    const PlacedOrder placed = ordered();
    const market::OrderLine line = line_of(placed, kMeera);
    ask(line);
    const auto mail = mail_since(address_of(kSitasPhone), clock().now());
    ASSERT_EQ(mail.size(), 1U);
    EXPECT_TRUE(mail[0].text.starts_with("👉 मीरा के लिए\n")) << mail[0].text;
    EXPECT_EQ(mail[0].person_id, kSita);
    const std::string yes = order_button(line.order_line_id, market::Answer::kYes);
    ASSERT_EQ(mail[0].buttons.front().id, yes);
    const auto answered = from(kSitasPhone, "", yes);
    ASSERT_FALSE(answered.empty());
    EXPECT_NE(answered[0].text.find("👉 मीरा के लिए\n✅"), std::string::npos) << answered[0].text;
    EXPECT_EQ(now(line.order_line_id).answer, market::Answer::kYes);
    EXPECT_EQ(times_spoken_for(kMeera), 1);
    // What is for Meera alone goes nowhere.
    const UnixSeconds before = clock().now();
    clock().advance_seconds(1);
    for (const auto purpose :
         {registry::MessagePurpose::kNotice, registry::MessagePurpose::kPayment}) {
        write([&](storage::Transaction& tx) {
            sender_->send(tx, {.person_id = kMeera,
                               .text_key = "messages.help",
                               .params = {{"name", "मीरा"}},
                               .params_by_key = {},
                               .buttons = {},
                               .purpose = purpose});
        });
    }
    EXPECT_TRUE(mail_since(address_of(kSitasPhone), {before.value + 1}).empty());
    // Nor does the button of somebody who is not hers.
    const std::string ritas = order_button(OrderLineId{1}, market::Answer::kNo);
    EXPECT_EQ(from(kSitasPhone, "", ritas)[0].text,
              texts().text(Language::kHindi, "messages.old_question"));
}

TEST_P(GroupTalk, ABareYesMeansTheOrderThatWasAskedForAMember) {
    meera_has_no_phone();
    const market::OrderLine line = line_of(ordered(), kMeera);
    ask(line);
    talk(kSitasPhone, {{"6 किलो", "20 किलो में से आप 6 किलो"}, {"हाँ", "हाँ, 6 किलो"}});
    EXPECT_EQ(now(line.order_line_id).quantity, Milli{6'000});
    // After that she speaks for herself.
    talk(kSitasPhone, {{"7 किलो आम का अचार है, 180 रुपये किलो", "आपने लिखा"}, {"हाँ", ""}});
    for (const market::Offer& offer : offers()) {
        EXPECT_EQ(offer.quantity == Milli{7'000}, offer.said.starts_with("7"));
        EXPECT_TRUE(offer.quantity != Milli{7'000} || offer.person_id == kSita);
    }
}

TEST_P(GroupTalk, OfTwoMembersWithoutPhonesEachIsNamed) {
    script(
        "DELETE FROM person_contact WHERE ordinal IN (2, 4);"
        "UPDATE person SET channels = 0 WHERE person_id IN (502, 504);");
    has(kGita, kVillageA, 20'000, 17'000);
    const PlacedOrder placed = ordered();
    ask(line_of(placed, kGita));
    ask(line_of(placed, kSita));
    // A bare yes could mean either: it binds nobody.
    talk(kSitasPhone, {{"हाँ", "देंगी?"}});
    for (const PersonId person_id : {kGita, kSita}) {
        EXPECT_EQ(now(line_of(placed, person_id).order_line_id).answer, market::Answer::kWaiting);
    }
    (void)from(kSitasPhone, "हाँ");
    EXPECT_EQ(now(line_of(placed, kSita).order_line_id).answer, market::Answer::kYes);
    talk(kSitasPhone, {{"ऑर्डर मंज़ूर है", "👉 गीता के लिए"},
                       {"10 किलो", "10 किलो"},
                       {"नहीं", "👉 गीता के लिए"},
                       {"10 किलो", "10 किलो"},
                       {"हाँ", "👉 गीता के लिए\n✅"}});
    EXPECT_EQ(now(line_of(placed, kGita).order_line_id).quantity, Milli{10'000});
}

TEST_P(GroupTalk, AYesIsToWhatWasReadBackWhateverIsAskedMeanwhile) {
    meera_has_no_phone();
    const PlacedOrder placed = ordered();
    ask(line_of(placed, kMeera));
    talk(kSitasPhone, {{"6 किलो", "20 किलो में से आप 6 किलो"}});
    ask(line_of(placed, kSita));
    talk(kSitasPhone, {{"हाँ", "👉 मीरा के लिए\n✅"}});
    EXPECT_EQ(now(line_of(placed, kMeera).order_line_id).quantity, Milli{6'000});
    EXPECT_EQ(now(line_of(placed, kSita).order_line_id).answer, market::Answer::kWaiting);
}

TEST_P(GroupTalk, WhoSaidStopIsNotWrittenToThroughOthers) {
    meera_has_no_phone();
    script("UPDATE person SET suppressed = 15 WHERE person_id = 504;");
    ask(line_of(ordered(), kMeera));
    EXPECT_TRUE(mail_since(address_of(kSitasPhone), clock().now()).empty());
}

TEST_P(GroupTalk, WhoHasOnlySmsIsWrittenToThere) {
    script(
        "UPDATE contact SET channels = 2 WHERE contact_id = 703;"
        "UPDATE person_contact SET channels = 2 WHERE ordinal = 3;"
        "UPDATE person SET channels = 2 WHERE person_id = 503;");
    using registry::Channel;
    MailSender all(texts(), clock(), [] {}, &dialogues_,
                   {Channel::kWhatsapp, Channel::kTelegram, Channel::kSms});
    const Outgoing help{.person_id = kRita,
                        .text_key = "messages.help",
                        .params = {{"name", "Rita"}},
                        .params_by_key = {},
                        .buttons = {}};
    write([&](storage::Transaction& tx) {
        all.send(tx, help);
        sender_->send(tx, help);  // nothing sends SMS there: nobody is written to
    });
    const AddressId sms = read([&](storage::Transaction& tx) {
        return registry::find_address(tx, system_viewer(), registry::Channel::kSms, "+919812300003")
            ->address_id;
    });
    EXPECT_EQ(mail_since(sms, clock().now()).size(), 1U);
}

}  // namespace
}  // namespace haat::flows
