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

/// The writer's own, if she is a mobiliser.
std::optional<Person> find_member(const Answering& a, PersonId person_id) {
    const Person* writer = a.writer();
    if (writer == nullptr || writer->kind != PersonKind::kMobiliser ||
        writer->person_id == person_id) {
        return std::nullopt;
    }
    auto person = registry::find_person(a.tx, system_viewer(), person_id);
    const std::vector<Group> groups = groups_of(a.tx, *writer);
    const bool is_hers =
        person && std::ranges::find(groups, person->group_id, &Group::group_id) != groups.end();
    return is_hers ? std::optional(*std::move(person)) : std::nullopt;
}

/// The engine goes on with it (DialogueState::asked_at); a later answer is a message of its own.
bool still_waits(const Answering& a, const DialogueState& state) {
    const auto question = messaging::question_of(*a.shelf, state);
    return question && a.now.value - question->asked_at.value <= question->wait_hours * 3'600;
}

bool may_be_told(const Answering& a, const Person& member) {
    const auto addresses = registry::addresses_of(a.tx, system_viewer(), member.person_id);
    return addresses && !addresses->empty() &&
           member.consents.has(registry::MessagePurpose::kNotice) &&
           !member.suppressed.has(registry::MessagePurpose::kNotice);
}

}  // namespace

const registry::Person* Answering::writer() const {
    return mobiliser ? &*mobiliser : person ? &*person : nullptr;
}

void Answering::speak_for(registry::Person member) {
    if (!mobiliser) {
        mobiliser = std::exchange(person, std::nullopt);
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

bool heed_speaking_for(Answering& a, const DialogueState& state) {
    const auto member_id = parse_integer(messaging::value_in(state, kSpeaksFor));
    const bool is_elsewhere =
        !a.inbound.button_id.empty() && !messaging::is_button_of_dialogue(a.inbound.button_id);
    if (!member_id || is_elsewhere || !still_waits(a, state)) {
        return true;
    }
    auto member = find_member(a, PersonId{*member_id});
    if (!member) {
        return false;
    }
    a.speak_for(*std::move(member));
    return true;
}

std::optional<PersonId> person_of_line(Answering& a, OrderLineId order_line_id) {
    const auto line = market::find_line(a.tx, system_viewer(), order_line_id);
    if (!line) {
        return std::nullopt;
    }
    if (std::ranges::find(a.people, line->person_id, &Person::person_id) == a.people.end()) {
        auto member = find_member(a, line->person_id);
        if (!member) {
            return std::nullopt;
        }
        a.speak_for(*std::move(member));
    }
    return line->person_id;
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
    if (may_be_told(a, member)) {
        TextParams params(result.values.begin(), result.values.end());
        params.emplace_back("name", member.name);
        params.emplace_back("by", a.mobiliser->name);
        params.emplace_back("said", a.inbound.text);
        a.context.flows.messages.send(a.tx, {.person_id = member.person_id,
                                             .text_key = std::string(text_key),
                                             .params = std::move(params),
                                             .params_by_key = {},
                                             .buttons = {},
                                             .purpose = registry::MessagePurpose::kNotice});
    }
}

std::optional<Person> mobiliser_for(storage::Transaction& tx, const Person& member) {
    for (const Group& group : registry::group_path(tx, member.group_id)) {
        const std::vector<Person> people = people_of(tx, group);
        const auto found = std::ranges::find(people, PersonKind::kMobiliser, &Person::kind);
        if (found != people.end() && found->person_id != member.person_id) {
            return *found;
        }
        if (group.kind == registry::GroupKind::kVo) {
            break;  // a federation's are not hers
        }
    }
    return std::nullopt;
}

}  // namespace haat::flows
