/// A mobiliser adds a member of her village: she gives name, village and phone, and that phone gets
/// one question. Nothing else is written to it before its yes.
#include "answer_actions.hpp"
#include "base/assert.hpp"
#include "base/phone.hpp"
#include "base/text.hpp"
#include "messaging/dialogue.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;
using With = ActionArguments;
using State = DialogueState;
using A = Answering;

/// An invitation without an answer is not repeated before that.
constexpr std::int64_t kInviteAgainSeconds = 30 * 86'400;

ActionResult is_mobiliser(A& a) {
    a.speak_for_herself();
    const bool is = a.person && a.person->kind == registry::PersonKind::kMobiliser;
    return {.outcome = is ? "yes" : "no"};
}

/// Her own village, as most of them are.
ActionResult own_village(const A& a) {
    return {.outcome = "done",
            .values = {{"village", std::to_string(a.writer() ? a.writer()->place_id.value : 0)}}};
}

ActionResult take_phone(const State& state) {
    const auto phone = normalise_phone(state.values.at("phone_said"));
    const bool is_ours = phone && phone->starts_with("+91");
    return {.outcome = is_ours ? "ok" : "bad",
            .values = {{"phone", is_ours ? *phone : std::string()}}};
}

/// The one question that the phone gets, in Hindi: nobody knows her language yet.
messaging::TextBody question(const A& a, const State& invited) {
    const auto waits = messaging::question_of(*a.shelf, invited);
    HAAT_ASSERT(waits.has_value());  // a dialogue asks "invited"
    const TextParams params(invited.values.begin(), invited.values.end());
    const messaging::DialogueBook& book = a.shelf->latest();
    const Texts& shipped = a.context.texts;
    messaging::TextBody body{.text = book.text(shipped, Language::kHindi, waits->text_key, params)};
    for (const messaging::DialogueButton& button : waits->buttons) {
        body.buttons.push_back({button.id, book.text(shipped, Language::kHindi, button.text_key)});
    }
    return body;
}

ActionResult invite(A& a, const State& state) {
    const registry::Address address = registry::ensure_address(a.tx, registry::Channel::kWhatsapp,
                                                               state.values.at("phone"), a.now);
    if (!(address.suppressed == registry::kNoPurpose)) {
        return {.outcome = "stopped"};
    }
    if (address.address_id == a.inbound.address_id) {
        return {.outcome = "own_phone"};
    }
    messaging::Conversation conversation =
        messaging::find_conversation(a.tx, address.address_id)
            .value_or(messaging::Conversation{.address_id = address.address_id,
                                              .place_id = a.writer()->place_id,
                                              .state_json = "{}"});
    State theirs = messaging::dialogue_state_from_json(conversation.state_json);
    const auto before = theirs.about.find("invited_at");
    if (before != theirs.about.end() && a.now.value - before->second < kInviteAgainSeconds) {
        return {.outcome = "before"};
    }
    const State invited =
        messaging::asked(*a.shelf, std::move(theirs),
                         {.event = "invited",
                          .values = {{"who", state.values.at("who")},
                                     {"village", state.values.at("village")},
                                     {"village_title", state.values.at("village_title")},
                                     {"by", a.writer()->name}},
                          .about = {{"invited_by", a.writer()->person_id.value},
                                    {"invited_group", a.writer()->group_id.value},
                                    {"invited_at", a.now.value}},
                          .token = a.inbound.inbound_id.value,
                          .now = a.now});
    conversation.state_json = messaging::to_json(invited);
    conversation.changed_at = a.now;
    messaging::save_conversation(a.tx, conversation);
    a.sender.write_first(a.tx, address.address_id, question(a, invited));
    return {.outcome = "done"};
}

/// Who has no phone says yes on paper, to an officer.
ActionResult ask_officer_to_add(A& a, State state) {
    a.speak_for_herself();
    state.values["others"] = state.values.at("who") + ", " + state.values.at("village_title");
    return open_ticket(a, {{"topic", "stranger"}, {"hours", "168"}, {"alone", ""}}, state);
}

}  // namespace

std::vector<NamedAction> invite_actions() {
    return {
        {{"is_mobiliser", {"yes", "no"}},
         [](A& a, const With&, const State&) { return is_mobiliser(a); }},
        {{"own_village", {"done"}}, [](A& a, const With&, const State&) { return own_village(a); }},
        {{"take_phone", {"ok", "bad"}, false, {"phone"}, {}, "phone_said"},
         [](A&, const With&, const State& state) { return take_phone(state); }},
        {{"invite", {"done", "before", "stopped", "own_phone"}},
         [](A& a, const With&, const State& state) { return invite(a, state); }},
        {{"ask_officer_to_add", {"done"}, false, {"due"}},
         [](A& a, const With&, const State& state) { return ask_officer_to_add(a, state); }},
    };
}

}  // namespace haat::flows
