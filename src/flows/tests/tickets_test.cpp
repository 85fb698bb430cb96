/// What people settle: opened from her messages, held by one officer at a time, escalated, closed.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "answer_fixture.hpp"
#include "flows/read_history.hpp"
#include "flows/settle_tickets.hpp"
#include "flows/suggest_replies.hpp"
#include "messaging/broadcasts.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kHour = 3'600;

class Tickets : public Answers {
 protected:
    void SetUp() override {
        Answers::SetUp();
        second_ = add_officer("bpm2", Role::kBlockOfficer, kBlock);
        elsewhere_ = add_officer("patna", Role::kDistrictOfficer, kCity);
    }

    AddressId address(const std::string& phone) {
        return read([&](storage::Transaction& tx) {
            return registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp, phone)
                ->address_id;
        });
    }

    void she_writes(const std::string& phone, const std::string& text,
                    const std::string& kind = "text") {
        clock().advance_seconds(1);
        stored(phone, text, "", kind);
        EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
    }

    std::vector<std::string> mail_to(const std::string& phone) {
        const AddressId address_id = address(phone);
        return read([&](storage::Transaction& tx) {
            std::vector<std::string> texts;
            for (const messaging::MailRow& row : messaging::mail_to(tx, address_id, 50)) {
                texts.push_back(row.text);
            }
            return texts;
        });
    }

    std::vector<TicketRow> queue(const Viewer& viewer, TicketQueue queue = TicketQueue::kOpen) {
        auto page = flows::list_tickets(context(), viewer, {.queue = queue});
        EXPECT_TRUE(page) << page.error().code;
        return page ? page->rows : std::vector<TicketRow>{};
    }

    /// The one ticket that is open.
    messaging::Ticket only() {
        const auto rows = queue(state_officer());
        EXPECT_EQ(rows.size(), 1U);
        return rows.empty() ? messaging::Ticket{} : rows[0].ticket;
    }
    TicketSeen seen() { return {"seen-" + std::to_string(++devices_), only().version}; }

    bool waits_for_person(const std::string& phone) {
        const AddressId address_id = address(phone);
        return read([&](storage::Transaction& tx) {
            return messaging::find_conversation(tx, address_id)->wants_person;
        });
    }

    static std::string code(const Result<TicketDetail>& result) {
        return result ? "" : result.error().code;
    }

    Viewer second_;
    Viewer elsewhere_;
    int devices_ = 0;
};

HAAT_BOTH_ENGINES(Tickets);

TEST_P(Tickets, EveryWayToAPersonIsATicketAndMessagesOfTheSameJoinIt) {
    she_writes(kSitasPhone, "इंसान");
    she_writes(kSitasPhone, "किसी से बात करनी है");
    messaging::Ticket ticket = only();
    EXPECT_EQ(ticket.topic, "person");
    EXPECT_EQ(ticket.messages, 2);
    EXPECT_EQ(ticket.desk_place_id, kBlock);
    EXPECT_EQ(ticket.due_at.value, ticket.opened_at.value + 8 * kHour);
    she_writes(kSitasPhone, "", "audio");
    she_writes(kSitasPhone, "", "image");
    she_writes(kSitasPhone, "क्ष त्र ज्ञ");
    she_writes(kSitasPhone, "ढ ण ङ");
    std::vector<std::string> topics;
    for (const TicketRow& row : queue(block_officer())) {
        topics.push_back(row.ticket.topic);
    }
    std::ranges::sort(topics);
    EXPECT_EQ(topics, (std::vector<std::string>{"not_understood", "person", "picture", "voice"}));
    EXPECT_TRUE(waits_for_person(kSitasPhone));
}

