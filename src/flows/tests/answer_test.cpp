/// Her messages answered by the dialogues that haat ships.
#include <gtest/gtest.h>

#include <algorithm>

#include "answer_fixture.hpp"
#include "messaging/tickets.hpp"

namespace haat::flows {
namespace {

HAAT_BOTH_ENGINES(Answers);

TEST_P(Answers, WhoSpeaksOnASharedPhoneIsAskedAndHerGoodsAreHers) {
    auto mail = from(kSharedPhone, "20 किलो आम का अचार है, 180 रुपये किलो");
    ASSERT_EQ(mail.size(), 1U);
    ASSERT_EQ(mail[0].buttons.size(), 2U);
    const auto hers = std::ranges::find_if(mail[0].buttons, [](const messaging::Button& button) {
        return button.id.starts_with("offer." + std::to_string(kMeera.value) + ":");
    });
    ASSERT_NE(hers, mail[0].buttons.end());
    mail = from(kSharedPhone, hers->title, hers->id);
    ASSERT_EQ(mail.size(), 1U);
    EXPECT_NE(mail[0].text.find(hers->title), std::string::npos) << mail[0].text;
    EXPECT_TRUE(offers().empty());
    mail = from(kSharedPhone, "हाँ");
    ASSERT_EQ(offers().size(), 1U);
    EXPECT_EQ(offers()[0].person_id, kMeera);
    EXPECT_EQ(offers()[0].price_per_unit, Paise{18'000});
    // For half an hour it is she who writes; after that it may be the other.
    EXPECT_EQ(from(kSharedPhone, "5 किलो आम का अचार 170 रुपये किलो")[0].buttons.size(), 2U);
    mail = from(kSharedPhone, "हाँ");  // her first is there already: these are more
    ASSERT_EQ(mail[0].buttons.size(), 2U);
    (void)from(kSharedPhone, mail[0].buttons[0].title, mail[0].buttons[0].id);
    EXPECT_EQ(offers().size(), 2U);
    clock().advance_seconds(3'600);
    EXPECT_NE(from(kSharedPhone, "6 किलो आम का अचार 175 रुपये किलो")[0].buttons[0].id.find(
                  std::to_string(kGita.value)),
              std::string::npos);
}

TEST_P(Answers, AReportBecomesOneTicketWithADeadline) {
    const auto mail = from(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    ASSERT_EQ(mail.size(), 1U);
    const auto tickets = read(
        [&](storage::Transaction& tx) { return messaging::open_tickets(tx, block_officer(), 10); });
    ASSERT_EQ(tickets.size(), 1U);
    EXPECT_EQ(tickets[0].topic, "pickup");
    EXPECT_EQ(tickets[0].person_id, kSita);
    EXPECT_EQ(tickets[0].due_at.value, clock().now().value + 86'400);
    const auto close = [&](const Viewer& viewer) {
        return write([&](storage::Transaction& tx) {
            return messaging::close_ticket(tx, viewer, tickets[0].inbound_id, "कल आएगी",
                                           clock().now());
        });
    };
    EXPECT_TRUE(close(block_officer()).has_value());
    EXPECT_EQ(close(block_officer()).error().code, "messaging.ticket_closed");
    EXPECT_TRUE(read([&](storage::Transaction& tx) {
                    return messaging::open_tickets(tx, state_officer(), 10);
                }).empty());
}

TEST_P(Answers, SheChoosesHerLanguage) {
    const auto mail = from(kSitasPhone, "भाषा बदलो");
    ASSERT_EQ(mail.size(), 1U);
    ASSERT_EQ(mail[0].buttons.size(), 2U);
    EXPECT_NE(from(kSitasPhone, "2")[0].text.find("from now on"), std::string::npos);
    const auto person = read([&](storage::Transaction& tx) {
        return registry::find_person(tx, system_viewer(), kSita);
    });
    EXPECT_EQ(person->language, "en");
}

}  // namespace
}  // namespace haat::flows
