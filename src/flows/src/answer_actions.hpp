/// @file The table from the dialogues' actions to what they do. Private to flows.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer_facts.hpp"
#include "flows/answer_order.hpp"
#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"
#include "language/understanding.hpp"
#include "market/orders.hpp"
#include "messaging/dialogue.hpp"
#include "messaging/inbox.hpp"
#include "messaging/tickets.hpp"
#include "registry/people.hpp"

namespace haat::flows {

/// One message being answered, in one transaction.
struct Answering final : messaging::DialogueHost {
    Answering(MessagingContext& context_, MailSender& sender_, storage::Transaction& tx_,
              const messaging::Inbound& inbound_, messaging::Conversation& conversation_)
        : context(context_),
          sender(sender_),
          tx(tx_),
          inbound(inbound_),
          conversation(conversation_),
          now(context_.flows.clock.now()) {}

    MessagingContext& context;
    MailSender& sender;
    storage::Transaction& tx;
    const messaging::Inbound& inbound;
    messaging::Conversation& conversation;
    UnixSeconds now;
    /// On the phone; the member alone while her mobiliser speaks for her.
    std::vector<registry::Person> people;
    std::optional<registry::Person> person;  ///< Whom it is about; none for a stranger.
    /// Who writes, if she speaks for a member of her group (speaking_for.hpp).
    std::optional<registry::Person> mobiliser;
    std::vector<registry::Person> phone_people;  ///< Then: on the phone.
    language::Understanding meaning;
    std::shared_ptr<const messaging::BookShelf> shelf;  ///< Of this message.
    const messaging::DialogueBook* book = nullptr;      ///< By which it is answered now.
    std::shared_ptr<AnswerFacts> facts = std::make_shared<AnswerFacts>();  ///< Of the transaction.
    /// Set: answers go there, and nothing is sent.
    std::vector<messaging::TextBody>* heard = nullptr;

    /// What an officer talks with her about; haat leaves to her what it is not sure of.
    struct Talk {
        messaging::Ticket ticket;
        UnixSeconds wrote_at;
    };
    std::optional<Talk> talk;

    std::vector<messaging::TextBody> saying;  ///< In this turn, so far.
    bool is_sorry = false;             ///< The next text says first that nothing was understood.
    bool is_call = false;              ///< She pressed digits: her window need not be open.
    std::string chosen_language;       ///< By a stranger, so far.
    std::optional<bool> wants_spoken;  ///< What she wishes now, once it was asked for.
    std::string said_last;             ///< Of a conversation that is heard: what was said before.

    /// Who reads the answer; null for a stranger.
    [[nodiscard]] const registry::Person* writer() const;
    void speak_for(registry::Person member);
    void speak_for_herself();

    /// Of who reads the answer.
    [[nodiscard]] Language language() const {
        return language_from_code(writer() != nullptr       ? writer()->language
                                  : chosen_language.empty() ? "hi"
                                                            : chosen_language);
    }
    /// A text in her language.
    [[nodiscard]] std::string text(std::string_view key, const TextParams& params = {}) const {
        return text_in(language(), key, params);
    }
    [[nodiscard]] std::string text_in(Language in, std::string_view key,
                                      const TextParams& params = {}) const {
        return book == nullptr ? context.texts.text(in, key, params)
                               : book->text(context.texts, in, key, params);
    }
    [[nodiscard]] std::string unit_text(std::string_view unit) const;
    [[nodiscard]] std::optional<catalogue::Product> product(std::string_view key) const {
        return facts->product(tx, key);
    }
    [[nodiscard]] std::optional<registry::Place> place(PlaceId place_id) const {
        return facts->place(tx, place_id);
    }
    void heed_language(const messaging::DialogueState& state);
    /// She asked to hear answers: answer_voice.cpp.
    [[nodiscard]] bool is_listening();
    /// Her channel has voice notes.
    [[nodiscard]] bool has_voice() const;
    /// A text follows as a voice note, where there are any; nothing if it is empty.
    void speak(const std::string& text);

