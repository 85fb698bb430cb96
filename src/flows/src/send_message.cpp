#include "flows/send_message.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/assert.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "flows/answer_order.hpp"
#include "market/orders.hpp"
#include "messaging/dialogue.hpp"
#include "registry/people.hpp"
#include "speak_too.hpp"
#include "speaking_for.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kMailLifeSeconds = 7 * 86'400;
/// A template's parameter may not be longer, nor hold line breaks.
constexpr std::size_t kTemplateParamMax = 900;

/// What the published book says, else what haat brings along.
class Words {
 public:
    Words(const Texts& texts, const messaging::DialogueBooks* dialogues, Language language)
        : texts_(texts),
          shelf_(dialogues == nullptr ? nullptr : dialogues->now()),
          language_(language) {}

    [[nodiscard]] std::string text(std::string_view key, const TextParams& params = {}) const {
        return shelf_ && !shelf_->is_empty() ? shelf_->latest().text(texts_, language_, key, params)
                                             : texts_.text(language_, key, params);
    }

 private:
    const Texts& texts_;
    std::shared_ptr<const messaging::BookShelf> shelf_;
    Language language_;
};

TextParams filled(const Words& words, const Outgoing& message) {
    TextParams params = message.params;
    for (const auto& [name, key] : message.params_by_key) {
        params.emplace_back(name, words.text(key));
    }
    return params;
}

/// Of the dialogue by which a stranger joins.
constexpr std::string_view kJoinButtons = "join.";

/// The same words inside a text that the provider approved: "haat_notice" carries a text,
/// "haat_question" a text and "I will", "I cannot"; "haat_consent" a text and "I agree", "no".
messaging::TemplateBody as_template(const messaging::TextBody& body, std::string_view language) {
    std::string text(first_code_points(body.text, kTemplateParamMax));
    for (char& c : text) {
        c = c == '\n' ? ' ' : c;
    }
    const bool is_question = body.buttons.size() == 2;
    const bool is_consent = is_question && body.buttons.front().id.starts_with(kJoinButtons);
    messaging::TemplateBody wrapped{
        .name = is_consent    ? "haat_consent"
                : is_question ? "haat_question"
                              : "haat_notice",
        .language = std::string(language_code(language_from_code(language))),
        .params = {std::move(text)}};
    if (is_question) {
        for (const messaging::Button& button : body.buttons) {
            wrapped.button_payloads.push_back(button.id);
        }
    }
    return wrapped;
}

/// The line that was asked about before waits for somebody else: a bare "yes" could mean either.
bool waits_for_another(storage::Transaction& tx, const messaging::DialogueState& state,
                       PersonId person_id) {
    const auto before = state.about.find("order_line");
    const auto line = before == state.about.end()
                          ? std::nullopt
                          : market::find_line(tx, system_viewer(), OrderLineId{before->second});
    return line && line->answer == market::Answer::kWaiting && line->person_id != person_id;
}

/// Who reads what is about an order: she herself, or her mobiliser.
struct Reader {
    registry::Person person;
    AddressId address_id;
};

/// She was asked about a line of an order: a bare "yes" now means that.
void remember_question(storage::Transaction& tx, const messaging::DialogueBooks& dialogues,
                       const Reader& reader, const Outgoing& message, UnixSeconds now) {
    const AddressId address_id = reader.address_id;
    for (const Button& button : message.buttons) {
        const std::optional<PressedOrderButton> pressed = pressed_order_button(button.id);
        if (!pressed) {
            continue;
        }
        messaging::Conversation conversation =
            messaging::find_conversation(tx, address_id)
                .value_or(messaging::Conversation{.address_id = address_id,
                                                  .person_id = reader.person.person_id,
                                                  .place_id = reader.person.place_id,
                                                  .state_json = "{}"});
        messaging::DialogueState state =
            messaging::dialogue_state_from_json(conversation.state_json);
        const bool is_unclear = waits_for_another(tx, state, message.person_id);
        state = messaging::asked_about_order(dialogues, std::move(state),
                                             pressed->order_line_id.value, now);
        if (is_unclear) {
            state.about.erase("order_line");  // she is asked which
        }
        if (reader.person.person_id != message.person_id) {
            state.about[kOrderRelayed] = pressed->order_line_id.value;
        }
        conversation.state_json = messaging::to_json(state);
        conversation.changed_at = now;
        messaging::save_conversation(tx, conversation);
        return;
    }
}