TEST_P(Tickets, StrangersAreForTheState) {
    // She names a place that nobody knows.
    for (const char* text : {"जुड़ना है", "गीता देवी", "लंका", "कहीं नहीं"}) {
        she_writes("+919899999999", text);
    }
    const messaging::Ticket ticket = only();
    EXPECT_EQ(ticket.topic, "stranger");
    EXPECT_EQ(ticket.desk_place_id, registry::kBihar);
    EXPECT_FALSE(ticket.escalate_at);
    EXPECT_TRUE(queue(block_officer()).empty());
    EXPECT_TRUE(queue(district_officer()).empty());
    EXPECT_EQ(code(take_ticket(context(), district_officer(), ticket.inbound_id, "device-x")),
              "messaging.no_ticket");
    // The state finds out where she is.
    const auto moved = move_ticket(context(), state_officer(), ticket.inbound_id, seen(),
                                   {.place_id = kVillageA, .topic = ""});
    ASSERT_TRUE(moved) << moved.error().code;
    EXPECT_EQ(moved->row.ticket.desk_place_id, kBlock);
    EXPECT_EQ(queue(block_officer()).size(), 1U);
}

TEST_P(Tickets, OneOfficerHasItAndTheOtherIsToldWho) {
    she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    const InboundId id = only().inbound_id;
    EXPECT_EQ(code(take_ticket(context(), block_officer(), id, "device-1")), "");
    const auto late = take_ticket(context(), second_, id, "device-2");
    ASSERT_EQ(code(late), "messaging.ticket_taken");
    EXPECT_EQ(late.error().params[0].second, "bpm");
    // The first one's phone repeats its request; the other may not use its id.
    EXPECT_EQ(code(take_ticket(context(), block_officer(), id, "device-1")), "");
    EXPECT_EQ(code(take_ticket(context(), second_, id, "device-1")),
              "messaging.ticket_device_reused");
    EXPECT_EQ(code(write_for_ticket(here(), *sender_, second_, id, "device-3", "कल")),
              "messaging.ticket_taken");
    EXPECT_EQ(queue(block_officer(), TicketQueue::kMine).size(), 1U);
    EXPECT_TRUE(queue(second_, TicketQueue::kMine).empty());
    // Given on, she may put it back, and then it is nobody's.
    const TicketSeen before = seen();
    EXPECT_EQ(code(give_ticket(context(), block_officer(), id, before, second_.account_id)), "");
    EXPECT_EQ(code(give_ticket(context(), block_officer(), id, before, second_.account_id)), "");
    EXPECT_EQ(code(return_ticket(context(), block_officer(), id, seen())),
              "messaging.ticket_taken");
    EXPECT_EQ(code(give_ticket(context(), second_, id, seen(), elsewhere_.account_id)),
              "messaging.no_colleague");
    EXPECT_EQ(code(return_ticket(context(), second_, id, seen())), "");
    EXPECT_EQ(queue(second_, TicketQueue::kNobodys).size(), 1U);
    const auto detail = read_ticket(context(), second_, id).value();
    std::vector<std::string> kinds;
    for (const messaging::TicketEvent& event : detail.events) {
        kinds.emplace_back(messaging::ticket_event_name(event.kind));
    }
    EXPECT_EQ(kinds, (std::vector<std::string>{"opened", "taken", "given", "returned"}));
}

TEST_P(Tickets, OfTwoAtOnceExactlyOneGetsIt) {
    for (int round = 0; round < 10; ++round) {
        she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
        const InboundId id = only().inbound_id;
        std::string codes[2];
        {
            const auto one = [&](int at, const Viewer& viewer) {
                codes[at] =
                    code(take_ticket(context(), viewer, id,
                                     "race-" + std::to_string(round) + "-" + std::to_string(at)));
            };
            const std::jthread first([&] { one(0, block_officer()); });
            const std::jthread second([&] { one(1, second_); });
        }
        const bool first_won = codes[0].empty();
        EXPECT_EQ(codes[first_won ? 1 : 0], "messaging.ticket_taken");
        EXPECT_EQ(codes[first_won ? 0 : 1], "");
        EXPECT_EQ(only().assigned_account_id,
                  first_won ? block_officer().account_id : second_.account_id);
        EXPECT_EQ(code(close_ticket(here(), *sender_, state_officer(), id, seen(), {"हो गया"})),
                  "");
    }
}

