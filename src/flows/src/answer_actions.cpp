#include "answer_actions.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/assert.hpp"
#include "base/text.hpp"
#include "catalogue/products.hpp"
#include "consent_text.hpp"
#include "flows/answer_message.hpp"
#include "join_words.hpp"
#include "name_sound.hpp"
#include "registry/consents.hpp"
#include "speaking_for.hpp"

namespace haat::flows {
namespace {

using messaging::ActionResult;
using messaging::DialogueState;
using messaging::PendingOffer;

constexpr std::size_t kTitleMax = 20;

/// `text` is borrowed.
registry::ConsentSource evidence(const Answering& a, std::string_view text) {
    const auto address = registry::find_address(a.tx, system_viewer(), a.inbound.address_id);
    return {.channel = address ? address->channel : registry::Channel::kWhatsapp,
            .text_version = kConsentText,
            .evidence = text};
}

/// In the unit that she named, else in that in which it is sold.
std::string describe(const Answering& a, const PendingOffer& offer) {
    const auto product = a.product(offer.product_key);
    const std::string unit = a.unit_text(
        offer.unit.empty() && product ? std::string_view(product->unit_default) : offer.unit);
    std::string text;
    if (offer.quantity.value > 0) {
        text += quantity_plain(offer.quantity) + " " + (unit.empty() ? "" : unit + " ");
    }
    text += product ? product->name(language_code(a.language())) : offer.product_key;
    if (offer.price) {
        text += ", " + rupees_display(*offer.price);
        text += unit.empty() ? "" : " " + a.text("messages.per_unit", {{"unit", unit}});
    }
    return text;
}

/// "20 किलो आम का अचार, ₹180 प्रति किलो": one a line.
std::string describe(const Answering& a, const std::vector<PendingOffer>& goods) {
    std::string lines;
    for (const PendingOffer& offer : goods) {
        lines += (lines.empty() ? "" : "\n") + describe(a, offer);
    }
    return lines;
}

/// Stands for the name of somebody whom haat does not know; no text has it.
constexpr std::string_view kNobody = "\x01";

/// A text without the address to nobody: "नमस्ते  दीदी!" is "नमस्ते!".
std::string without_nobody(std::string text) {
    constexpr std::string_view kAround[] = {" \x01 दीदी", "\x01 दीदी, ", "\x01 दीदी", ", \x01",
                                            " \x01",      "\x01, ",      "\x01"};
    for (const std::string_view around : kAround) {
        for (std::size_t at = text.find(around); at != std::string::npos; at = text.find(around)) {
            text.erase(at, around.size());
            if (at == 0 && !text.empty() && text[0] >= 'a' && text[0] <= 'z') {
                text[0] = static_cast<char>(text[0] - 'a' + 'A');
            }
        }
    }
    return text;
}

/// A message with buttons may have 1,024 on WhatsApp.
constexpr std::size_t kOneMessageMost = 1'000;

/// As one message with what was said before, if that asks nothing and both fit. For whom it is
/// (messages.for_member) is not said twice.
void add_to(std::vector<messaging::TextBody>& saying, messaging::TextBody body) {
    if (saying.empty() || !saying.back().buttons.empty() ||
        count_code_points(saying.back().text) + count_code_points(body.text) > kOneMessageMost) {
        saying.push_back(std::move(body));
        return;
    }
    const std::string& before = saying.back().text;
    constexpr std::string_view kFor = "👉";
    const std::size_t head = before.find('\n') + 1;
    const bool is_repeated = before.starts_with(kFor) && head > 0 &&
                             body.text.starts_with(std::string_view(before).substr(0, head));
    body.text = before + "\n\n" + (is_repeated ? body.text.substr(head) : body.text);
    saying.back() = std::move(body);
}

/// What the question is about: the first goods that lack something, or all.
std::string asked_goods(const Answering& a, const std::vector<PendingOffer>& goods) {
    const auto lacking = std::ranges::find_if(
        goods, [](const PendingOffer& offer) { return offer.quantity.value <= 0 || !offer.price; });
    return lacking == goods.end() ? describe(a, goods) : describe(a, *lacking);
}

ActionResult done() { return {.outcome = "done"}; }

/// Stop and start hold since her message was stored, unless a version before did that.
ActionResult opt_out(Answering& a) {
    a.speak_for_herself();
    if (a.inbound.intent.empty()) {
        const std::string said = consent_evidence(a.inbound.inbound_id);
        registry::suppress_address(a.tx, a.inbound.address_id, registry::kAllPurposes,
                                   evidence(a, said), a.now);
    }
    return done();
}

ActionResult opt_in(Answering& a) {
    a.speak_for_herself();
    if (a.inbound.intent.empty()) {
        const std::string said = consent_evidence(a.inbound.inbound_id);
        registry::opt_in_address(a.tx, a.inbound.address_id, registry::kAllPurposes,
                                 evidence(a, said), a.now);
    }
    return done();
}

ActionResult people_on_phone(const Answering& a) {
    ActionResult result;
    if (a.people.size() < 2) {
        return result;
    }
    for (const registry::Person& person : a.people) {
        result.choices.push_back({.id = std::to_string(person.person_id.value),
                                  .title = std::string(first_code_points(person.name, kTitleMax))});
    }
    return result;
}

/// One person uses the phone, or she said lately who she is.
ActionResult find_speaker(const Answering& a, const DialogueState& state) {
    const auto until = state.about.find("speaker_until");
    const bool is_known = until != state.about.end() && until->second > a.now.value;
    return {.outcome = a.people.size() < 2 || is_known ? "one" : "several"};
}

ActionResult set_speaker(Answering& a, const DialogueState& state) {
    const auto chosen = parse_integer(state.values.at("speaker"));
    const auto who = std::ranges::find_if(a.people, [&](const registry::Person& person) {
        return chosen && person.person_id.value == *chosen;
    });
    ActionResult result = done();
    if (who != a.people.end()) {  // she may have left the phone meanwhile
        a.person = *who;
        result.about = {{"speaker", who->person_id.value},
                        {"speaker_until", a.now.value + kSpeakerSeconds}};
    }
    return result;
}

/// Every choice in its own language, so that she finds hers.
ActionResult languages(Answering& a) {
    a.speak_for_herself();
    return {.choices = {{"hi", a.text_in(Language::kHindi, "messages.language_hi")},
                        {"en", a.text_in(Language::kEnglish, "messages.language_en")}}};
}

ActionResult set_language(Answering& a, const DialogueState& state) {
    a.speak_for_herself();
    if (a.person) {
        const std::string& code = state.values.at("language");
        HAAT_ASSERT(
            registry::set_language(a.tx, system_viewer(), a.person->person_id, code).has_value());
        a.person->language = code;
    }
    return done();
}

using A = Answering;
using With = ActionArguments;
using State = DialogueState;

std::string product_meant(const Answering& a) {
    return a.meaning.items.empty() ? std::string() : a.meaning.items.front().product;
}

const std::vector<NamedAction>& own_actions() {
    static const std::vector<NamedAction> kTable{
        {{"add_offers",
          {"done", "some", "odd", "same", "refused", "person"},
          false,
          {"list", "others"}},
         [](A& a, const With& with, const State& state) { return add_offers(a, with, state); },
         {{"done", "messages.group_told"}, {"some", "messages.group_told"}}},
        {{"show_demands", {"some", "none"}, false, {"list"}},
         [](A& a, const With&, const State&) { return show_demands(a, product_meant(a)); }},
        {{"find_order", {"some", "none"}, false, {"quantity", "unit", "product", "price", "order"}},
         [](A& a, const With&, const State& state) { return find_order(a, state); }},
        {{"answer_order",
          {"done", "for_member", "none", "too_late", "before", "old"},
          false,
          {"list", "order"},
          {"answer"}},
         [](A& a, const With& with, const State& state) { return answer_order(a, with, state); },
         {{"for_member", "messages.told_order"}}},
        {{"opt_out", {"done"}}, [](A& a, const With&, const State&) { return opt_out(a); }},
        {{"opt_in", {"done"}}, [](A& a, const With&, const State&) { return opt_in(a); }},
        {{"ask_person", {"done"}, false, {"due"}},
         [](A& a, const With& with, const State& state) { return open_ticket(a, with, state); }},
        {{"open_ticket", {"done"}, false, {"due"}, {"topic", "hours"}},
         [](A& a, const With& with, const State&) { return open_ticket(a, with); },
         {{"done", "messages.told_said"}}},
        {{"people_on_phone", {}, true},
         [](A& a, const With&, const State&) { return people_on_phone(a); }},
        {{"find_speaker", {"one", "several"}},
         [](A& a, const With&, const State& state) { return find_speaker(a, state); }},
        {{"set_speaker", {"done"}, false, {}, {}, "speaker"},
         [](A& a, const With&, const State& state) { return set_speaker(a, state); }},
        {{"languages", {}, true}, [](A& a, const With&, const State&) { return languages(a); }},
        {{"set_language", {"done"}, false, {}, {}, "language"},
         [](A& a, const With&, const State& state) { return set_language(a, state); }},
    };
    return kTable;
}

const std::vector<NamedAction>& table() {
    static const std::vector<NamedAction> kTable = [] {
        std::vector<NamedAction> all = own_actions();
        for (auto* const group :
             {register_actions, invite_actions, price_actions, part_actions, group_actions,
              voice_actions, withdraw_actions, mend_actions, after_order_actions}) {
            std::ranges::move(group(), std::back_inserter(all));
        }
        return all;
    }();
    return kTable;
}

}  // namespace

const std::vector<messaging::ActionSpec>& dialogue_actions() {
    static const std::vector<messaging::ActionSpec> kSpecs = [] {
        std::vector<messaging::ActionSpec> specs;
        for (const NamedAction& action : table()) {
            specs.push_back(action.spec);
        }
        return specs;
    }();
    return kSpecs;
}

std::string Answering::unit_text(std::string_view unit) const {
    const std::string key = "messages.unit_" + std::string(unit);
    return context.texts.has(key) ? text(key) : std::string(unit);
}

void Answering::heed_language(const DialogueState& state) {
    if (const auto chosen = state.values.find("language"); chosen != state.values.end()) {
        chosen_language = chosen->second;
    }
}

messaging::TextBody Answering::body_of(std::string_view text_key, const DialogueState& state,
                                       const std::vector<messaging::DialogueButton>& buttons) {
    book = shelf ? shelf->find(state.version) : nullptr;
    heed_language(state);
    TextParams params(state.values.begin(), state.values.end());
    params.emplace_back("name", writer() != nullptr ? writer()->name : std::string(kNobody));
    params.emplace_back(
        "goods", buttons.empty() ? asked_goods(*this, state.goods) : describe(*this, state.goods));
    messaging::TextBody body{.text = without_nobody(text(text_key, params)),
                             .list_label = text("messages.list_label")};
    if (mobiliser) {
        body.text = text("messages.for_member", {{"member", person->name}}) + "\n" + body.text;
    }
    for (const messaging::DialogueButton& button : buttons) {
        body.buttons.push_back(
            {button.id, button.text_key.empty() ? button.title : text(button.text_key)});
    }
    return body;
}

void Answering::say(std::string_view text_key, const DialogueState& state,
                    const std::vector<messaging::DialogueButton>& buttons) {
    messaging::TextBody body = body_of(text_key, state, buttons);
    if (std::exchange(is_sorry, false)) {
        body.text = text("messages.sorry_again") + "\n" + body.text;
    }
    add_to(saying, std::move(body));
}

void Answering::finish_saying() {
    for (messaging::TextBody& body : saying) {
        const std::string aloud = is_listening() ? messaging::with_menu(body) : std::string();
        if (heard != nullptr) {
            body.voice = aloud.empty() || !has_voice() ? std::nullopt
                                                       : std::optional(messaging::VoiceNote{});
            heard->push_back(std::move(body));
        } else if (is_call) {
            sender.write_first(tx, inbound.address_id, std::move(body));
        } else {
            sender.answer(tx, inbound, std::move(body));
            speak(aloud);
        }
    }
    saying.clear();
}

std::vector<std::string> Answering::labels(std::string_view text_key, const DialogueState& state) {
    book = shelf ? shelf->find(state.version) : nullptr;
    return {text_in(Language::kHindi, text_key), text_in(Language::kEnglish, text_key)};
}

std::string Answering::sound(std::string_view said) { return name_sound(said); }

std::string goods_in_words(const Answering& a, const std::vector<PendingOffer>& goods) {
    return describe(a, goods);
}

ActionResult Answering::act(std::string_view action, const ActionArguments& with,
                            const DialogueState& state) {
    book = shelf ? shelf->find(state.version) : nullptr;
    heed_language(state);
    for (const NamedAction& named : table()) {
        if (named.spec.name == action) {
            messaging::ActionResult result = named.act(*this, with, state);
            const auto told = named.told.find(result.outcome);
            if (mobiliser && told != named.told.end()) {
                tell_member(*this, action, told->second, result);
            }
            return result;
        }
    }
    HAAT_ASSERT(false);  // a book knows only actions of the table
    return {};
}

}  // namespace haat::flows
