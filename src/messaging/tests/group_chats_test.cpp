#include "messaging/group_chats.hpp"

#include <gtest/gtest.h>

#include "delivery_fixture.hpp"

namespace haat::messaging {
namespace {

using Kind = GroupEvent::Kind;

const std::vector<std::string> kOurs{"1001", "1002"};

/// A webhook as the provider writes it, with one group in it.
std::string webhook(std::string_view field, std::string_view group,
                    std::string_view number = "1002") {
    return R"({"object":"whatsapp_business_account","entry":[{"id":"9","changes":[{"value":{)"
           R"("messaging_product":"whatsapp","metadata":{"display_phone_number":"15550001",)"
           R"("phone_number_id":")" +
           std::string(number) + R"("},"groups":[)" + std::string(group) + R"(]},"field":")" +
           std::string(field) + R"("}]}]})";
}

TEST(GroupEvents, AreReadFromWhatTheProviderWrites) {
    struct Case {
        std::string group;
        Kind kind;
    };
    const std::vector<Case> cases{
        {R"({"timestamp":"1","group_id":"G1","type":"group_create","request_id":"r1",)"
         R"("subject":"अचार","invite_link":"https://chat.whatsapp.com/x"})",
         Kind::kMade},
        {R"({"type":"group_create","request_id":"r1","errors":[{"code":131215,"title":"no"}]})",
         Kind::kRefused},
        {R"({"group_id":"G1","type":"group_delete","request_id":"r2"})", Kind::kDeleted},
        {R"({"group_id":"G1","type":"group_suspend"})", Kind::kSuspended},
        {R"({"group_id":"G1","type":"group_suspend_cleared"})", Kind::kAllowed},
        {R"({"group_id":"G1","type":"group_participants_add","reason":"invite_link",)"
         R"("added_participants":[{"wa_id":"919800010001"}]})",
         Kind::kJoined},
        {R"({"group_id":"G1","type":"group_participants_remove","initiated_by":"participant",)"
         R"("removed_participants":[{"wa_id":"919800010001"}]})",
         Kind::kLeft}};
    for (const Case& one : cases) {
        const auto events = read_group_events(webhook("group_x", one.group), kOurs);
        ASSERT_EQ(events.size(), 1U) << one.group;
        EXPECT_EQ(events[0].kind, one.kind) << one.group;
        EXPECT_EQ(events[0].number, "1002");
        if (one.kind == Kind::kRefused) {
            EXPECT_EQ(events[0].error_code, 131215);
        } else {
            EXPECT_EQ(events[0].group_id, "G1");
        }
        if (one.kind == Kind::kJoined || one.kind == Kind::kLeft) {
            EXPECT_EQ(events[0].phones, std::vector<std::string>{"+919800010001"});
        }
        EXPECT_TRUE(read_group_events(webhook("group_x", one.group, "7"), kOurs).empty())
            << "not our number";
    }
    // What we asked for and was not done changes nothing; nor does what is broken.
    for (const std::string& group :
         {std::string(R"({"group_id":"G1","type":"group_delete","errors":[{"code":1}]})"),
          std::string(R"({"group_id":7,"type":"group_create"})"), std::string("[]")}) {
        EXPECT_TRUE(read_group_events(webhook("group_x", group), kOurs).empty()) << group;
    }
    EXPECT_TRUE(read_group_events(R"({"group_id")", kOurs).empty());
}

TEST(GroupEvents, AMessageInAGroupOpensItsDayAndIsNobodysConversation) {
    const std::string body =
        R"({"entry":[{"changes":[{"field":"messages","value":{"metadata":{"phone_number_id":)"
        R"("1001"},"messages":[{"from":"919800010001","group_id":"G1","id":"wamid.1",)"
        R"("timestamp":"1","type":"text","text":{"body":"hello"}}]}}]}]})";
    const auto events = read_group_events(body, kOurs);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].kind, Kind::kSaid);
    EXPECT_EQ(events[0].group_id, "G1");
    const auto read = whatsapp::read_webhook(body, kOurs);
    ASSERT_TRUE(read.has_value());
    EXPECT_TRUE(read->messages.empty());
}