TEST_P(Tickets, WhatWasLookedAtIsWhatIsChanged) {
    she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    const InboundId id = only().inbound_id;
    const TicketSeen stale = seen();
    she_writes(kSitasPhone, "गाड़ी अभी तक नहीं आई");
    EXPECT_EQ(only().messages, 2);
    EXPECT_EQ(code(close_ticket(here(), *sender_, block_officer(), id, stale, {"कल आएगी"})),
              "messaging.ticket_changed");
    EXPECT_EQ(only().inbound_id, id);
}

TEST_P(Tickets, TheLastOneClosedGivesHerBackToHaatAndSheHearsTheAnswer) {
    she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    const InboundId pickup = only().inbound_id;
    she_writes(kSitasPhone, "इंसान");
    EXPECT_EQ(queue(block_officer()).size(), 2U);
    const auto written =
        write_for_ticket(here(), *sender_, block_officer(), pickup, "device-w", "किस गाँव से?");
    ASSERT_TRUE(written) << written.error().code;
    EXPECT_EQ(written->row.ticket.assigned_account_id, block_officer().account_id);
    EXPECT_EQ(mail_to(kSitasPhone).front(), "किस गाँव से?");
    const auto closed = close_ticket(here(), *sender_, block_officer(), pickup,
                                     {"device-c", written->row.ticket.version}, {"कल आएगी"});
    ASSERT_TRUE(closed) << closed.error().code;
    EXPECT_TRUE(closed->row.ticket.told);
    EXPECT_TRUE(mail_to(kSitasPhone).front().starts_with("कल आएगी\n"));
    EXPECT_TRUE(waits_for_person(kSitasPhone));
    // Repeated, nothing is sent twice.
    const std::size_t mails = mail_to(kSitasPhone).size();
    EXPECT_EQ(code(close_ticket(here(), *sender_, block_officer(), pickup,
                                {"device-c", written->row.ticket.version}, {"कल आएगी"})),
              "");
    EXPECT_EQ(mail_to(kSitasPhone).size(), mails);
    // The other one a day later: the window is closed, so she is not told.
    clock().advance_seconds(25 * kHour);
    const messaging::Ticket last = only();
    EXPECT_EQ(code(write_for_ticket(here(), *sender_, block_officer(), last.inbound_id, "device-d",
                                    "नमस्ते")),
              "flows.window_closed");
    const auto quiet =
        close_ticket(here(), *sender_, block_officer(), last.inbound_id, seen(), {"फ़ोन पर बात हुई"});
    ASSERT_TRUE(quiet) << quiet.error().code;
    EXPECT_FALSE(quiet->row.ticket.told);
    EXPECT_EQ(mail_to(kSitasPhone).size(), mails);
    EXPECT_FALSE(waits_for_person(kSitasPhone));
    EXPECT_EQ(code(take_ticket(context(), block_officer(), pickup, "device-e")),
              "messaging.ticket_closed");
    EXPECT_EQ(queue(block_officer(), TicketQueue::kClosed).size(), 2U);
}

