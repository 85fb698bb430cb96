#include "flows/answer_message.hpp"

#include <algorithm>

#include "answer_actions.hpp"
#include "base/log.hpp"
#include "language/understanding.hpp"

namespace haat::flows {
namespace {

bool is_media(const messaging::Inbound& inbound) {
    return inbound.kind != "text" && inbound.kind != "button" && inbound.text.empty();
}

/// Who speaks on the phone: whom she said she is, else the one whom haat knows first.
void find_people(Answering& answering, const messaging::DialogueState& state) {
    answering.people =
        registry::people_on_address(answering.tx, system_viewer(), answering.inbound.address_id);
    if (answering.people.empty()) {
        return;
    }
    answering.person = answering.people.front();
    const auto speaker = state.about.find("speaker");
    for (const registry::Person& person : answering.people) {
        if (speaker != state.about.end() && person.person_id.value == speaker->second) {
            answering.person = person;
        }
    }
}

void answer(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
            const messaging::Inbound& inbound) {
    messaging::Conversation conversation =
        messaging::find_conversation(tx, inbound.address_id)
            .value_or(
                messaging::Conversation{.address_id = inbound.address_id, .state_json = "{}"});
    messaging::DialogueState state = messaging::dialogue_state_from_json(conversation.state_json);
    Answering answering(context, sender, tx, inbound, conversation);
    find_people(answering, state);
    answering.meaning =
        language::understand(context.lexicon, inbound.text, date_in_india(answering.now));
    state = messaging::converse(*context.dialogues, std::move(state),
                                {.token = inbound.inbound_id.value,
                                 .now = answering.now,
                                 .text = inbound.text,
                                 .button_id = inbound.button_id,
                                 .meaning = answering.meaning,
                                 .is_known = answering.person.has_value(),
                                 .is_media = is_media(inbound)},
                                answering);
    conversation.state_json = messaging::to_json(state);
    conversation.changed_at = answering.now;
    messaging::save_conversation(tx, conversation);
    messaging::mark_answered(tx, inbound.inbound_id,
                             language::intent_name(answering.meaning.intent));
}

}  // namespace

Result<messaging::DialogueBook> read_dialogues(
    std::span<const std::pair<std::string, std::string>> files, const Texts& texts) {
    return messaging::DialogueBook::parse(files, dialogue_actions(),
                                          [&](std::string_view key) { return texts.has(key); });
}

void answer_message(MessagingContext& context, MailSender& sender, InboundId inbound_id) {
    context.flows.database.write([&](storage::Transaction& tx) {
        if (const auto inbound = messaging::find_inbound(tx, inbound_id)) {
            answer(context, sender, tx, *inbound);
        }
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
