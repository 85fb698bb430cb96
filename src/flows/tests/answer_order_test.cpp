/// Many messages share a commit: in their order, each once, and one that fails harms no other.
#include <gtest/gtest.h>

#include "answer_fixture.hpp"
#include "messaging/dialogue.hpp"

namespace haat::flows {
namespace {

class AnswersTogether : public Answers {
 protected:
    /// Her next "1" chooses a language that is none, which is a bug: an exception.
    void poison(const std::string& phone) {
        const AddressId address_id = stored(phone, "भाषा बदलो");
        EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
        write([&](storage::Transaction& tx) {
            messaging::Conversation conversation =
                messaging::find_conversation(tx, address_id).value();
            messaging::DialogueState state =
                messaging::dialogue_state_from_json(conversation.state_json);
            EXPECT_EQ(state.dialogue, "language");
            state.listed.at(0).id = "no language";
            conversation.state_json = messaging::to_json(state);
            messaging::save_conversation(tx, conversation);
        });
    }

    std::size_t waiting() {
        return read(
            [&](storage::Transaction& tx) { return messaging::waiting_messages(tx, 50).size(); });
    }
};

HAAT_BOTH_ENGINES(AnswersTogether);

TEST_P(AnswersTogether, MessagesOfOneAddressAreAnsweredInTheirOrder) {
    const AddressId sita = stored(kSitasPhone, "20 किलो आम का अचार है, 180 रुपये किलो");
    (void)stored("+919812300003", "मदद");
    (void)stored(kSitasPhone, "हाँ");
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 3);
    ASSERT_EQ(offers().size(), 1U);
    EXPECT_EQ(offers()[0].person_id, kSita);
    EXPECT_EQ(mail_since(sita, clock().now()).size(), 2U);
    EXPECT_EQ(waiting(), 0U);
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 0);
    EXPECT_EQ(mail_since(sita, clock().now()).size(), 2U);
}

/// More than are read together, hers among the first and the last, one webhook twice.
TEST_P(AnswersTogether, ManyAreEachAnsweredOnce) {
    constexpr int kOthers = 30;
    std::vector<messaging::Message> messages;
    const auto write_as = [&](const std::string& phone, const std::string& text) {
        messages.push_back({.message_id = "wamid.many." + std::to_string(messages.size()),
                            .from = phone,
                            .kind = "text",
                            .text = text,
                            .at = clock().now()});
    };
    write_as(kSitasPhone, "20 किलो आम का अचार है, 180 रुपये किलो");
    for (int i = 0; i < kOthers; ++i) {
        write_as("+9198765000" + std::to_string(10 + i), "मदद");
    }
    write_as(kSitasPhone, "हाँ");
    messages.push_back(messages.front());
    write([&](storage::Transaction& tx) {
        EXPECT_EQ(
            messaging::store_messages(tx, registry::Channel::kWhatsapp, messages, clock().now()),
            kOthers + 2);
    });
    while (answer_waiting(here(), *sender_, 50) > 0) {
    }
    EXPECT_EQ(offers().size(), 1U);
    for (std::size_t i = 0; i <= kOthers; ++i) {
        const auto address = read([&](storage::Transaction& tx) {
            return registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp,
                                          messages[i].from)
                .value();
        });
        // Sita two answers, a stranger one.
        EXPECT_EQ(mail_since(address.address_id, clock().now()).size(), i == 0 ? 2U : 1U)
            << messages[i].from;
        const auto conversation = read([&](storage::Transaction& tx) {
            return messaging::find_conversation(tx, address.address_id).value();
        });
        EXPECT_EQ(conversation.last_text, i == 0 ? "हाँ" : "मदद");
    }
}

TEST_P(AnswersTogether, OneThatFailsHoldsUpItsOwnAddressOnlyAndIsSetAside) {
    poison(kSitasPhone);
    clock().advance_seconds(1);
    const AddressId rita = stored("+919812300003", "मदद");
    const AddressId sita = stored(kSitasPhone, "1");
    (void)stored(kSitasPhone, "5 किलो आम का अचार है, 170 रुपये किलो");
    (void)stored("+919812300003", "मदद");
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 4);
    EXPECT_EQ(mail_since(rita, clock().now()).size(), 2U);
    EXPECT_TRUE(mail_since(sita, clock().now()).empty());
    EXPECT_EQ(waiting(), 2U);
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 2);
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 2);
    EXPECT_EQ(waiting(), 1U);  // three tries: set aside
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
    EXPECT_EQ(mail_since(sita, clock().now()).size(), 1U);
    EXPECT_EQ(waiting(), 0U);
    const auto messages = read(
        [&](storage::Transaction& tx) { return messaging::messages_from(tx, sita, 10).size(); });
    EXPECT_EQ(messages, 3U);
}

/// On PostgreSQL what is written fails only behind what the next message asks, or with the commit.
TEST_P(AnswersTogether, WhatFailsBehindAnotherIsStillItsOwn) {
    const AddressId sita = stored(kSitasPhone, "मदद");
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
    write([&](storage::Transaction& tx) {
        tx.execute_script("CREATE UNIQUE INDEX one_mail ON mail (address_id) WHERE address_id = " +
                          std::to_string(sita.value));
    });
    clock().advance_seconds(1);
    const AddressId rita = stored("+919812300003", "मदद");
    (void)stored(kSitasPhone, "मदद");
    (void)stored("+919812300003", "20 किलो आम का अचार है, 180 रुपये किलो");
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 3);
    EXPECT_EQ(mail_since(rita, clock().now()).size(), 2U);
    EXPECT_TRUE(mail_since(sita, clock().now()).empty());
    EXPECT_EQ(waiting(), 1U);
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
    EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
    EXPECT_EQ(waiting(), 0U);  // three tries: set aside
    EXPECT_TRUE(mail_since(sita, clock().now()).empty());
    EXPECT_EQ(mail_since(rita, clock().now()).size(), 2U);
}

}  // namespace
}  // namespace haat::flows
