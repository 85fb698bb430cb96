/// A mobiliser reports for the members of her group, one after another. What she says is hers as
/// evidence; each member hears of it if she can be written to.
#include <algorithm>
#include <utility>

#include "answer_actions.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "join_words.hpp"
#include "registry/groups.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;
using With = ActionArguments;
using State = DialogueState;
using A = Answering;

constexpr std::size_t kOnePage = 7;  ///< With "more" and "enough" a WhatsApp list holds them.
constexpr int kMembersMost = 500;
constexpr std::size_t kTitleMost = 20;

std::int64_t number_at(const State& state, const std::string& name) {
    const auto found = state.values.find(name);
    return found == state.values.end() ? 0 : parse_integer(found->second).value_or(0);
}

/// Those of her SHG, or of the SHGs of her village organisation, without herself, by name as the
/// registry orders them. None unless she is a mobiliser.
std::vector<registry::Person> members_of(const A& a) {
    std::vector<registry::Person> members;
    if (!a.person || a.person->kind != registry::PersonKind::kMobiliser) {
        return members;
    }
    const auto own = registry::find_group(a.tx, a.person->group_id);
    if (!own) {
        return members;
    }
    std::vector<registry::Group> groups{*own};
    for (registry::Group& below : registry::child_groups(a.tx, own->group_id)) {
        groups.push_back(std::move(below));
    }
    for (const registry::Group& group : groups) {
        for (registry::Person& person : registry::list_people(
                 a.tx, system_viewer(),
                 {.place_id = group.place_id, .group_id = group.group_id, .limit = kMembersMost})) {
            if (person.person_id != a.person->person_id) {
                members.push_back(std::move(person));
            }
        }
    }
    return members;
}

ActionResult group_members(const A& a, const State& state) {
    const std::vector<registry::Person> members = members_of(a);
    const auto pages = (members.size() + kOnePage - 1) / kOnePage;
    const auto page = pages == 0 ? 0 : static_cast<std::size_t>(number_at(state, "page")) % pages;
    ActionResult result;
    std::string lines;
    for (std::size_t i = page * kOnePage; i < std::min(members.size(), (page + 1) * kOnePage);
         ++i) {
        lines += "\n" + std::to_string(result.choices.size() + 1) + ". " + members[i].name;
        result.choices.push_back(
            {.id = std::to_string(members[i].person_id.value),
             .title = std::string(first_code_points(members[i].name, kTitleMost))});
    }
    result.values = {{"members", lines}, {"count", std::to_string(members.size())}};
    return result;
}

ActionResult next_page(const State& state) {
    return {.outcome = "done", .values = {{"page", std::to_string(number_at(state, "page") + 1)}}};
}

/// The one after whom she spoke of last; the list is as it is now.
ActionResult next_member(const A& a, const State& state) {
    const std::vector<registry::Person> members = members_of(a);
    const PersonId last{number_at(state, "member")};
    auto next = std::ranges::find(members, last, &registry::Person::person_id);
    if (next == members.end() || ++next == members.end()) {
        return {.outcome = "none"};
    }
    return {.outcome = "some",
            .values = {{"member", std::to_string(next->person_id.value)},
                       {"member_title", next->name}}};
}

bool may_be_told(const registry::Person& member) {
    return member.consents.has(registry::MessagePurpose::kNotice) &&
           !member.suppressed.has(registry::MessagePurpose::kNotice);
}

void tell_member(A& a, const registry::Person& member, const registry::Person& mobiliser,
                 const State& state) {
    if (may_be_told(member)) {
        a.context.flows.messages.send(a.tx, {.person_id = member.person_id,
                                             .text_key = "messages.group_told",
                                             .params = {{"name", member.name},
                                                        {"by", mobiliser.name},
                                                        {"list", goods_in_words(a, state.goods)}},
                                             .params_by_key = {},
                                             .buttons = {},
                                             .purpose = registry::MessagePurpose::kNotice});
    }
}

/// As the member's own offer; the mobiliser's message is its source, and the audit says for whom
/// she spoke.
ActionResult add_offers_for(A& a, const With& with, const State& state) {
    const PersonId member_id{number_at(state, "member")};
    const std::vector<registry::Person> members = members_of(a);
    const auto member = std::ranges::find(members, member_id, &registry::Person::person_id);
    if (member == members.end()) {
        return {.outcome = "refused"};  // she left the group meanwhile
    }
    const registry::Person mobiliser = *a.person;
    a.person = *member;
    ActionResult result = add_offers(a, with, state);
    if (result.outcome == "done" || result.outcome == "some") {
        JsonWriter json;
        json.begin_object().field("mobiliser", mobiliser.person_id.value);
        json.field("inbound", a.inbound.inbound_id.value).end_object();
        storage::audit(a.tx, a.now, system_viewer().account_id, "offer.for_member",
                       "person:" + std::to_string(member_id.value), json.take());
        tell_member(a, *member, mobiliser, state);
    }
    a.person = mobiliser;
    return result;
}

}  // namespace

std::vector<NamedAction> group_actions() {
    return {
        {{"group_members", {}, true, {"members", "count"}},
         [](A& a, const With&, const State& state) { return group_members(a, state); }},
        {{"next_page", {"done"}},
         [](A&, const With&, const State& state) { return next_page(state); }},
        {{"next_member", {"some", "none"}, false, {"member_title"}},
         [](A& a, const With&, const State& state) { return next_member(a, state); }},
        {{"add_offers_for",
          {"done", "some", "odd", "same", "refused", "person"},
          false,
          {"list", "others"}},
         [](A& a, const With& with, const State& state) { return add_offers_for(a, with, state); }},
    };
}

}  // namespace haat::flows
