#include "speaking_for.hpp"

#include <algorithm>
#include <utility>

#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "market/orders.hpp"
#include "registry/groups.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

using messaging::DialogueState;
using registry::Group;
using registry::Person;
using registry::PersonKind;

constexpr int kMembersMost = 500;
constexpr std::size_t kSaidMost = 500;

/// Her own group, and those below it.
std::vector<Group> groups_of(storage::Transaction& tx, const Person& mobiliser) {
    std::vector<Group> groups;
    const auto own = mobiliser.kind == PersonKind::kMobiliser
                         ? registry::find_group(tx, mobiliser.group_id)
                         : refuse(ErrorKind::kNotFound, "registry.no_group");
    if (own) {
        groups.push_back(*own);
        std::ranges::move(registry::child_groups(tx, own->group_id), std::back_inserter(groups));
    }
    return groups;
}

std::vector<Person> people_of(storage::Transaction& tx, const Group& group) {
    return registry::list_people(
        tx, system_viewer(),
        {.place_id = group.place_id, .group_id = group.group_id, .limit = kMembersMost});
}

/// The engine goes on with it (DialogueState::asked_at); a later answer is a message of its own.
bool still_waits(const Answering& a, const DialogueState& state) {
    const auto question = messaging::question_of(*a.shelf, state);
    return question && a.now.value - question->asked_at.value <= question->wait_hours * 3'600;
}

/// A button under a message that haat sent by itself.
bool pressed(const Answering& a, OrderLineId order_line_id) {
    const auto button = pressed_order_button(a.inbound.button_id);
    return button && button->order_line_id == order_line_id;
}

bool has_own_chat(const Answering& a, const Person& person) {
    using registry::Channel;
    const auto addresses = registry::addresses_of(a.tx, system_viewer(), person.person_id);
    return addresses && std::ranges::any_of(*addresses, [](const registry::PersonAddress& one) {
               return one.channel == Channel::kWhatsapp || one.channel == Channel::kTelegram;
           });
}

bool may_be_told(const Person& member) {
    return member.consents.has(registry::MessagePurpose::kNotice) &&
           !member.suppressed.has(registry::MessagePurpose::kNotice);
}

}  // namespace

const registry::Person* Answering::writer() const {
    return mobiliser ? &*mobiliser : person ? &*person : nullptr;
}

void Answering::speak_for(registry::Person member) {
    if (!mobiliser) {
        const auto found = std::ranges::find(people, PersonKind::kMobiliser, &Person::kind);
        const bool is_she = !person || person->kind == PersonKind::kMobiliser;
        mobiliser = is_she || found == people.end() ? std::move(person) : *found;
        phone_people = std::exchange(people, {});
    }
    people = {member};
    person = std::move(member);
}

void Answering::speak_for_herself() {
    if (mobiliser) {
        person = std::exchange(mobiliser, std::nullopt);
        people = std::exchange(phone_people, {});
    }
}

std::vector<Person> members_of(storage::Transaction& tx, const Person& mobiliser) {
    std::vector<Person> members;
    for (const Group& group : groups_of(tx, mobiliser)) {
        std::ranges::move(people_of(tx, group), std::back_inserter(members));
    }
    std::erase_if(members, [&](const Person& one) { return one.person_id == mobiliser.person_id; });
    return members;
}

std::optional<Person> find_member(const Answering& a, PersonId person_id) {
    const auto& phone = a.mobiliser ? a.phone_people : a.people;
    const auto mobiliser = std::ranges::find(phone, PersonKind::kMobiliser, &Person::kind);
    if (mobiliser == phone.end() || mobiliser->person_id == person_id) {
        return std::nullopt;
    }
    auto person = registry::find_person(a.tx, system_viewer(), person_id);
    const std::vector<Group> groups = groups_of(a.tx, *mobiliser);
    const bool is_hers =
        person && std::ranges::find(groups, person->group_id, &Group::group_id) != groups.end();
    return is_hers ? std::optional(*std::move(person)) : std::nullopt;
}