TEST_P(Tickets, WhileAnOfficerTalksWithHerHaatIsSilentAboutWhatItDoesNotUnderstand) {
    she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    const InboundId id = only().inbound_id;
    // An open ticket alone does not make haat silent.
    std::size_t mails = mail_to(kSitasPhone).size();
    she_writes(kSitasPhone, "क्ष त्र ज्ञ");
    EXPECT_EQ(mail_to(kSitasPhone).size(), ++mails);
    she_writes(kSitasPhone, "20 किलो आम का अचार है, 180 रुपये किलो");
    EXPECT_EQ(mail_to(kSitasPhone).size(), ++mails);
    clock().advance_seconds(5);
    EXPECT_EQ(code(write_for_ticket(here(), *sender_, block_officer(), id, "device-w",
                                    "क्या आप घर पर हैं?")),
              "");
    ++mails;
    // Her yes is the officer's, whatever haat had asked before; so is what means nothing to haat.
    const std::vector<std::string> hers{"हाँ", "नीला दरवाज़ा है", "ढ ण ङ", "क्ष त्र ज्ञ"};
    for (const std::string& text : hers) {
        she_writes(kSitasPhone, text);
    }
    she_writes(kSitasPhone, "", "audio");
    EXPECT_EQ(mail_to(kSitasPhone).size(), mails);
    EXPECT_TRUE(offers().empty());
    const auto detail = read_ticket(context(), block_officer(), id).value();
    EXPECT_EQ(detail.row.ticket.messages, 6);
    std::vector<std::string> joined;
    for (const messaging::TicketEvent& event : detail.events) {
        if (event.kind == messaging::TicketEventKind::kJoined) {
            joined.push_back(event.text);
        }
    }
    EXPECT_EQ(joined, (std::vector<std::string>{"हाँ", "नीला दरवाज़ा है", "ढ ण ङ", "क्ष त्र ज्ञ", ""}));
    EXPECT_EQ(queue(block_officer()).size(), 1U);
    // What haat understands it still does.
    she_writes(kSitasPhone, "मदद");
    EXPECT_EQ(mail_to(kSitasPhone).size(), ++mails);
    she_writes(kSitasPhone, "15 किलो आम का अचार है, 170 रुपये किलो");
    she_writes(kSitasPhone, "हाँ");
    EXPECT_EQ(mail_to(kSitasPhone).size(), mails += 2);
    EXPECT_EQ(offers().size(), 1U);
    // Half a day later nobody talks with her, so haat does.
    clock().advance_seconds(12 * kHour);
    she_writes(kSitasPhone, "नीला दरवाज़ा है");
    EXPECT_EQ(mail_to(kSitasPhone).size(), ++mails);
}

TEST_P(Tickets, AfterATicketIsSettledHaatAnswersThoughAnotherIsOpen) {
    she_writes(kSitasPhone, "पैसा नहीं मिला");
    she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    const auto rows = queue(block_officer());
    ASSERT_EQ(rows.size(), 2U);
    const auto pickup =
        std::ranges::find(rows, "pickup", [](const TicketRow& row) { return row.ticket.topic; });
    ASSERT_NE(pickup, rows.end());
    const InboundId id = pickup->ticket.inbound_id;
    clock().advance_seconds(5);
    EXPECT_EQ(code(write_for_ticket(here(), *sender_, block_officer(), id, "device-w", "कहाँ है?")),
              "");
    std::size_t mails = mail_to(kSitasPhone).size();
    she_writes(kSitasPhone, "नीला दरवाज़ा है");
    EXPECT_EQ(mail_to(kSitasPhone).size(), mails);  // the officer talks with her
    const auto detail = read_ticket(context(), block_officer(), id).value();
    clock().advance_seconds(5);
    EXPECT_EQ(code(close_ticket(here(), *sender_, block_officer(), id,
                                {"device-c", detail.row.ticket.version}, {"गाड़ी आ गई"})),
              "");
    mails = mail_to(kSitasPhone).size();
    clock().advance_seconds(5);
    she_writes(kSitasPhone, "नीला दरवाज़ा है");
    EXPECT_EQ(mail_to(kSitasPhone).size(), mails + 1);
}

