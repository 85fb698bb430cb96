#include "flows/try_dialogue.hpp"

#include <exception>
#include <memory>
#include <utility>

#include "allowed.hpp"
#include "answer_actions.hpp"
#include "answer_mend.hpp"
#include "base/log.hpp"
#include "flows/edit_dialogues.hpp"
#include "flows/speak_answers.hpp"
#include "join_words.hpp"
#include "language/understanding.hpp"
#include "registry/groups.hpp"
#include "registry/places.hpp"
#include "speaking_for.hpp"
#include "storage/failure.hpp"

namespace haat::flows {
namespace {

/// No message that came in has such a number.
constexpr std::int64_t kFirstToken = 8'000'000'000'000'000;
/// Nobody's: of a country that there is not, below those of made-up people.
constexpr std::string_view kAddress = "+9995000000001";
constexpr std::string_view kTelegramAddress = "9995000000001";
constexpr std::string_view kGroup = "haat-try";
constexpr int kOthers = 3;  ///< In the group of a mobiliser.

/// What flows tell her of their own accord is heard too.
class Listener final : public MessageSender {
 public:
    Listener(const Texts& texts, std::vector<messaging::TextBody>& heard)
        : texts_(texts), heard_(heard) {}

    void speak_by(const messaging::DialogueBook& book, Language language) {
        book_ = &book;
        language_ = language;
    }
    void send(storage::Transaction&, const Outgoing& message) override {
        TextParams params = message.params;
        for (const auto& [name, key] : message.params_by_key) {
            params.emplace_back(name, text(key, {}));
        }
        messaging::TextBody body{.text = text(message.text_key, params)};
        for (const Button& button : message.buttons) {
            body.buttons.push_back({button.id, text(button.text_key, {})});
        }
        heard_.push_back(std::move(body));
    }

 private:
    [[nodiscard]] std::string text(std::string_view key, const TextParams& params) const {
        return book_->text(texts_, language_, key, params);
    }

    const Texts& texts_;
    std::vector<messaging::TextBody>& heard_;
    const messaging::DialogueBook* book_ = nullptr;
    Language language_ = Language::kHindi;
};

/// A made-up woman of a village among the viewer's places.
Result<registry::Person> make_person(storage::Transaction& tx, const Viewer& viewer,
                                     const DialogueTry& wish, UnixSeconds now) {
    registry::Place place = HAAT_TRY(registry::find_place(tx, viewer.place_id));
    while (place.kind != registry::PlaceKind::kVillage) {
        std::vector<registry::Place> children = registry::child_places(tx, place.place_id);
        if (children.empty()) {
            break;
        }
        place = std::move(children.front());
    }
    registry::NewPerson person{.name = wish.name,
                               .name_latin = {},
                               .place_id = place.place_id,
                               .group_id = {},
                               .language = wish.language,
                               .is_synthetic = true,
                               .addresses = {},
                               .products = {},
                               .consent = std::nullopt};
    if (wish.is_mobiliser) {
        const registry::Group group = HAAT_TRY(registry::ensure_group(
            tx, {.name = kGroup, .place_id = place.place_id, .parent_id = {}, .is_synthetic = true},
            now));
        person.group_id = group.group_id;
        for (int i = 1; i <= kOthers; ++i) {
            const std::string name = wish.name + " " + std::to_string(i);
            registry::NewPerson other = person;
            other.name = name;
            HAAT_TRY(registry::add_person(tx, system_viewer(), other, now));
        }
        person.kind = registry::PersonKind::kMobiliser;
    }
    return registry::add_person(tx, system_viewer(), person, now);
}

TriedReply as_shown(messaging::TextBody body, registry::Channel channel) {
    TriedReply reply;
    reply.shown = channel == registry::Channel::kSms ? messaging::with_menu(body) : body.text;
    reply.segments = messaging::sms::segments_of(messaging::with_menu(body));
    reply.is_spoken = body.voice.has_value();
    reply.body = std::move(body);
    return reply;
}

class Sandbox {
 public:
    Sandbox(MessagingContext& outer, storage::Transaction& tx, const DialogueTry& wish,
            std::shared_ptr<const messaging::BookShelf> shelf)
        : tx_(tx),
          wish_(wish),
          shelf_(std::move(shelf)),
          listener_(outer.texts, heard_),
          flows_{.database = outer.flows.database,
                 .clock = outer.flows.clock,
                 .notifier = silent_,
                 .messages = listener_},
          context_{.flows = flows_,
                   .delivery = outer.delivery,
                   .audience = outer.audience,
                   .lexicon = outer.lexicon,
                   .texts = outer.texts,
                   .whatsapp_app_secret = {},
                   .whatsapp_phone_number_ids = {},
                   .sms = {},
                   .telegram = {},
                   .voice = {},
                   .telegram_pressed = {},
                   .inbound_stored = {}},
          sender_(outer.texts, outer.flows.clock, [] {}) {}

