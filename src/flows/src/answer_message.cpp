#include "flows/answer_message.hpp"

#include <algorithm>

#include "answer_actions.hpp"
#include "base/log.hpp"
#include "flows/answer_order.hpp"
#include "language/understanding.hpp"

namespace haat::flows {
namespace {

/// A message with all that decides about its answer.
struct Reading {
    messaging::Inbound inbound;
    messaging::Conversation conversation;
    std::optional<registry::Person> person;
    language::Understanding meaning;
    messaging::DialogueStep step;
};

bool is_media(const messaging::Inbound& inbound) {
    return inbound.kind != "text" && inbound.kind != "button" && inbound.text.empty();
}

std::optional<Reading> read_message(MessagingContext& context, storage::Transaction& tx,
                                    InboundId inbound_id) {
    std::optional<messaging::Inbound> inbound = messaging::find_inbound(tx, inbound_id);
    if (!inbound) {
        return std::nullopt;  // answered already
    }
    Reading reading{.inbound = *inbound};
    reading.conversation = messaging::find_conversation(tx, inbound->address_id)
                               .value_or(messaging::Conversation{.address_id = inbound->address_id,
                                                                 .state_json = "{}"});
    if (inbound->person_id) {
        if (auto person = registry::find_person(tx, system_viewer(), inbound->person_id)) {
            reading.person = std::move(*person);
        }
    }
    reading.meaning = language::understand(context.lexicon, inbound->text,
                                           date_in_india(context.flows.clock.now()));
    reading.step =
        messaging::step(messaging::dialogue_state_from_json(reading.conversation.state_json),
                        {.token = inbound->inbound_id.value,
                         .text = inbound->text,
                         .button_id = inbound->button_id,
                         .meaning = reading.meaning,
                         .is_known = reading.person.has_value(),
                         .is_media = is_media(*inbound)});
    return reading;
}

/// Her yes or no to a line of an order. It is a promise of its own and safe to repeat, so it may
/// come before the transaction that marks her message as answered. Returns what to tell her if it
/// was refused.
std::string_view answer_order_line(MessagingContext& context, const Reading& reading) {
    for (const messaging::Action& action : reading.step.actions) {
        if (action.kind != messaging::ActionKind::kAnswerOrder || !reading.person) {
            continue;
        }
        const Result<AnsweredLine> answered =
            answer_order(context.flows, system_viewer(), reading.person->person_id,
                         OrderLineId{action.order_line},
                         action.yes ? market::Answer::kYes : market::Answer::kNo);
        if (!answered) {
            return answered.error().code == "market.line_expired" ? "messages.order_too_late"
                   : answered.error().code == "market.line_answered"
                       ? "messages.order_answered_before"
                       : "messages.old_question";
        }
    }
    return {};
}

}  // namespace

void answer_message(MessagingContext& context, MailSender& sender, InboundId inbound_id) {
    storage::Database& database = context.flows.database;
    const std::optional<Reading> first = database.read(
        [&](storage::Transaction& tx) { return read_message(context, tx, inbound_id); });
    if (!first) {
        return;
    }
    const std::string_view refused = answer_order_line(context, *first);
    database.write([&](storage::Transaction& tx) {
        std::optional<Reading> reading = read_message(context, tx, inbound_id);
        if (!reading) {
            return;
        }
        Answering answering{.context = context,
                            .sender = sender,
                            .tx = tx,
                            .inbound = reading->inbound,
                            .person = reading->person,
                            .conversation = reading->conversation,
                            .now = context.flows.clock.now()};
        reading->conversation.state_json = messaging::to_json(reading->step.state);
        for (const messaging::Action& action : reading->step.actions) {
            carry_out(answering, action);
        }
        if (!refused.empty()) {
            answering.reply(refused, {});
        }
        reading->conversation.changed_at = answering.now;
        messaging::save_conversation(tx, reading->conversation);
        messaging::mark_answered(tx, inbound_id, language::intent_name(reading->meaning.intent));
    });
}

int answer_waiting(MessagingContext& context, MailSender& sender, int limit) {
    storage::Database& database = context.flows.database;
    const std::vector<messaging::Inbound> waiting = database.read(
        [&](storage::Transaction& tx) { return messaging::waiting_messages(tx, limit); });
    for (const messaging::Inbound& inbound : waiting) {
        try {
            answer_message(context, sender, inbound.inbound_id);
        } catch (const std::exception& error) {
            log_error("answer.failed",
                      {{"inbound", inbound.inbound_id.value}, {"why", error.what()}});
            database.write(
                [&](storage::Transaction& tx) { messaging::mark_failed(tx, inbound.inbound_id); });
        }
    }
    return static_cast<int>(waiting.size());
}

}  // namespace haat::flows