using Channels = std::vector<registry::Channel>;

/// None if she can be written to by none of the channels.
std::optional<AddressId> written_to(storage::Transaction& tx, const Channels& channels,
                                    PersonId person_id) {
    const auto addresses = registry::addresses_of(tx, system_viewer(), person_id);
    for (const registry::Channel channel : channels) {
        const auto found =
            std::ranges::find(*addresses, channel, &registry::PersonAddress::channel);
        if (found != addresses->end()) {
            return found->address_id;
        }
    }
    return std::nullopt;
}

/// She herself. If she cannot be written to, her mobiliser reads what is about an order, unless she
/// said stop: docs/domain/privacy.md.
std::optional<Reader> reader_of(storage::Transaction& tx, const Channels& channels,
                                const registry::Person& person, registry::MessagePurpose purpose) {
    if (const auto own = written_to(tx, channels, person.person_id)) {
        return Reader{person, *own};
    }
    if (purpose != registry::MessagePurpose::kOrder || person.suppressed.has(purpose)) {
        return std::nullopt;
    }
    for (registry::Person& mobiliser : mobilisers_of(tx, person)) {
        if (const auto hers = written_to(tx, channels, mobiliser.person_id)) {
            return Reader{std::move(mobiliser), *hers};
        }
    }
    return std::nullopt;
}

}  // namespace

Result<MailId> MailSender::queue(storage::Transaction& tx, const messaging::NewMail& mail) {
    const MailId queued = HAAT_TRY(messaging::add_mail(tx, mail, clock_.now()));
    tx.after_commit([this] { wake_(); });
    return queued;
}

void MailSender::send(storage::Transaction& tx, const Outgoing& message) {
    const Viewer viewer = system_viewer();
    const Result<registry::Person> person = registry::find_person(tx, viewer, message.person_id);
    HAAT_ASSERT(person.has_value());
    const std::optional<Reader> reader = reader_of(tx, channels_, *person, message.purpose);
    if (!reader) {
        // The screens show the order line itself.
        log_info("message.no_address", {{"person", message.person_id.value}});
        return;
    }
    const registry::Person& to = reader->person;
    const Words words(texts_, dialogues_, language_from_code(to.language));
    messaging::TextBody body{.text = words.text(message.text_key, filled(words, message))};
    if (to.person_id != person->person_id) {
        body.text =
            words.text("messages.for_member", {{"member", person->name}}) + "\n" + body.text;
    }
    for (const Button& button : message.buttons) {
        body.buttons.push_back({button.id, words.text(button.text_key)});
    }
    const UnixSeconds now = clock_.now();
    // Who said stop is not sent it: then a "yes" of hers is none to this.
    if (dialogues_ != nullptr && !to.suppressed.has(message.purpose)) {
        remember_question(tx, *dialogues_, *reader, message, now);
    }
    const Result<MailId> queued = queue(tx, {.address_id = reader->address_id,
                                             .person_id = to.person_id,
                                             .ordinal = to.ordinal,
                                             .purpose = message.purpose,
                                             .body = body,
                                             .instead = as_template(body, to.language),
                                             .expires_at = {now.value + kMailLifeSeconds}});
    HAAT_ASSERT(queued.has_value());  // our own texts fit every channel
    speak_too(tx, reader->address_id, to.person_id, body, now);
}

void MailSender::answer(storage::Transaction& tx, const messaging::Inbound& inbound,
                        messaging::TextBody body) {
    const UnixSeconds now = clock_.now();
    const Result<MailId> queued = queue(tx, {.address_id = inbound.address_id,
                                             .person_id = inbound.person_id,
                                             .body = std::move(body),
                                             .expires_at = {now.value + kMailLifeSeconds}});
    HAAT_ASSERT(queued.has_value());
}

void MailSender::write_first(storage::Transaction& tx, AddressId address_id,
                             messaging::TextBody body) {
    const Result<MailId> queued =
        write_first(tx, {.address_id = address_id, .body = std::move(body)});
    HAAT_ASSERT(queued.has_value());
}

Result<MailId> MailSender::write_first(storage::Transaction& tx, messaging::NewMail mail) {
    mail.purpose = registry::MessagePurpose::kNotice;
    mail.instead = as_template(mail.body, "hi");
    mail.expires_at = {clock_.now().value + kMailLifeSeconds};
    return queue(tx, mail);
}

}  // namespace haat::flows