    Result<std::vector<TriedTurn>> play(const Viewer& viewer) {
        const UnixSeconds now = flows_.clock.now();
        conversation_.address_id =
            registry::ensure_address(
                tx_, wish_.channel,
                wish_.channel == registry::Channel::kTelegram ? kTelegramAddress : kAddress, now)
                .address_id;
        conversation_.last_inbound_at = now;
        if (!wish_.is_stranger) {
            conversation_.person_id = HAAT_TRY(make_person(tx_, viewer, wish_, now)).person_id;
        }
        std::vector<TriedTurn> turns;
        for (const TriedMessage& message : wish_.messages) {
            turns.push_back(turn(message, kFirstToken + static_cast<std::int64_t>(turns.size())));
        }
        return turns;
    }

 private:
    TriedTurn turn(const TriedMessage& message, std::int64_t token) {
        heard_.clear();
        const messaging::Inbound inbound{.inbound_id = {token},
                                         .address_id = conversation_.address_id,
                                         .person_id = conversation_.person_id,
                                         .kind = message.button_id.empty() ? "text" : "button",
                                         .text = message.text,
                                         .button_id = message.button_id,
                                         .intent = {},
                                         .received_at = flows_.clock.now()};
        Answering answering(context_, sender_, tx_, inbound, conversation_);
        answering.shelf = shelf_;
        answering.heard = &heard_;
        answering.said_last = said_last_;
        if (conversation_.person_id) {
            answering.person =
                registry::find_person(tx_, system_viewer(), conversation_.person_id).value();
            answering.people = {*answering.person};
        }
        if (!heed_speaking_for(answering, state_)) {
            state_ = messaging::ended(std::move(state_));
        }
        listener_.speak_by(shelf_->latest(), answering.language());
        answering.meaning =
            language::understand(context_.lexicon, message.text, date_in_india(answering.now));
        state_ = begun_anew(*shelf_, std::move(state_), message.text, answering.person.has_value());
        heed_mend(answering, state_);
        conversation_.state_json = messaging::to_json(state_);
        state_ = messaging::converse(*shelf_, std::move(state_),
                                     {.token = token,
                                      .now = answering.now,
                                      .text = message.text,
                                      .button_id = message.button_id,
                                      .meaning = answering.meaning,
                                      .is_known = answering.person.has_value(),
                                      .shows_numbers = wish_.channel == registry::Channel::kSms},
                                     answering);
        answering.finish_saying();
        TriedTurn turn{.intent = std::string(language::intent_name(answering.meaning.intent)),
                       .dialogue = state_.dialogue,
                       .step = state_.dialogue.empty() ? std::string() : state_.step,
                       .replies = {}};
        for (messaging::TextBody& body : heard_) {
            said_last_ = body.voice && body.text.starts_with(kSpokenMark)
                             ? said_last_
                             : messaging::with_menu(body);
            turn.replies.push_back(as_shown(std::move(body), wish_.channel));
        }
        return turn;
    }

    storage::Transaction& tx_;
    const DialogueTry& wish_;
    std::shared_ptr<const messaging::BookShelf> shelf_;
    std::vector<messaging::TextBody> heard_;
    Listener listener_;
    SilentNotifier silent_;
    FlowContext flows_;
    MessagingContext context_;
    MailSender sender_;
    messaging::Conversation conversation_{.state_json = "{}", .last_text = {}};
    messaging::DialogueState state_;
    std::string said_last_;
};

/// Read beforehand, so that the writer waits for nothing but the conversation.
Result<std::shared_ptr<const messaging::BookShelf>> shelf_to_try(MessagingContext& context,
                                                                 bool of_draft) {
    messaging::DialogueBooks books;
    const DialogueDesk desk = HAAT_TRY(
        context.flows.database.read([](storage::Transaction& tx) { return read_desk(tx); }));
    messaging::DialogueBook book = HAAT_TRY(of_draft ? draft_book(desk) : published_book(desk));
    books.publish(std::make_shared<const messaging::DialogueBook>(std::move(book)));
    return books.now();
}

}  // namespace

Result<std::vector<TriedTurn>> try_dialogue(MessagingContext& context, const Viewer& viewer,
                                            const DialogueTry& wish) {
    if (!access::may(viewer.role, access::Action::kSeeMessages)) {
        HAAT_TRY(allow(viewer, access::Action::kEditDialogues));
    }
    const auto shelf = HAAT_TRY(shelf_to_try(context, wish.of_draft));
    Result<std::vector<TriedTurn>> turns;
    const auto play = [&](storage::Transaction& tx) -> Result<void> {
        turns = Sandbox(context, tx, wish, shelf).play(viewer);
        return refuse(ErrorKind::kConflict, "flows.bad_try");  // whatever it was, undo it
    };
    try {
        (void)context.flows.database.write(play);
    } catch (const storage::Unavailable&) {
        throw;
    } catch (const std::exception& error) {
        log_warning("dialogues.try_failed", {{"why", error.what()}});
        return refuse(ErrorKind::kInvalid, "flows.bad_try");
    }
    return turns;
}

}  // namespace haat::flows
