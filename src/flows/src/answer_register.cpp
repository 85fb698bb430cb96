/// A stranger joins: her name, village, goods and language, one at a time, then her consent. Only
/// with it she becomes a person with an address. Source: docs/domain/privacy.md.
#include <algorithm>

#include "announce.hpp"
#include "answer_actions.hpp"
#include "base/assert.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "catalogue/products.hpp"
#include "consent_text.hpp"
#include "find_village.hpp"
#include "join_words.hpp"
#include "messaging/tickets.hpp"
#include "registry/consents.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;
using With = ActionArguments;
using State = DialogueState;
using A = Answering;

constexpr std::size_t kNameMost = 40;
constexpr std::size_t kNameBytesLeast = 2;
constexpr std::size_t kTitleMost = 20;
constexpr std::string_view kStrangerTopic = "stranger";  ///< An officer will add her.

std::string value_of(const State& state, const std::string& name) {
    const auto found = state.values.find(name);
    return found == state.values.end() ? std::string() : found->second;
}

std::int64_t about_of(const State& state, const std::string& name) {
    const auto found = state.about.find(name);
    return found == state.about.end() ? 0 : found->second;
}

/// She said stop, or no to joining: nobody asks her again unless she asks for it.
ActionResult may_register(const A& a, const State& state) {
    const auto address = registry::find_address(a.tx, system_viewer(), a.inbound.address_id);
    const bool stopped = address && !(address->suppressed == registry::kNoPurpose);
    if (stopped || about_of(state, "declined") != 0) {
        return {.outcome = "declined"};
    }
    const auto tickets = messaging::open_tickets_on(a.tx, a.inbound.address_id);
    const bool will_come =
        std::ranges::find(tickets, kStrangerTopic, &messaging::Ticket::topic) != tickets.end();
    return {.outcome = will_come ? "coming" : "ask"};
}

ActionResult take_name(const A& a) {
    if (a.meaning.answer == language::Answer::kNo) {
        return {.outcome = "no"};
    }
    const std::string name = name_said(a.inbound.text);
    const bool is_name = name.size() >= kNameBytesLeast && count_code_points(name) <= kNameMost &&
                         a.meaning.answer == language::Answer::kNone && a.meaning.items.empty() &&
                         (a.meaning.intent == language::Intent::kOther ||
                          a.meaning.intent == language::Intent::kRegister ||
                          a.meaning.intent == language::Intent::kGreeting) &&
                         name.find_first_of("0123456789?*#@/") == std::string::npos;
    return {.outcome = is_name ? "ok" : "bad", .values = {{"who", is_name ? name : ""}}};
}

/// By what she wrote about her village, and the block that is known by now.
VillageSearch search_of(const A& a, const With& with, const State& state) {
    const auto known = parse_integer(value_of(state, "block"));
    return find_villages(
        a.tx, value_of(state, "village_said"),
        {.block_id = known ? PlaceId{*known} : PlaceId{}, .is_asked = with.contains("of_block")});
}

/// "block": hers is known, the village is not; "nowhere": no such village is there.
std::string outcome_of(const VillageSearch& search) {
    if (!search.villages.empty()) {
        return search.is_sure ? "one" : search.villages.size() == 1 ? "ask" : "several";
    }
    if (search.blocks.size() == 1) {
        return search.names_village ? "nowhere" : "block";
    }
    return search.blocks.empty() ? "none" : "blocks";
}

/// A village that is certain, those that may be meant, or where to look.
ActionResult find_village(const A& a, const With& with, const State& state) {
    const VillageSearch search = search_of(a, with, state);
    const std::string_view language = language_code(a.language());
    ActionResult result{.outcome = outcome_of(search)};
    if (result.outcome == "one" || result.outcome == "ask") {
        const registry::Place& village = search.villages.front();
        result.values = {{"village", std::to_string(village.place_id.value)},
                         {"village_title", place_in_words(a.tx, village, language)}};
    }
    if (search.blocks.size() == 1) {
        const registry::Place& block = search.blocks.front();
        result.values["block"] = std::to_string(block.place_id.value);
        result.values["block_title"] = place_in_words(a.tx, block, language);
    } else if (!search.blocks.empty()) {
        result.values["block_said"] = value_of(state, "village_said");
    }
    return result;
}

