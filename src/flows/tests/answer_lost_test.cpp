/// Nobody is bound by a question that never left: what became of the message that asks decides
/// whether a bare "yes" counts.
#include <gtest/gtest.h>

#include "order_talk_fixture.hpp"
#include "registry/consents.hpp"

namespace haat::flows {
namespace {

/// Takes every request and never tells what became of it.
class Silence final : public messaging::Transport {
 public:
    void send(registry::Channel, std::vector<net::BatchRequest> requests,
              net::BatchRules) override {
        sent += static_cast<int>(requests.size());
    }
    void stop(int) override {}

    int sent = 0;
};

class LostMail : public OrderTalk {
 protected:
    void SetUp() override {
        OrderTalk::SetUp();
        messaging::DeliveryOptions options;
        options.phone_number_ids = {"1"};
        options.attempt_key = "a key of sixteen bytes or more";
        options.quiet_hours = false;
        auto silence = std::make_unique<Silence>();
        silence_ = silence.get();
        machine_ =
            std::make_unique<messaging::Delivery>(database(), clock(), options, std::move(silence));
        with_machine_.emplace(MessagingContext{.flows = context(),
                                               .delivery = *machine_,
                                               .audience = audience(),
                                               .lexicon = lexicon(),
                                               .texts = texts(),
                                               .whatsapp_app_secret = "secret of tests",
                                               .whatsapp_phone_number_ids = {"1"},
                                               .dialogues = &dialogues_});
    }
    void TearDown() override {
        with_machine_.reset();
        machine_.reset();
        OrderTalk::TearDown();
    }

    AddressId address_of(const std::string& phone) {
        return read([&](storage::Transaction& tx) {
            return registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp, phone)
                ->address_id;
        });
    }
    /// Until every piece of mail is in the state that it ends in here.
    void deliver() {
        for (int i = 0; i < 20; ++i) {
            clock().advance_seconds(1);
            (void)machine_->step();
        }
    }
    std::optional<messaging::Slot> slot_of_question(const market::OrderLine& line) {
        const std::string button = order_button(line.order_line_id, market::Answer::kYes);
        for (const messaging::MailRow& mail : mail_since(address_of(kSitasPhone), UnixSeconds{0})) {
            for (const messaging::Button& shown : mail.buttons) {
                if (shown.id == button) {
                    return mail.slot ? machine_->mail_slot(*mail.slot) : std::nullopt;
                }
            }
        }
        return std::nullopt;
    }
    market::Answer says_yes(const market::OrderLine& line) {
        clock().advance_seconds(1);
        (void)stored(kSitasPhone, "हाँ");
        EXPECT_EQ(answer_waiting(*with_machine_, *sender_, 10), 1);
        return now(line.order_line_id).answer;
    }

    Silence* silence_ = nullptr;
    std::unique_ptr<messaging::Delivery> machine_;
    std::optional<MessagingContext> with_machine_;
};

HAAT_BOTH_ENGINES(LostMail);

TEST_P(LostMail, AYesCountsToAQuestionThatIsOnItsWay) {
    const market::OrderLine line = line_of(ordered(), kSita);
    (void)from(kSitasPhone, "नमस्ते");  // opens her window
    ask(line);
    deliver();
    ASSERT_TRUE(slot_of_question(line));
    EXPECT_GE(slot_of_question(line)->state, messaging::SlotState::kBusy);
    EXPECT_GT(silence_->sent, 0);
    EXPECT_EQ(says_yes(line), market::Answer::kYes);
}

TEST_P(LostMail, AYesIsNoneToAQuestionThatAStopHeldBack) {
    const market::OrderLine line = line_of(ordered(), kSita);
    (void)from(kSitasPhone, "नमस्ते");
    ask(line);
    write([&](storage::Transaction& tx) {
        (void)registry::suppress_address(
            tx, address_of(kSitasPhone), registry::kAllPurposes,
            {.channel = registry::Channel::kWhatsapp, .text_version = "test", .evidence = "test"},
            clock().now());
    });
    deliver();
    ASSERT_TRUE(slot_of_question(line));
    EXPECT_EQ(slot_of_question(line)->state, messaging::SlotState::kSuppressed);
    EXPECT_EQ(says_yes(line), market::Answer::kWaiting);
}

TEST_P(LostMail, AYesIsNoneToAQuestionWhoseTimeWasOverBeforeItLeft) {
    const market::OrderLine line = line_of(ordered(), kSita);
    (void)from(kSitasPhone, "नमस्ते");
    ask(line);
    write([&](storage::Transaction& tx) {
        tx.execute_script("UPDATE mail SET expires_at = " + std::to_string(clock().now().value));
    });
    deliver();
    ASSERT_TRUE(slot_of_question(line));
    EXPECT_EQ(slot_of_question(line)->state, messaging::SlotState::kExpired);
    EXPECT_EQ(says_yes(line), market::Answer::kWaiting);
}

}  // namespace
}  // namespace haat::flows