class GroupChats : public DeliveryTest {
 protected:
    GroupChat ask(const std::string& device_id, const std::string& title) {
        return database().write([&](Transaction& tx) {
            return add_group_chat(tx, viewer(tx),
                                  {.device_id = device_id,
                                   .number = "1002",
                                   .place_id = kRampur,
                                   .title = title},
                                  clock().now())
                .value();
        });
    }
    static Viewer viewer(Transaction& tx) {
        Viewer officer;
        officer.role = Role::kBlockOfficer;
        officer.account_id = {5};
        officer.places = registry::place_range(tx, kRampur);
        return officer;
    }
    void tell(GroupEvent event) {
        event.number = "1002";
        database().write([&](Transaction& tx) { apply_group_event(tx, event, clock().now()); });
    }
    GroupChat chat(GroupChatId id) {
        return database().read(
            [&](Transaction& tx) { return find_group_chat(tx, viewer(tx), id).value(); });
    }
    /// A group that the provider made.
    GroupChat open(const std::string& device_id = "device-1", const std::string& group_id = "G1") {
        const GroupChat asked = ask(device_id, "अचार " + group_id);
        database().write([&](Transaction& tx) {
            note_group_request(tx, asked.group_chat_id, "r-" + device_id, clock().now());
        });
        tell({.kind = Kind::kMade, .group_id = group_id, .request_id = "r-" + device_id});
        return chat(asked.group_chat_id);
    }
    /// Writes into it and returns what became of that.
    SlotState write(const GroupChat& group) {
        const MailId mail_id = database().write([&](Transaction& tx) {
            return add_mail(tx,
                            {.address_id = group.address_id,
                             .purpose = registry::MessagePurpose::kNotice,
                             .body = {.text = "कल बैठक है"},
                             .instead = TemplateBody{"haat_notice", "hi", {"कल बैठक है"}, {}},
                             .expires_at = {clock().now().value + 3600}},
                            clock().now())
                .value();
        });
        delivery_->wake();
        EXPECT_TRUE(wait_idle());
        return database().read([&](Transaction& tx) {
            for (const MailRow& row : mail_to(tx, group.address_id, 10)) {
                if (row.mail_id == mail_id && row.slot) {
                    return delivery_->mail_slot(*row.slot)->state;
                }
            }
            return SlotState::kQueued;
        });
    }
    Delivery& deliver_by_two() {
        DeliveryOptions two = options();
        two.phone_number_ids = {"1001", "1002"};
        delivery_ = std::make_unique<Delivery>(database(), clock(), two, network());
        delivery_->start();
        return *delivery_;
    }
};
HAAT_BOTH_ENGINES(GroupChats);

TEST_P(GroupChats, AWishIsKeptOnceAndAnsweredByAWebhook) {
    const GroupChat first = ask("device-1", " अचार ");
    EXPECT_TRUE(first.is_new);
    EXPECT_EQ(first.title, "अचार");
    EXPECT_EQ(first.state, GroupChatState::kAsked);
    const GroupChat again = ask("device-1", "अचार");
    EXPECT_FALSE(again.is_new);
    EXPECT_EQ(again.group_chat_id, first.group_chat_id);

    database().write(
        [&](Transaction& tx) { note_group_request(tx, first.group_chat_id, "r1", clock().now()); });
    const GroupEvent made{.kind = Kind::kMade,
                          .group_id = "G1",
                          .request_id = "r1",
                          .invite_link = "https://chat.whatsapp.com/x"};
    tell(made);
    tell(made);  // it comes twice
    const GroupChat open = chat(first.group_chat_id);
    EXPECT_EQ(open.state, GroupChatState::kOpen);
    EXPECT_EQ(open.invite_link, "https://chat.whatsapp.com/x");
    EXPECT_TRUE(open.address_id);

    tell({.kind = Kind::kRefused, .request_id = "r1", .error_code = 1});  // late, and not true
    EXPECT_EQ(chat(first.group_chat_id).state, GroupChatState::kOpen);
}

TEST_P(GroupChats, AWishWhoseAnswerWasLostIsKnownByItsNameUnlessTwoAreMeant) {
    const GroupChat lost = ask("device-1", "अचार");
    tell({.kind = Kind::kMade, .group_id = "G1", .request_id = "r1", .title = "अचार"});
    EXPECT_EQ(chat(lost.group_chat_id).state, GroupChatState::kOpen);

    const GroupChat one = ask("device-2", "पापड़");
    const GroupChat two = ask("device-3", "पापड़");
    tell({.kind = Kind::kMade, .group_id = "G2", .request_id = "r2", .title = "पापड़"});
    EXPECT_EQ(chat(one.group_chat_id).state, GroupChatState::kAsked);
    EXPECT_EQ(chat(two.group_chat_id).state, GroupChatState::kAsked);
}

