/// Whoever rings and hangs up is answered in writing: that costs her nothing.
#include "answer_actions.hpp"
#include "messaging/dialogue.hpp"
#include "speak_too.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kAgainSeconds = 6 * 3'600;

/// A stranger is asked for her name; a producer hears what she can write.
messaging::TextBody answer_to(const Answering& host, messaging::DialogueState& state) {
    if (host.person) {
        return {.text = host.text("messages.missed_call", {{"name", host.person->name}})};
    }
    state = messaging::asked(
        *host.shelf, std::move(state),
        {.event = "missed_call", .token = host.inbound.inbound_id.value, .now = host.now});
    const auto question = messaging::question_of(*host.shelf, state);
    return {.text = host.text(question ? question->text_key : "messages.join_hello")};
}

}  // namespace

std::optional<registry::Address> written_address(storage::Transaction& tx, AddressId caller,
                                                 bool has_sms, UnixSeconds now) {
    const auto voice = registry::find_address(tx, system_viewer(), caller);
    if (!voice) {
        return std::nullopt;
    }
    for (const registry::Channel channel :
         {registry::Channel::kWhatsapp, registry::Channel::kSms}) {
        const auto known = registry::find_address(tx, system_viewer(), channel, voice->external_id);
        if (known && !registry::people_on_address(tx, system_viewer(), known->address_id).empty()) {
            return known;
        }
    }
    const auto wrote = registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp,
                                              voice->external_id);
    const bool by_sms = has_sms && !(wrote && messaging::find_conversation(tx, wrote->address_id));
    return registry::ensure_address(tx,
                                    by_sms ? registry::Channel::kSms : registry::Channel::kWhatsapp,
                                    voice->external_id, now);
}

void answer_missed_call(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
                        const messaging::Inbound& call) {
    const UnixSeconds now = context.flows.clock.now();
    const bool has_sms = !context.sms.base_url.empty();
    const auto address = written_address(tx, call.address_id, has_sms, now);
    if (!address || !(address->suppressed == registry::kNoPurpose)) {
        return;
    }
    messaging::Conversation conversation =
        messaging::find_conversation(tx, address->address_id)
            .value_or(
                messaging::Conversation{.address_id = address->address_id, .state_json = "{}"});
    messaging::DialogueState state = messaging::dialogue_state_from_json(conversation.state_json);
    const auto before = state.about.find("called_at");
    if (before != state.about.end() && now.value - before->second < kAgainSeconds) {
        return;
    }
    messaging::Inbound written = call;
    written.address_id = address->address_id;
    Answering host(context, sender, tx, written, conversation);
    host.shelf = context.dialogues->now();
    find_people(host, state);
    messaging::TextBody body = answer_to(host, state);
    state.about["called_at"] = now.value;
    conversation.state_json = messaging::to_json(state);
    conversation.changed_at = now;
    conversation.wakes_at = wakes_at(*host.shelf, state);
    messaging::save_conversation(tx, conversation);
    sender.write_first(tx, address->address_id, body);
    speak_too(tx, address->address_id, host.person ? host.person->person_id : PersonId{}, body,
              now);
}

}  // namespace haat::flows