    [[nodiscard]] messaging::TextBody body_of(
        std::string_view text_key, const messaging::DialogueState& state,
        const std::vector<messaging::DialogueButton>& buttons);
    void say(std::string_view text_key, const messaging::DialogueState& state,
             const std::vector<messaging::DialogueButton>& buttons) override;
    /// Sends what was said, as one message where it fits: no channel keeps the order of two that
    /// follow each other at once. To be called at the end of a turn.
    void finish_saying();
    messaging::ActionResult act(std::string_view action,
                                const std::map<std::string, std::string>& with,
                                const messaging::DialogueState& state) override;
    void leave_to_officer() override;
    void excuse() override { is_sorry = true; }
    [[nodiscard]] std::vector<std::string> labels(std::string_view text_key,
                                                  const messaging::DialogueState& state) override;
    [[nodiscard]] std::string sound(std::string_view said) override;
};

/// After that an officer who wrote to her is not talking with her any more.
inline constexpr std::int64_t kTalkSeconds = 12 * 3'600;
/// Her ticket, if an officer who wrote lately talks with her: answer_tickets.cpp. Free unless the
/// conversation wants a person.
[[nodiscard]] std::optional<Answering::Talk> talk_of_officer(
    storage::Transaction& tx, const messaging::Conversation& conversation, UnixSeconds now);

using ActionArguments = std::map<std::string, std::string>;

/// A ticket by `topic` (else "person") and `hours`; the conversation goes to a person:
/// answer_tickets.cpp.
messaging::ActionResult open_ticket(Answering& a, const ActionArguments& with);
/// The same about goods that were not put on the market; what she wrote if there are none.
messaging::ActionResult open_ticket(Answering& a, const ActionArguments& with,
                                    const messaging::DialogueState& state);
/// The same about an order of hers.
messaging::ActionResult open_ticket_about(Answering& a, const ActionArguments& with,
                                          const market::Order& order);

struct NamedAction {
    messaging::ActionSpec spec;
    std::function<messaging::ActionResult(Answering&, const ActionArguments&,
                                          const messaging::DialogueState&)>
        act;
    /// Outcome → what a member is told of what her mobiliser did for her.
    std::map<std::string_view, std::string_view> told{};
};

// Each group of actions in a file of its own.
[[nodiscard]] std::vector<NamedAction> register_actions();     // answer_register.cpp
[[nodiscard]] std::vector<NamedAction> invite_actions();       // answer_invite.cpp
[[nodiscard]] std::vector<NamedAction> price_actions();        // answer_price.cpp
[[nodiscard]] std::vector<NamedAction> part_actions();         // answer_part.cpp
[[nodiscard]] std::vector<NamedAction> group_actions();        // answer_group.cpp
[[nodiscard]] std::vector<NamedAction> voice_actions();        // answer_voice.cpp
[[nodiscard]] std::vector<NamedAction> withdraw_actions();     // answer_withdraw.cpp
[[nodiscard]] std::vector<NamedAction> mend_actions();         // answer_mend.cpp
[[nodiscard]] std::vector<NamedAction> after_order_actions();  // answer_orders_after.cpp

/// Who speaks on the phone: whom she said she is, else the one whom haat knows first.
void find_people(Answering& answering, const messaging::DialogueState& state);

/// When a question is looked at again (remind_waiting.cpp); none: nothing waits.
[[nodiscard]] std::optional<UnixSeconds> wakes_at(const messaging::BookShelf& books,
                                                  const messaging::DialogueState& state);

/// Somebody rang and hung up: she gets a message, at most one in six hours (answer_call.cpp).
void answer_missed_call(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
                        const messaging::Inbound& call);
/// Where whoever calls is written to: where she is known or wrote, WhatsApp before SMS. A stranger
/// by SMS, which every phone takes; by WhatsApp if there is none.
[[nodiscard]] std::optional<registry::Address> written_address(storage::Transaction& tx,
                                                               AddressId caller, bool has_sms,
                                                               UnixSeconds now);

/// A phone number came as a contact; her own was linked with what came (receive_telegram.cpp):
/// answer_contact.cpp.
void answer_contact(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
                    const messaging::Inbound& contact);
/// Kind of a message that carries her own number.
inline constexpr std::string_view kOwnContact = "own_contact";

/// "20 किलो आम का अचार, ₹180 प्रति किलो": one a line, in her language.
[[nodiscard]] std::string goods_in_words(const Answering& a,
                                         const std::vector<messaging::PendingOffer>& goods);

// About the market: answer_market.cpp.
/// Adds what waits. `sure` of `with`: "odd" (asked whether it is meant), "more" (asked whether it
/// comes to what is there), "same" (it takes its place): answer_add.cpp.
messaging::ActionResult add_offers(Answering& a, const ActionArguments& with,
                                   const messaging::DialogueState& state);
messaging::ActionResult show_demands(Answering& a, std::string_view product_key);
messaging::ActionResult find_order(Answering& a, const messaging::DialogueState& state);
/// The line that was read back, else that haat asked about last; 0: none.
[[nodiscard]] OrderLineId line_meant(const messaging::DialogueState& state);
/// {order} and {list}: "हाँ, 10 किलो शहद", for who answered in a member's name.
[[nodiscard]] std::map<std::string, std::string> answer_in_words(const Answering& a,
                                                                 const AnsweredLine& answered);
messaging::ActionResult answer_order(Answering& a, const ActionArguments& with,
                                     const messaging::DialogueState& state);

}  // namespace haat::flows