TEST_P(Tickets, OtherPlacesAndOtherRolesSeeNothing) {
    she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    const InboundId id = only().inbound_id;
    EXPECT_TRUE(queue(elsewhere_).empty());
    EXPECT_EQ(code(read_ticket(context(), elsewhere_, id)), "messaging.no_ticket");
    EXPECT_EQ(code(note_ticket(context(), elsewhere_, id, "device-1", "x")), "messaging.no_ticket");
    for (const Role role : {Role::kBuyer, Role::kAuditor, Role::kCashier, Role::kPurchasePoint}) {
        EXPECT_EQ(code(read_ticket(context(), viewer(role), id)), "flows.not_allowed");
        EXPECT_EQ(code(take_ticket(context(), viewer(role), id, "device-2")), "flows.not_allowed");
    }
    const Viewer didi = add_officer("didi", Role::kMobiliser, kVillageA);
    const Viewer other_didi = add_officer("didi2", Role::kMobiliser, kVillageB);
    EXPECT_EQ(queue(didi).size(), 1U);
    EXPECT_TRUE(queue(other_didi).empty());
}

TEST_P(Tickets, NotesStayAmongOfficersAndMovesChangeDeskAndTopic) {
    she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    const InboundId id = only().inbound_id;
    const std::size_t mails = mail_to(kSitasPhone).size();
    EXPECT_EQ(code(note_ticket(context(), block_officer(), id, "device-n", "ड्राइवर बीमार है")), "");
    EXPECT_EQ(mail_to(kSitasPhone).size(), mails);
    const auto noted = note_ticket(context(), block_officer(), id, "device-n", "ड्राइवर बीमार है");
    EXPECT_EQ(noted->events.size(), 2U);
    EXPECT_EQ(noted->events.back().text, "ड्राइवर बीमार है");
    EXPECT_EQ(
        code(move_ticket(context(), block_officer(), id, seen(), {.place_id = kCity, .topic = ""})),
        "messaging.no_desk");
    const auto moved = move_ticket(context(), block_officer(), id, seen(),
                                   {.place_id = kDistrict, .topic = "payment"});
    ASSERT_TRUE(moved) << moved.error().code;
    EXPECT_EQ(moved->row.ticket.desk_place_id, kDistrict);
    EXPECT_EQ(moved->row.ticket.topic, "payment");
    EXPECT_EQ(flows::list_tickets(context(), district_officer(), {.own_desk = true})->rows.size(),
              1U);
    EXPECT_TRUE(flows::list_tickets(context(), block_officer(), {.own_desk = true})->rows.empty());
    EXPECT_EQ(flows::list_tickets(context(), block_officer(), {.topic = "payment"})->rows.size(),
              1U);
    EXPECT_TRUE(flows::list_tickets(context(), state_officer(), {.place_id = kCity})->rows.empty());
}

TEST_P(Tickets, WhatIsOverdueGoesUpDeskByDesk) {
    she_writes(kSitasPhone, "इंसान");
    const InboundId id = only().inbound_id;
    EXPECT_EQ(code(take_ticket(context(), block_officer(), id, "device-1")), "");
    clock().advance_seconds(8 * kHour - 2);
    EXPECT_EQ(escalate_tickets(context(), 10), 0);
    clock().advance_seconds(2);
    EXPECT_EQ(queue(block_officer(), TicketQueue::kLate).size(), 1U);
    EXPECT_EQ(escalate_tickets(context(), 10), 1);
    EXPECT_EQ(escalate_tickets(context(), 10), 0);
    messaging::Ticket ticket = only();
    EXPECT_EQ(ticket.desk_place_id, kDistrict);
    EXPECT_FALSE(ticket.assigned_account_id);
    EXPECT_EQ(ticket.due_at.value, clock().now().value + 24 * kHour);
    EXPECT_TRUE(queue(block_officer(), TicketQueue::kLate).empty());
    clock().advance_seconds(24 * kHour);
    EXPECT_EQ(escalate_tickets(context(), 10), 1);
    ticket = only();
    EXPECT_EQ(ticket.desk_place_id, registry::kBihar);
    EXPECT_EQ(ticket.escalations, 2);
    EXPECT_FALSE(ticket.escalate_at);
    // From the highest desk it goes nowhere; it is late there.
    clock().advance_seconds(48 * kHour);
    EXPECT_EQ(escalate_tickets(context(), 10), 0);
    const auto page = flows::list_tickets(context(), state_officer(), {}).value();
    EXPECT_EQ(page.counts.late, 1);
    EXPECT_EQ(page.counts.escalated, 1);
    EXPECT_EQ(read_ticket(context(), state_officer(), id)->events.back().place_id,
              registry::kBihar);
}