/// A button holds 20 letters: the village and its block.
ActionResult villages(const A& a, const With& with, const State& state) {
    const VillageSearch search = search_of(a, with, state);
    const std::string_view language = language_code(a.language());
    ActionResult result;
    std::string lines;
    for (const registry::Place& village : search.villages) {
        const std::string words = place_in_words(a.tx, village, language);
        lines += "\n" + std::to_string(result.choices.size() + 1) + ". " + words;
        const auto block = registry::find_place(a.tx, village.block_id);
        const std::string title =
            village.name(language) + (block ? ", " + block->name(language) : std::string());
        result.choices.push_back({.id = std::to_string(village.place_id.value),
                                  .title = std::string(first_code_points(title, kTitleMost))});
    }
    result.values["villages"] = lines;
    return result;
}

ActionResult set_village(const A& a, const State& state) {
    const auto chosen = parse_integer(value_of(state, "village"));
    const auto village = registry::find_place(a.tx, PlaceId{chosen.value_or(0)});
    return {.outcome = village ? "done" : "none",
            .values = {{"village_title",
                        village ? place_in_words(a.tx, *village, language_code(a.language()))
                                : std::string()}}};
}

/// The block that she named, or whose PIN code it is.
ActionResult find_block(const A& a, const State& state) {
    const std::string said = value_of(state, "block_said");
    // A word before it, or the first word would be taken for a village.
    VillageSearch alone = find_villages(a.tx, "x " + said);
    if (alone.blocks.empty()) {
        alone.blocks = registry::resolve_block(a.tx, said).candidates;
    }
    ActionResult result{.outcome = alone.blocks.empty()       ? "none"
                                   : alone.blocks.size() == 1 ? "one"
                                                              : "several"};
    if (alone.blocks.size() == 1) {
        result.values["block"] = std::to_string(alone.blocks.front().place_id.value);
        const VillageSearch both = find_villages(a.tx, said);
        if (both.names_village && both.villages.size() == 1) {
            result.values["village_said"] = said;  // village and block, both at once
        }
    }
    for (const registry::Place& block : alone.blocks) {
        const std::string title = place_in_words(a.tx, block, language_code(a.language()));
        result.choices.push_back({.id = std::to_string(block.place_id.value),
                                  .title = std::string(first_code_points(title, kTitleMost))});
    }
    return result;
}

/// Goods that the message names: what she makes.
ActionResult note_products(const A& a, const State& state) {
    std::string keys = value_of(state, "products");
    std::string names;
    for (const language::Item& item : a.meaning.items) {
        const auto product = catalogue::find_product(a.tx, item.product);
        if (product && (" " + keys + " ").find(" " + item.product + " ") == std::string::npos) {
            keys += (keys.empty() ? "" : " ") + item.product;
        }
    }
    for (const std::string_view key : split_words(keys)) {
        if (const auto product = catalogue::find_product(a.tx, key)) {
            names += (names.empty() ? "" : ", ") + product->name(language_code(a.language()));
        }
    }
    return {.outcome = keys.empty() ? "none" : "some",
            .values = {{"products", keys}, {"products_title", names}}};
}

std::vector<ProductId> products_of(const A& a, const State& state) {
    std::vector<ProductId> products;
    for (const std::string_view key : split_words(value_of(state, "products"))) {
        if (const auto product = catalogue::find_product(a.tx, key)) {
            products.push_back(product->product_id);
        }
    }
    return products;
}

void thank_mobiliser(A& a, PersonId mobiliser_id) {
    a.context.flows.messages.send(a.tx, {.person_id = mobiliser_id,
                                         .text_key = "messages.member_joined",
                                         .params = {{"who", a.person->name}},
                                         .params_by_key = {},
                                         .buttons = {},
                                         .purpose = registry::MessagePurpose::kNotice});
}

