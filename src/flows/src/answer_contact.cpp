/// She shares a phone number. Her own links this chat with her, which was done when it came.
#include "answer_actions.hpp"

namespace haat::flows {

void answer_contact(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
                    const messaging::Inbound& contact) {
    messaging::Conversation conversation =
        messaging::find_conversation(tx, contact.address_id)
            .value_or(
                messaging::Conversation{.address_id = contact.address_id, .state_json = "{}"});
    messaging::DialogueState state = messaging::dialogue_state_from_json(conversation.state_json);
    Answering host(context, sender, tx, contact, conversation);
    host.shelf = context.dialogues->now();
    host.book = &host.shelf->latest();
    find_people(host, state);
    host.heed_language(state);
    host.say(contact.kind != kOwnContact ? "messages.contact_of_others"
             : host.person               ? "messages.contact_linked"
                                         : "messages.contact_unknown",
             state, {});
    host.finish_saying();
    conversation.changed_at = host.now;
    messaging::save_conversation(tx, conversation);
}

}  // namespace haat::flows