TEST_P(Tickets, HerHistoryHasBothSidesEventsAndBroadcastsInPages) {
    messaging::NewBroadcast fair;
    fair.device_id = "device-of-the-fair";
    fair.template_name = "haat_notice";
    fair.params_json = R"({"hi":["x"],"en":[],"buttons":[],"text_hi":"कल मेला है","text_en":"Fair"})";
    fair.audience_json = "{}";
    fair.place_id = registry::kBihar;
    fair.created_by = state_officer().account_id;
    fair.expires_at = {clock().now().value + kDay};
    const std::vector<std::uint32_t> ordinals{1, 3};
    const auto made = messaging::create_broadcast(database(), fair, ordinals, clock().now());
    ASSERT_TRUE(made) << made.error().code;
    delivery().broadcast_changed(made->broadcast_id);
    she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    const InboundId id = only().inbound_id;
    EXPECT_EQ(code(note_ticket(context(), block_officer(), id, "device-n", "ड्राइवर बीमार है")), "");
    std::vector<std::string> kinds;
    std::optional<HistoryPlace> before;
    do {
        const auto page = read_ticket_history(here(), block_officer(), id, before, 2).value();
        for (auto item = page.items.rbegin(); item != page.items.rend(); ++item) {
            kinds.push_back(item->event
                                ? std::string(messaging::ticket_event_name(item->event->kind))
                                : item->text.substr(0, item->text.find(' ')));
        }
        before = page.next;
    } while (before);
    ASSERT_EQ(kinds.size(), 5U);
    // Newest first: the note and haat's answer within one second, her words, the broadcast.
    EXPECT_EQ(kinds.front(), "noted");
    EXPECT_EQ(kinds[3], "गाड़ी");
    EXPECT_EQ(kinds.back(), "कल");
    const auto gita = read_person_history(here(), block_officer(), kGita, std::nullopt, 50).value();
    EXPECT_TRUE(gita.items.empty());
    EXPECT_EQ(read_person_history(here(), elsewhere_, kSita, std::nullopt, 50).error().code,
              "registry.no_person");
}

TEST_P(Tickets, RepliesAreSuggestedByTopicAndByWhatOthersAnswered) {
    for (int round = 0; round < 2; ++round) {
        she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
        EXPECT_EQ(code(close_ticket(here(), *sender_, block_officer(), only().inbound_id, seen(),
                                    {"गाड़ी शाम को आएगी"})),
                  "");
    }
    she_writes(kSitasPhone, "गाड़ी नहीं आई, माल पड़ा है");
    EXPECT_EQ(code(note_ticket(context(), block_officer(), only().inbound_id, "device-n", "x")),
              "");
    const auto replies = suggest_replies(here(), block_officer(), only().inbound_id).value();
    ASSERT_GE(replies.size(), 2U);
    EXPECT_TRUE(replies.front().text.starts_with("सीता दीदी")) << replies.front().text;
    EXPECT_EQ(replies.front().times, 0);
    EXPECT_EQ(replies.back().text, "गाड़ी शाम को आएगी");
    EXPECT_EQ(replies.back().times, 2);
    EXPECT_EQ(suggest_replies(here(), elsewhere_, only().inbound_id).error().code,
              "messaging.no_ticket");
}

}  // namespace
}  // namespace haat::flows
