/// Prices, a part of an order, reminders and missed calls.
#include <gtest/gtest.h>

#include "flows/remind_waiting.hpp"
#include "flows/settle_tickets.hpp"
#include "market/prices.hpp"
#include "messaging/channel_sms.hpp"
#include "order_talk_fixture.hpp"
#include "price_series.hpp"
#include "registry/consents.hpp"

namespace haat::flows {
namespace {

constexpr const char* kCaller = "+919855555555";

class Talking : public OrderTalk {
 protected:
    struct DaysPrice {
        Date day;
        std::int64_t paise;
    };
    /// What a quintal cost.
    void at_market(const std::vector<DaysPrice>& prices) {
        write([&](storage::Transaction& tx) {
            for (const DaysPrice& price : prices) {
                const market::MandiPrice mandi{.product_id = {1},
                                               .priced_at = start_of_day_in_india(price.day),
                                               .source = "Agmarknet",
                                               .price_per_unit = {price.paise},
                                               .unit = "quintal"};
                market::add_mandi_prices(tx, std::span(&mandi, 1), clock().now());
            }
        });
    }
    std::string price_said() {
        const auto mail = from(kSitasPhone, "आम के अचार का भाव क्या है");
        return mail.empty() ? "" : mail.front().text;
    }
    int remind() { return remind_waiting(here(), *sender_, 10); }