bool heed_speaking_for(Answering& a, const DialogueState& state) {
    const auto member_id = parse_integer(messaging::value_in(state, kSpeaksFor));
    const bool is_elsewhere =
        !a.inbound.button_id.empty() && !messaging::is_button_of_dialogue(a.inbound.button_id);
    if (!member_id || is_elsewhere || !still_waits(a, state)) {
        return true;
    }
    if (a.talk && a.inbound.button_id.empty() && state.asked_at <= a.talk->wrote_at) {
        return false;
    }
    auto member = find_member(a, PersonId{*member_id});
    if (!member) {
        return false;
    }
    a.speak_for(*std::move(member));
    return true;
}

std::optional<market::OrderLine> line_to_answer(Answering& a, const DialogueState& state,
                                                OrderLineId order_line_id) {
    auto line =
        order_line_id ? market::find_line(a.tx, system_viewer(), order_line_id) : std::nullopt;
    const bool is_here =
        line && std::ranges::find(a.people, line->person_id, &Person::person_id) != a.people.end();
    if (!line || is_here) {
        return line;
    }
    const auto relayed = state.about.find(kOrderRelayed);
    const bool was_relayed = relayed != state.about.end() && relayed->second == order_line_id.value;
    auto member = !a.mobiliser && (was_relayed || pressed(a, order_line_id))
                      ? find_member(a, line->person_id)
                      : std::nullopt;
    if (!member) {
        return std::nullopt;
    }
    a.speak_for(*std::move(member));
    return line;
}

std::optional<market::OrderLine> line_of_members(Answering& a) {
    const auto mobiliser = std::ranges::find(a.people, PersonKind::kMobiliser, &Person::kind);
    if (a.mobiliser || mobiliser == a.people.end()) {
        return std::nullopt;
    }
    for (Person& member : members_of(a.tx, *mobiliser)) {
        auto waiting = market::lines_of_person(a.tx, system_viewer(), member.person_id,
                                               market::Answer::kWaiting, 1);
        if (!waiting.empty() && !has_own_chat(a, member)) {
            a.speak_for(std::move(member));
            return std::move(waiting.front());
        }
    }
    return std::nullopt;
}

void tell_member(Answering& a, std::string_view action, std::string_view text_key,
                 const messaging::ActionResult& result) {
    const Person& member = *a.person;
    JsonWriter json;
    json.begin_object().field("action", action);
    json.field("mobiliser", a.mobiliser->person_id.value);
    json.field("inbound", a.inbound.inbound_id.value).end_object();
    storage::audit(a.tx, a.now, system_viewer().account_id, "member.spoken_for",
                   "person:" + std::to_string(member.person_id.value), json.take());
    if (may_be_told(member)) {
        TextParams params(result.values.begin(), result.values.end());
        params.emplace_back("name", member.name);
        params.emplace_back("by", a.mobiliser->name);
        params.emplace_back("said", std::string(first_code_points(a.inbound.text, kSaidMost)));
        a.context.flows.messages.send(a.tx, {.person_id = member.person_id,
                                             .text_key = std::string(text_key),
                                             .params = std::move(params),
                                             .params_by_key = {},
                                             .buttons = {},
                                             .purpose = registry::MessagePurpose::kNotice});
    }
}

std::vector<Person> mobilisers_of(storage::Transaction& tx, const Person& member) {
    std::vector<Person> mobilisers;
    for (const Group& group : registry::group_path(tx, member.group_id)) {
        if (group.kind == registry::GroupKind::kClf) {
            break;  // a federation's are not hers
        }
        for (Person& one : people_of(tx, group)) {
            if (one.kind == PersonKind::kMobiliser && one.person_id != member.person_id) {
                mobilisers.push_back(std::move(one));
            }
        }
    }
    return mobilisers;
}

}  // namespace haat::flows
