/// A mobiliser goes through the members of her group, one after another. What she writes about a
/// member goes the way that the member's own message would (speaking_for.hpp).
#include <algorithm>
#include <utility>

#include "answer_actions.hpp"
#include "base/text.hpp"
#include "join_words.hpp"
#include "speaking_for.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;
using registry::Person;
using With = ActionArguments;
using State = DialogueState;
using A = Answering;

constexpr std::size_t kOnePage = 7;  ///< With "more" and "enough" a WhatsApp list holds them.
constexpr std::size_t kTitleMost = 20;

std::int64_t number_at(const State& state, const std::string& name) {
    const auto found = state.values.find(name);
    return found == state.values.end() ? 0 : parse_integer(found->second).value_or(0);
}

std::vector<Person> members(const A& a) {
    const Person* writer = a.writer();
    return writer == nullptr ? std::vector<Person>() : members_of(a.tx, *writer);
}

ActionResult group_members(A& a, const State& state) {
    a.speak_for_herself();
    const std::vector<Person> all = members(a);
    const auto pages = (all.size() + kOnePage - 1) / kOnePage;
    const auto page = pages == 0 ? 0 : static_cast<std::size_t>(number_at(state, "page")) % pages;
    ActionResult result;
    std::string lines;
    for (std::size_t i = page * kOnePage; i < std::min(all.size(), (page + 1) * kOnePage); ++i) {
        lines += "\n" + std::to_string(result.choices.size() + 1) + ". " + all[i].name;
        result.choices.push_back(
            {.id = std::to_string(all[i].person_id.value),
             .title = std::string(first_code_points(all[i].name, kTitleMost))});
    }
    result.values = {{"members", lines},
                     {"count", std::to_string(all.size())},
                     {std::string(kSpeaksFor), std::string()}};
    return result;
}

ActionResult next_page(const State& state) {
    return {.outcome = "done", .values = {{"page", std::to_string(number_at(state, "page") + 1)}}};
}

/// The one after whom she spoke of last; the list is as it is now.
ActionResult next_member(const A& a, const State& state) {
    const std::vector<Person> all = members(a);
    const PersonId last{number_at(state, "member")};
    auto next = std::ranges::find(all, last, &Person::person_id);
    if (next == all.end() || ++next == all.end()) {
        return {.outcome = "none"};
    }
    return {.outcome = "some",
            .values = {{"member", std::to_string(next->person_id.value)},
                       {"member_title", next->name}}};
}

/// From here on; an order that waits for the member's answer is named first.
ActionResult speak_for(A& a, const State& state) {
    const PersonId member_id{number_at(state, "member")};
    auto member = find_member(a, member_id);
    if (!member) {
        return {.outcome = "left"};
    }
    a.speak_for(*std::move(member));
    ActionResult result = find_order(a, state);
    result.outcome = result.outcome == "some" ? "order" : "none";
    result.values[kSpeaksFor] = std::to_string(member_id.value);
    return result;
}

ActionResult speak_for_herself(A& a) {
    a.speak_for_herself();
    return {.outcome = "done", .values = {{std::string(kSpeaksFor), std::string()}}};
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
        {{"speak_for",
          {"order", "none", "left"},
          false,
          {"quantity", "unit", "product", "price", "order"},
          {},
          "member"},
         [](A& a, const With&, const State& state) { return speak_for(a, state); }},
        {{"speak_for_herself", {"done"}},
         [](A& a, const With&, const State&) { return speak_for_herself(a); }},
    };
}

}  // namespace haat::flows