    AddressId rang(const std::string& phone) {
        ring(phone);
        return address_of(phone);
    }
    void ring(const std::string& phone) {
        clock().advance_seconds(1);
        write([&](storage::Transaction& tx) {
            messaging::Message message{.message_id = "call." + std::to_string(++messages_),
                                       .from = phone,
                                       .kind = "missed_call",
                                       .text = {},
                                       .button_id = {},
                                       .at = clock().now()};
            messaging::store_messages(tx, registry::Channel::kVoice, std::span(&message, 1),
                                      clock().now());
        });
        EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
    }
};

HAAT_BOTH_ENGINES(Talking);

TEST(PriceSeries, ThreePointsAndWhetherItRises) {
    struct Case {
        std::vector<std::pair<Date, std::int64_t>> newest_first;
        std::vector<std::int64_t> paise;
        bool has_months;
        Trend trend;
    };
    const Case cases[] = {
        {{}, {}, false, Trend::kNone},
        {{{{2026, 3, 31}, 100}}, {100}, false, Trend::kNone},
        {{{{2026, 3, 31}, 103}, {{2026, 3, 30}, 100}}, {100, 103}, false, Trend::kUp},
        {{{{2026, 3, 31}, 102}, {{2026, 3, 30}, 100}}, {100, 102}, false, Trend::kSame},
        {{{{2026, 3, 9}, 80}, {{2026, 3, 8}, 90}, {{2026, 3, 7}, 95}, {{2026, 3, 6}, 1}},
         {95, 90, 80},
         false,
         Trend::kDown},
        {{{{2026, 1, 9}, 100}, {{2026, 1, 8}, 7}, {{2025, 12, 7}, 120}, {{2025, 12, 6}, 130}},
         {125, 100},
         true,
         Trend::kDown},
        {{{{2026, 3, 1}, 100}, {{2026, 2, 8}, 120}, {{2026, 1, 7}, 100}, {{2025, 12, 6}, 130}},
         {100, 120, 100},
         true,
         Trend::kMixed},
        {{{{2026, 3, 1}, 100}, {{2025, 3, 8}, 120}}, {120, 100}, false, Trend::kDown},
    };
    for (const Case& one : cases) {
        std::vector<market::MandiPrice> series;
        for (const auto& [day, paise] : one.newest_first) {
            series.push_back({.product_id = {1},
                              .priced_at = start_of_day_in_india(day),
                              .source = "Agmarknet",
                              .price_per_unit = {paise},
                              .unit = "quintal"});
        }
        const std::vector<SeriesPoint> points = points_of(series);
        std::vector<std::int64_t> paise;
        for (const SeriesPoint& point : points) {
            paise.push_back(point.price.value);
        }
        EXPECT_EQ(paise, one.paise);
        EXPECT_EQ(!points.empty() && points.front().is_month, one.has_months);
        EXPECT_EQ(trend_of(points), one.trend) << testing::PrintToString(paise);
    }
}

TEST_P(Talking, APriceComesWithItsSourceAndDate) {
    talk(kSitasPhone, {{"आम के अचार का भाव क्या है", "अभी नहीं है"}});
    at_market({{{2026, 11, 12}, 1'640'000}});
    at_market({{{2026, 11, 12}, 1'700'000}});  // a day that is there stays as it is
    const market::OrderLine line = line_of(ordered(), kSita);
    ASSERT_TRUE(
        answer_order(context(), system_viewer(), kSita, line.order_line_id, market::Answer::kYes));
    EXPECT_EQ(price_said(),
              "आम अचार का भाव:\n"
              "• मंडी, बिहार औसत: 12 नवंबर ₹16,400 क्विंटल (₹164 किलो) (Agmarknet)\n"
              "• मुजफ्फरपुर, पिछले सौदे: 20 किलो ₹180 (18 नवंबर)\n"
              "• अभी हाट पर: ₹200 किलो, 1 जगह\n"
              "भाव आप तय करती हैं।");
    clock().advance_seconds(60 * kDay);
    EXPECT_NE(price_said().find("12 नवंबर 2026 ₹16,400 क्विंटल (₹164 किलो), पुराना भाव (Agmarknet)"),
              std::string::npos)
        << price_said();
}

TEST_P(Talking, TheMarketSeriesIsTheMonthsBeforeAndTheNewestDay) {
    at_market({{{2026, 9, 1}, 70'000},
               {{2026, 10, 3}, 80'000},
               {{2026, 10, 20}, 84'000},
               {{2026, 11, 9}, 85'000},
               {{2026, 11, 12}, 88'571}});
    EXPECT_NE(price_said().find("सितंबर ₹700, अक्टूबर ₹820, 12 नवंबर ₹886 क्विंटल (₹8.86 किलो), "
                                "बढ़ रहा है (Agmarknet)"),
              std::string::npos)
        << price_said();
    clock().advance_seconds(60 * kDay);
    EXPECT_NE(price_said().find("पुराना भाव, तब बढ़ रहा था (Agmarknet)"), std::string::npos);
}

/// Whatever there is to tell: three SMS and no more; the series and the last deal stay.
TEST_P(Talking, APriceFitsInThreeSms) {
    at_market({{{2026, 9, 1}, 2'700'000}, {{2026, 10, 3}, 2'800'000}, {{2026, 11, 12}, 2'885'710}});
    const PlacedOrder placed = ordered();
    for (const market::OrderLine& line : placed.asked) {
        ASSERT_TRUE(answer_order(context(), system_viewer(), line.person_id, line.order_line_id,
                                 market::Answer::kYes));
        clock().advance_seconds(60);
    }
    for (int days : {0, 60}) {
        clock().advance_seconds(days * kDay);
        for (const char* language : {"hi", "en"}) {
            write([&](storage::Transaction& tx) {
                EXPECT_TRUE(registry::set_language(tx, system_viewer(), kSita, language));
            });
            const std::string said = price_said();
            EXPECT_LE(messaging::sms::segments_of(said).segments, 3) << said;
            EXPECT_NE(said.find("₹27,000"), std::string::npos) << said;
            EXPECT_NE(said.find(" ₹185 (18 "), std::string::npos) << said;
        }
    }
}

TEST_P(Talking, SheGivesAllOfIt) {
    const market::OrderLine line = line_of(ordered(), kSita);
    ask(line);
    talk(kSitasPhone, {{"आधा", "20 किलो में से आप 10 किलो"}});
    (void)from(kSitasPhone, "नहीं, पूरा");  // may mean anything: asked again
    EXPECT_EQ(now(line.order_line_id).answer, market::Answer::kWaiting);
    (void)from(kSitasPhone, "पूरा दूँगी");
    EXPECT_EQ(now(line.order_line_id).answer, market::Answer::kYes);
    EXPECT_EQ(now(line.order_line_id).quantity, line.quantity);
}

TEST_P(Talking, ShesGivesAPartAndTheRestIsAskedOfOthers) {
    const PlacedOrder placed = ordered();
    const market::OrderLine line = line_of(placed, kSita);
    ask(line);
    talk(kSitasPhone, {{"10 किलो दे सकती हूँ", "20 किलो में से आप 10 किलो"},
                       {"#2", "देंगी?"},
                       {"12 किलो दे सकती हूँ", "बाकी 8 किलो"},
                       {"5 लीटर दे सकती हूँ", "कितना दे पाएँगी"},
                       {"12", "20 किलो में से आप 12 किलो"}});
    talk(kSitasPhone, {{"आधा किलो", "20 किलो में से आप 0.5 किलो"},
                       {"आधा ही दे सकती हूँ", "20 किलो में से आप 10 किलो"},
                       {"नहीं, 12 किलो", "20 किलो में से आप 12 किलो"}});
    EXPECT_EQ(now(line.order_line_id).answer, market::Answer::kWaiting);
    (void)sender().take();
    (void)from(kSitasPhone, "हाँ");
    const auto told = sender().take();
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told[0].text_key, "messages.order_part");
    const market::OrderLine kept = now(line.order_line_id);
    EXPECT_EQ(kept.answer, market::Answer::kYes);
    EXPECT_EQ(kept.quantity, Milli{12'000});
    EXPECT_EQ(kept.amount, Paise{216'000});
    const market::Offer offer = read([&](storage::Transaction& tx) {
        return *market::find_offer(tx, system_viewer(), line.offer_id, clock().now());
    });
    EXPECT_EQ(offer.ordered, Milli{12'000});
    EXPECT_EQ(offer.remaining, Milli{8'000});
    const market::Order order = read([&](storage::Transaction& tx) {
        return *market::find_order(tx, system_viewer(), placed.order.order_id);
    });
    EXPECT_EQ(order.quantity, order.wanted);  // Rita is asked for the other 8
    talk(kSitasPhone, {{"10 किलो दे सकती हूँ", ""}});
    EXPECT_EQ(now(line.order_line_id).quantity, Milli{12'000});
}

TEST_P(Talking, ANumberIsAnAmountAndMoreThanAskedIsReadBack) {
    const market::OrderLine line = line_of(ordered(), kSita);
    ask(line);
    talk(kSitasPhone, {{"2", "20 किलो में से आप 2 किलो"},
                       {"25 किलो", "20 किलो आम अचार ही चाहिए"},
                       {"नहीं", "देंगी?"},
                       {"क्ष त्र ज्ञ", "समझ नहीं आया।\nसीता दीदी, ऑर्डर"}});
    EXPECT_EQ(now(line.order_line_id).answer, market::Answer::kWaiting);
    (void)from(kSitasPhone, "हां दूंगी");
    EXPECT_EQ(now(line.order_line_id).answer, market::Answer::kYes);
    EXPECT_EQ(now(line.order_line_id).quantity, Milli{20'000});
}

TEST_P(Talking, AYesIsNoneToAnOrderThatSheWasNeverSent) {
    const market::OrderLine line = line_of(ordered(), kSita);
    (void)from(kSitasPhone, "बंद");
    ask(line);
    (void)from(kSitasPhone, "हाँ");
    EXPECT_EQ(now(line.order_line_id).answer, market::Answer::kWaiting);
    // She is told of it when she asks; then her word counts.
    (void)from(kSitasPhone, "शुरू");
    ask(line);
    (void)from(kSitasPhone, "हाँ");
    EXPECT_EQ(now(line.order_line_id).answer, market::Answer::kYes);
}

TEST_P(Talking, AProblemIsLinkedToTheOrderThatSheNamesAndToNoOther) {
    const PlacedOrder placed = ordered();
    const std::string reference = placed.order.reference;
    write([&](storage::Transaction& tx) {
        EXPECT_TRUE(market::answer(tx, kSita, line_of(placed, kSita).order_line_id,
                                   market::Answer::kYes, clock().now()));
    });
    const auto ticket_after = [&](const std::string& phone, const std::string& text) {
        (void)from(phone, text);
        const auto page = flows::list_tickets(context(), state_officer(), {}).value();
        EXPECT_EQ(page.rows.size(), 1U) << text;
        return page.rows.at(0);
    };
    const auto settle = [&](const TicketRow& row) {
        EXPECT_TRUE(flows::close_ticket(
            here(), *sender_, state_officer(), row.ticket.inbound_id,
            {"close-" + std::to_string(row.ticket.inbound_id.value), row.ticket.version}, {"ठीक"}));
    };
    // She names it.
    TicketRow row = ticket_after(kSitasPhone, "ऑर्डर " + reference + " का पैसा नहीं मिला");
    EXPECT_EQ(row.ticket.topic, "payment");
    EXPECT_EQ(row.order_id, placed.order.order_id);
    EXPECT_EQ(row.order_reference, reference);
    const auto events = read_ticket(context(), state_officer(), row.ticket.inbound_id)->events;
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(events.back().kind, messaging::TicketEventKind::kNoted);
    EXPECT_FALSE(events.back().account_id);
    EXPECT_EQ(events.back().text, "#" + reference);
    // Naming it again says nothing new.
    row = ticket_after(kSitasPhone, "ऑर्डर " + reference + " का पैसा अभी तक नहीं मिला");
    EXPECT_EQ(row.ticket.messages, 2);
    EXPECT_EQ(read_ticket(context(), state_officer(), row.ticket.inbound_id)->events.size(), 3U);
    settle(row);
    // She names none, and has one that is open.
    row = ticket_after(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    EXPECT_EQ(row.order_id, placed.order.order_id);
    settle(row);
    // Gita has no part in it: naming it links nothing; nor does the only order of somebody else.
    for (const std::string& text :
         {"ऑर्डर " + reference + " का पैसा नहीं मिला", std::string("गाड़ी नहीं आई, माल पड़ा है")}) {
        row = ticket_after(kSharedPhone, text);
        EXPECT_EQ(row.ticket.person_id, kGita);
        EXPECT_FALSE(row.order_id) << text;
        EXPECT_TRUE(row.order_reference.empty());
        settle(row);
    }
}

TEST_P(Talking, AfterAYesPeopleOfHerBlockHearThatSheCannot) {
    talk(kSitasPhone, {{"नहीं दे पाऊँगी", "कोई ऑर्डर नहीं पूछा गया"}});
    const PlacedOrder placed = ordered();
    ask(line_of(placed, kSita));
    (void)from(kSitasPhone, "हाँ");
    ASSERT_EQ(now(line_of(placed, kSita).order_line_id).answer, market::Answer::kYes);
    talk(kSitasPhone,
         {{"नहीं, नहीं दे पाऊँगी", placed.order.reference}, {"ऑर्डर रद्द करो", "आपने हाँ कहा था"}});
    const auto page = flows::list_tickets(context(), state_officer(), {}).value();
    ASSERT_EQ(page.rows.size(), 1U);
    EXPECT_EQ(page.rows[0].ticket.topic, "order");
    EXPECT_EQ(page.rows[0].order_id, placed.order.order_id);
    EXPECT_EQ(page.rows[0].ticket.messages, 2);
    EXPECT_EQ(now(line_of(placed, kSita).order_line_id).answer, market::Answer::kYes);
}

TEST_P(Talking, WhatWentWellIsNotedWithTheOrder) {
    talk(kSitasPhone, {{"पैसा मिल गया", "पैसा मिल गया, हमने लिख लिया"}});
    const PlacedOrder placed = ordered();
    ask(line_of(placed, kSita));
    (void)from(kSitasPhone, "हाँ");
    talk(kSitasPhone, {{"पैसा नहीं मिला", ""},
                       {"माल ले गए", "ऑर्डर " + placed.order.reference},
                       {"पैसे मिल गए", "20 किलो आम अचार"}});
    const auto page = flows::list_tickets(context(), state_officer(), {}).value();
    ASSERT_EQ(page.rows.size(), 1U);
    EXPECT_EQ(page.rows[0].ticket.topic, "payment");
    EXPECT_EQ(page.rows[0].ticket.messages, 2);
}

TEST_P(Talking, OneReminderThenTheDialogueEndsQuietly) {
    talk(kSitasPhone, {{"20 किलो आम का अचार है, 180 रुपये किलो", "सही है?"}});
    EXPECT_EQ(remind(), 0);
    clock().advance_seconds(3 * 3'600);  // 19:36
    EXPECT_EQ(remind(), 1);
    const auto mail = mail_since(address_of(kSitasPhone), clock().now());
    ASSERT_EQ(mail.size(), 1U);
    EXPECT_NE(mail[0].text.find("इंतज़ार"), std::string::npos);
    EXPECT_EQ(mail[0].buttons.size(), 2U);
    EXPECT_EQ(remind(), 0);
    clock().advance_seconds(70 * 3'600);
    EXPECT_EQ(remind(), 1);
    EXPECT_EQ(remind(), 0);
    EXPECT_TRUE(mail_since(address_of(kSitasPhone), clock().now()).empty());
    (void)from(kSitasPhone, "हाँ");
    EXPECT_TRUE(offers().empty());
}

TEST_P(Talking, NobodyIsRemindedAtNightOrAfterStop) {
    clock().advance_seconds(2 * 3'600);  // 18:36: due at 21:36
    talk(kSitasPhone, {{"20 किलो आम का अचार है, 180 रुपये किलो", "सही है?"}});
    talk("+919812300003", {{"20 kg mango pickle, 180 rupees kg", "right?"}});
    write([&](storage::Transaction& tx) {
        registry::suppress_address(tx, address_of("+919812300003"), registry::kAllPurposes,
                                   {.text_version = "test", .evidence = "test"}, clock().now());
    });
    const UnixSeconds asked = clock().now();
    clock().advance_seconds(3 * 3'600 + 1);
    EXPECT_EQ(remind(), 2);
    EXPECT_EQ(mail_since(address_of(kSitasPhone), {asked.value + 1}).size(), 0U);
    clock().advance_seconds(11 * 3'600);  // 8:36
    EXPECT_EQ(remind(), 1);
    EXPECT_EQ(mail_since(address_of(kSitasPhone), {asked.value + 1}).size(), 1U);
    EXPECT_EQ(mail_since(address_of("+919812300003"), {asked.value + 1}).size(), 0U);
}

TEST_P(Talking, AMissedCallIsAnsweredInWritingOnce) {
    const AddressId caller = rang(kCaller);
    auto mail = mail_since(caller, clock().now());
    ASSERT_EQ(mail.size(), 1U);
    EXPECT_NE(mail[0].text.find("मिस्ड कॉल"), std::string::npos);
    (void)rang(kCaller);
    EXPECT_TRUE(mail_since(caller, clock().now()).empty());
    talk(kCaller, {{"राधा देवी", "राधा देवी दीदी, आपका गाँव"}});
    mail = mail_since(rang(kSitasPhone), clock().now());
    ASSERT_EQ(mail.size(), 1U);
    EXPECT_NE(mail[0].text.find("सीता दीदी"), std::string::npos);
}

TEST_P(Talking, AMissedCallOfAStrangerIsAnsweredBySmsIfThereIsSms) {
    here().sms.base_url = "http://127.0.0.1:13013";
    const auto by_sms = [&](const std::string& phone) {
        ring(phone);
        return read([&](storage::Transaction& tx) {
            const auto address =
                registry::find_address(tx, system_viewer(), registry::Channel::kSms, phone);
            return address ? messaging::mail_to(tx, address->address_id, 5).size() : 0U;
        });
    };
    EXPECT_EQ(by_sms(kCaller), 1U);
    talk("+919812300088", {{"नमस्ते", "पूरा नाम"}});
    EXPECT_EQ(by_sms("+919812300088"), 0U) << "she has WhatsApp";
    EXPECT_EQ(by_sms(kSitasPhone), 0U) << "known there";
}

TEST_P(Talking, ASharedNumberIsNoVoiceNote) {
    const auto answer_to = [&](const char* kind) {
        clock().advance_seconds(1);
        const AddressId address_id = stored(kSitasPhone, "", "", kind);
        EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
        return mail_since(address_id, clock().now()).at(0).text;
    };
    EXPECT_NE(answer_to("own_contact").find("सीता दीदी! यह चैट"), std::string::npos);
    EXPECT_NE(answer_to("contacts").find("किसी और का नंबर"), std::string::npos);
}

}  // namespace
}  // namespace haat::flows