TEST_P(GroupChats, AreSeenOnlyInTheirPlaces) {
    const GroupChat here = ask("device-1", "अचार");
    Viewer elsewhere;
    elsewhere.role = Role::kBlockOfficer;
    elsewhere.places = {900'000, 900'001};
    database().write([&](Transaction& tx) {
        EXPECT_TRUE(list_group_chats(tx, elsewhere).empty());
        const auto found = find_group_chat(tx, elsewhere, here.group_chat_id);
        ASSERT_FALSE(found.has_value());
        EXPECT_EQ(found.error().code, "messaging.no_group_chat");
        const auto made = add_group_chat(
            tx, elsewhere,
            {.device_id = "device-9", .number = "1002", .place_id = kRampur, .title = "x"},
            clock().now());
        ASSERT_FALSE(made.has_value());
        EXPECT_EQ(made.error().code, "messaging.no_group_place");

        // A Telegram group belongs nowhere until somebody of the state says where.
        const AddressId address =
            registry::ensure_address(tx, registry::Channel::kTelegram, "-100", clock().now())
                .address_id;
        note_telegram_group(tx, address, "दीदी", true, clock().now());
        EXPECT_EQ(list_group_chats(tx, viewer(tx)).size(), 1U);
        Viewer state = system_viewer();
        state.role = Role::kStateOfficer;
        const auto all = list_group_chats(tx, state);
        ASSERT_EQ(all.size(), 2U);
        const auto telegram =
            std::ranges::find(all, registry::Channel::kTelegram, &GroupChat::channel);
        ASSERT_NE(telegram, all.end());
        EXPECT_EQ(telegram->state, GroupChatState::kOpen);
        EXPECT_TRUE(put_group_chat(tx, state, telegram->group_chat_id, kRampur, clock().now()));
        EXPECT_EQ(list_group_chats(tx, viewer(tx)).size(), 2U);
        note_telegram_group(tx, address, "", false, clock().now());
        EXPECT_EQ(find_group_chat(tx, state, telegram->group_chat_id)->state,
                  GroupChatState::kGone);
    });
}

TEST_P(GroupChats, AMessageGoesByTheNumberThatHoldsTheGroup) {
    deliver_by_two();
    const GroupChat group = open();
    EXPECT_EQ(write(group), SlotState::kAccepted);
    ASSERT_EQ(provider_.asked().size(), 1U);
    const Asked first = provider_.asked()[0];
    EXPECT_EQ(first.path, "/1002/messages");
    EXPECT_EQ(first.to, "G1");
    EXPECT_EQ(first.recipient_type, "group");
    EXPECT_EQ(first.template_name, "haat_notice") << "nobody wrote there yet";

    tell({.kind = Kind::kSaid, .group_id = "G1"});
    EXPECT_EQ(write(group), SlotState::kAccepted);
    ASSERT_EQ(provider_.asked().size(), 2U);
    EXPECT_EQ(provider_.asked()[1].text, "कल बैठक है");
}

TEST_P(GroupChats, NothingGoesThereOnceSomebodyInItSaidStop) {
    const registry::Person sita = add(1);
    EXPECT_EQ(sita.ordinal, 0U);  // an ordinal like any other, though mail to a group has none
    deliver_by_two();
    const GroupChat group = open();
    tell({.kind = Kind::kJoined, .group_id = "G1", .phones = {phone_of(1), "+919800099999"}});
    EXPECT_EQ(chat(group.group_chat_id).members, 2);
    EXPECT_EQ(write(group), SlotState::kAccepted);

    database().write([&](Transaction& tx) {
        ASSERT_TRUE(registry::suppress(tx, system_viewer(), sita.person_id, registry::kAllPurposes,
                                       kForm, clock().now()));
    });
    EXPECT_EQ(write(group), SlotState::kSuppressed);

    tell({.kind = Kind::kLeft, .group_id = "G1", .phones = {phone_of(1)}});
    EXPECT_EQ(write(group), SlotState::kAccepted);
    // A phone that nobody of ours has, too.
    database().write([&](Transaction& tx) {
        const auto stranger = registry::find_address(tx, system_viewer(),
                                                     registry::Channel::kWhatsapp, "+919800099999");
        registry::suppress_address(tx, stranger->address_id, registry::kAllPurposes, kForm,
                                   clock().now());
    });
    EXPECT_EQ(write(group), SlotState::kSuppressed);
    EXPECT_EQ(provider_.asked().size(), 2U);
}

TEST_P(GroupChats, ASuspendedOrDeletedGroupIsNotWrittenTo) {
    deliver_by_two();
    const GroupChat group = open();
    tell({.kind = Kind::kSuspended, .group_id = "G1"});
    EXPECT_EQ(write(group), SlotState::kCancelled);
    tell({.kind = Kind::kAllowed, .group_id = "G1"});
    EXPECT_EQ(write(group), SlotState::kAccepted);
    tell({.kind = Kind::kDeleted, .group_id = "G1"});
    EXPECT_EQ(write(group), SlotState::kCancelled);
    EXPECT_EQ(provider_.asked().size(), 1U);
}

}  // namespace
}  // namespace haat::messaging