/// Her yes makes her a person; the notice that she read and her message are the evidence.
ActionResult register_person(A& a, const State& state) {
    const auto village = parse_integer(value_of(state, "village"));
    const auto address = registry::find_address(a.tx, system_viewer(), a.inbound.address_id);
    if (!village || !address) {
        return {.outcome = "refused"};
    }
    const std::string language = value_of(state, "language");
    const std::string name = value_of(state, "who");
    const std::vector<ProductId> products = products_of(a, state);
    const registry::NewAddress own{.channel = address->channel,
                                   .external_id = address->external_id};
    const std::int64_t mobiliser = about_of(state, "invited_by");
    const Result<registry::Person> person = registry::add_person(
        a.tx, system_viewer(),
        {.kind = mobiliser != 0 ? registry::PersonKind::kMember : registry::PersonKind::kFarmer,
         .name = name,
         .name_latin = {},
         .place_id = {*village},
         .group_id = {about_of(state, "invited_group")},
         .language = language.empty() ? "hi" : std::string_view(language),
         .addresses = std::span(&own, 1),
         .products = products,
         .consent = {}},
        a.now);
    if (!person) {
        log_info("register.refused", {{"code", person.error().code}});
        return {.outcome = "refused"};
    }
    std::string evidence = consent_evidence(a.inbound.inbound_id);
    evidence += mobiliser != 0 ? ";by:" + std::to_string(mobiliser) : std::string();
    const Result<void> given = registry::give_consent(
        a.tx, system_viewer(), person->person_id, registry::kAllPurposes,
        {.channel = address->channel, .text_version = kRegisterText, .evidence = evidence}, a.now);
    HAAT_ASSERT(given.has_value());
    a.person = *registry::find_person(a.tx, system_viewer(), person->person_id);
    a.conversation.person_id = person->person_id;
    a.conversation.place_id = person->place_id;
    announce(a.tx, a.context.flows, "person", person->person_id.value, "created", a.now);
    if (mobiliser != 0) {
        thank_mobiliser(a, PersonId{mobiliser});
    }
    return {.outcome = "done",
            .about = {{"declined", 0},
                      {"invited_by", 0},
                      {"invited_group", 0},
                      {"invited_at", 0},
                      {"speaker", person->person_id.value},
                      {"speaker_until", a.now.value + kSpeakerSeconds}}};
}

ActionResult decline_register() {
    return {.outcome = "done", .about = {{"declined", 1}, {"invited_by", 0}}};
}

/// Nobody knows the place: an officer of the block, if that is known, asks her.
ActionResult ask_officer(A& a, const State& state) {
    if (const auto block = parse_integer(value_of(state, "block"))) {
        a.conversation.place_id = {*block};
    }
    return open_ticket(a, {{"topic", std::string(kStrangerTopic)}});
}

}  // namespace

std::vector<NamedAction> register_actions() {
    return {
        {{"may_register", {"ask", "declined", "coming"}},
         [](A& a, const With&, const State& state) { return may_register(a, state); }},
        {{"take_name", {"ok", "no", "bad"}, false, {"who"}},
         [](A& a, const With&, const State&) { return take_name(a); }},
        {{"find_village",
          {"one", "ask", "several", "block", "blocks", "none", "nowhere"},
          false,
          {"village_title", "block_title"}},
         [](A& a, const With& with, const State& state) { return find_village(a, with, state); }},
        {{"villages", {}, true, {"villages"}},
         [](A& a, const With& with, const State& state) { return villages(a, with, state); }},
        {{"set_village", {"done", "none"}, false, {"village_title"}},
         [](A& a, const With&, const State& state) { return set_village(a, state); }},
        {{"find_block", {"one", "several", "none"}},
         [](A& a, const With&, const State& state) { return find_block(a, state); }},
        {{"blocks", {}, true},
         [](A& a, const With&, const State& state) { return find_block(a, state); }},
        {{"has_block", {"yes", "no"}},
         [](A&, const With&, const State& state) {
             return ActionResult{.outcome = value_of(state, "block").empty() ? "no" : "yes"};
         }},
        {{"note_products", {"some", "none"}, false, {"products_title"}},
         [](A& a, const With&, const State& state) { return note_products(a, state); }},
        {{"has_products", {"yes", "no"}},
         [](A&, const With&, const State& state) {
             return ActionResult{.outcome = value_of(state, "products").empty() ? "no" : "yes"};
         }},
        {{"register_person", {"done", "refused"}},
         [](A& a, const With&, const State& state) { return register_person(a, state); }},
        {{"decline_register", {"done"}},
         [](A&, const With&, const State&) { return decline_register(); }},
        {{"ask_officer", {"done"}},
         [](A& a, const With&, const State& state) { return ask_officer(a, state); }},
    };
}

}  // namespace haat::flows
