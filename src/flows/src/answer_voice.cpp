/// Spoken when she asks for it: her wish, and what is said again at once. The text always goes
/// first; the voice note follows (speak_answers.cpp).
#include "answer_actions.hpp"
#include "flows/speak_answers.hpp"
#include "messaging/spoken.hpp"

namespace haat::flows {
namespace {

using A = Answering;
using With = ActionArguments;
using State = messaging::DialogueState;
using messaging::ActionResult;
using registry::Channel;

std::optional<registry::Address> her_address(const A& a) {
    return registry::find_address(a.tx, system_viewer(), a.inbound.address_id);
}

/// What haat or an officer told her last: the question that waits, if one does.
std::string said_last(A& a) {
    if (a.heard != nullptr) {
        return a.said_last;
    }
    constexpr int kLook = 5;  // voice notes of the text lie between
    for (const messaging::MailRow& mail : messaging::mail_to(a.tx, a.inbound.address_id, kLook)) {
        if (!mail.is_voice) {
            return messaging::with_menu({.text = mail.text, .buttons = mail.buttons});
        }
    }
    return {};
}

/// Her wish holds on every channel that can; an SMS cannot.
ActionResult speak_from_now(A& a) {
    a.speak_for_herself();
    if (a.person) {
        messaging::set_spoken_wish(a.tx, a.person->person_id, true, a.now);
        a.wants_spoken = true;
    }
    if (!a.has_voice()) {
        return {.outcome = a.context.voice.base_url.empty() ? "elsewhere" : "call"};
    }
    const std::string again = said_last(a);
    if (a.heard != nullptr && !again.empty()) {
        a.heard->push_back(
            {.text = std::string(kSpokenMark) + again, .voice = messaging::VoiceNote{}});
    } else {
        a.speak(again);
    }
    return {.outcome = "done"};
}

ActionResult write_from_now(A& a) {
    a.speak_for_herself();
    if (a.person) {
        messaging::set_spoken_wish(a.tx, a.person->person_id, false, a.now);
        a.wants_spoken = false;
    }
    return {.outcome = "done"};
}

/// A call to the phone that she writes from.
ActionResult call_her(A& a) {
    const auto address = her_address(a);
    if (a.heard == nullptr && address) {
        const registry::Address phone =
            registry::ensure_address(a.tx, Channel::kVoice, address->external_id, a.now);
        a.sender.write_first(a.tx, phone.address_id, {.text = a.text("messages.voice_will_call")});
    }
    return {.outcome = "done"};
}

}  // namespace

bool Answering::is_listening() {
    const registry::Person* listener = writer();
    if (listener == nullptr) {
        return false;
    }
    if (!wants_spoken) {
        wants_spoken = heard == nullptr && listener->person_id == conversation.person_id
                           ? conversation.is_spoken
                           : messaging::wants_spoken(tx, listener->person_id);
    }
    return *wants_spoken;
}

bool Answering::has_voice() const {
    const auto address = her_address(*this);
    return address &&
           (address->channel == Channel::kWhatsapp || address->channel == Channel::kTelegram);
}

void Answering::speak(const std::string& words) {
    const registry::Person* listener = writer();
    if (words.empty() || listener == nullptr || !has_voice()) {
        return;
    }
    messaging::add_spoken(tx, {.address_id = inbound.address_id,
                               .person_id = listener->person_id,
                               .ordinal = listener->ordinal,
                               .language = std::string(language_code(language())),
                               .text = words,
                               .said_at = now});
}

std::vector<NamedAction> voice_actions() {
    return {
        {{"speak_from_now", {"done", "elsewhere", "call"}},
         [](A& a, const With&, const State&) { return speak_from_now(a); }},
        {{"write_from_now", {"done"}},
         [](A& a, const With&, const State&) { return write_from_now(a); }},
        {{"call_her", {"done"}}, [](A& a, const With&, const State&) { return call_her(a); }},
    };
}

}  // namespace haat::flows
