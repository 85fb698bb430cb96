#include "flows/answer_message.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include "answer_actions.hpp"
#include "answer_mend.hpp"
#include "base/log.hpp"
#include "flows/dialogue_books.hpp"
#include "flows/learn_words.hpp"
#include "flows/saved_searches.hpp"
#include "join_words.hpp"
#include "language/understanding.hpp"
#include "name_sound.hpp"
#include "one_of_many.hpp"
#include "speaking_for.hpp"
#include "storage/ahead.hpp"
#include "storage/failure.hpp"

namespace haat::flows {
namespace {

bool is_media(const messaging::Inbound& inbound) {
    return inbound.kind != "text" && inbound.kind != "button" && inbound.text.empty();
}

/// A message, and what it means: found out before any transaction.
struct ReadMessage {
    messaging::Inbound inbound;
    language::Understanding meaning;
};

/// Whoever of several on a phone says her name at the beginning: "आशा बोल रही हूँ, 3 किलो पापड़ी".
const registry::Person* who_says_her_name(const Answering& answering) {
    constexpr std::string_view kSpeaks[] = {" बोल रह", " बोलत", " bol rah", " Bol rah"};
    const std::string& text = answering.inbound.text;
    const bool is_said =
        answering.people.size() > 1 && std::ranges::any_of(kSpeaks, [&](std::string_view words) {
            return text.find(words) != std::string::npos;
        });
    if (!is_said) {
        return nullptr;
    }
    const std::string said = name_sound(text.substr(0, text.find(' ')));
    const registry::Person* her = nullptr;
    for (const registry::Person& person : answering.people) {
        if (name_sound(person.name.substr(0, person.name.find(' '))) == said) {
            if (her != nullptr) {
                return nullptr;
            }
            her = &person;
        }
    }
    return her;
}

/// From then on it is she who writes. True if she said nothing else, and nobody asked for her name.
bool introduces_herself(Answering& answering, messaging::DialogueState& state) {
    constexpr std::size_t kLongest = 60;  // bytes of "मालती बोल रही हूँ" and the like
    const registry::Person* her = who_says_her_name(answering);
    if (her == nullptr) {
        return false;
    }
    answering.person = *her;
    state.about["speaker"] = her->person_id.value;
    state.about["speaker_until"] = answering.now.value + kSpeakerSeconds;
    return state.listed.empty() && answering.meaning.items.empty() &&
           answering.meaning.intent == language::Intent::kOther &&
           answering.inbound.text.size() <= kLongest;
}

/// An SMS and what is read to her number the choices.
bool shows_numbers(Answering& answering) {
    if (answering.meaning.answer != language::Answer::kNumber) {
        return false;
    }
    const auto address =
        registry::find_address(answering.tx, system_viewer(), answering.inbound.address_id);
    return answering.is_call || (address && address->channel == registry::Channel::kSms) ||
           answering.is_listening();
}

void answer(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
            const std::shared_ptr<AnswerFacts>& facts, const ReadMessage& message) {
    if (link_phone_by_code(context, sender, tx, message.inbound)) {
        return;
    }
    if (message.inbound.kind == "missed_call") {
        return answer_missed_call(context, sender, tx, message.inbound);
    }
    if (message.inbound.kind == "contacts" || message.inbound.kind == kOwnContact) {
        return answer_contact(context, sender, tx, message.inbound);
    }
    messaging::Inbound inbound = message.inbound;
    if (inbound.kind == "digits") {  // as if she had written them
        const auto written = written_address(tx, inbound.address_id, !context.sms.base_url.empty(),
                                             context.flows.clock.now());
        inbound.address_id = written ? written->address_id : inbound.address_id;
    }
    messaging::Conversation conversation =
        messaging::find_conversation(tx, inbound.address_id)
            .value_or(
                messaging::Conversation{.address_id = inbound.address_id, .state_json = "{}"});
    messaging::DialogueState state = messaging::dialogue_state_from_json(conversation.state_json);
    Answering answering(context, sender, tx, inbound, conversation);
    answering.facts = facts;
    answering.shelf = shelf_for(tx, *context.dialogues, state);
    find_people(answering, state);
    answering.meaning = message.meaning;
    answering.is_call = inbound.kind == "digits";
    answering.talk = talk_of_officer(tx, conversation, answering.now);
    const bool is_another =
        !messaging::value_in(state, kSpeaksFor).empty() && who_says_her_name(answering) != nullptr;
    if (is_another || !heed_speaking_for(answering, state)) {
        state = messaging::ended(std::move(state));
    }
    heed_mend(answering, state);
    const messaging::DialogueState before = state;
    state =
        begun_anew(*answering.shelf, std::move(state), inbound.text, answering.person.has_value());
    const auto officer_wrote_at =
        answering.talk ? std::optional(answering.talk->wrote_at) : std::nullopt;
    const bool is_introduction = introduces_herself(answering, state);
    state = messaging::converse(*answering.shelf, std::move(state),
                                {.token = inbound.inbound_id.value,
                                 .now = answering.now,
                                 .text = inbound.text,
                                 .button_id = inbound.button_id,
                                 .meaning = answering.meaning,
                                 .event = is_introduction ? "introduced" : "",
                                 .is_known = answering.person.has_value(),
                                 .is_media = is_media(inbound),
                                 .shows_numbers = shows_numbers(answering),
                                 .officer_wrote_at = officer_wrote_at},
                                answering);
    answering.finish_saying();
    conversation.state_json = messaging::to_json(state);
    conversation.changed_at = answering.now;
    conversation.wakes_at = wakes_at(*answering.shelf, state);
    messaging::save_conversation(tx, conversation);
    const messaging::DialogueBook& book = answering.shelf->latest();
    const bool is_known = answering.person.has_value();
    const bool is_command = book.by_words(inbound.text, is_known).first != nullptr;
    note_if_not_understood(tx, inbound, message.meaning, conversation.place_id, before, state,
                           is_command);
}

/// Messages that wait, worked on in their order, as many as fit in one commit.
class Round {
 public:
    Round(MessagingContext& context, MailSender& sender, std::vector<ReadMessage> messages)
        : context_(context), sender_(sender), messages_(std::move(messages)) {}

    void run() {
        while (next_ < messages_.size()) {
            const std::size_t end = end_of_batch();
            try {
                commit(end);
                next_ = at_;
            } catch (const storage::SerializationFailure&) {
                throw;  // others are at the same rows: nobody's fault
            } catch (const std::exception& error) {
                if (!may_be_one_of_them(std::current_exception())) {
                    throw;
                }
                if (end == next_ + 1) {
                    set_back(messages_[next_].inbound, error.what());
                } else {  // what one of them wrote may fail only behind another
                    alone_until_ = std::min(at_ + 1, end);
                }
            }
        }
    }

 private:
    /// A message that failed before is tried alone, and so is each of a transaction that failed.
    [[nodiscard]] std::size_t end_of_batch() const {
        if (messages_[next_].inbound.tries > 0 || next_ < alone_until_) {
            return next_ + 1;
        }
        std::size_t end = next_;
        while (end < messages_.size() && end - next_ < kMessagesPerCommit &&
               messages_[end].inbound.tries == 0) {
            ++end;
        }
        return end;
    }

    /// Answers messages from next_ on; at_ is then the first that was not reached, or that threw.
    void commit(std::size_t end) {
        const Clock& clock = context_.flows.clock;
        context_.flows.database.write([&](storage::Transaction& tx) {
            const std::int64_t started = clock.monotonic_micros();
            const auto facts = std::make_shared<AnswerFacts>();
            std::vector<messaging::AnsweredInbound> answered;
            std::set<InboundId> waiting;
            for (at_ = next_; at_ < end; ++at_) {
                const std::int64_t spent = clock.monotonic_micros() - started;
                if (!answered.empty() && spent > kMostMicros) {
                    break;
                }
                if (const std::size_t done = at_ - next_; done % kReadTogether == 0) {
                    if (!has_time_for_more(spent, done)) {
                        break;
                    }
                    waiting = read_together(tx, at_, std::min(at_ + kReadTogether, end));
                }
                const ReadMessage& message = messages_[at_];
                if (!waiting.contains(message.inbound.inbound_id) || is_held(message.inbound)) {
                    continue;
                }
                answer(context_, sender_, tx, facts, message);
                answered.push_back(
                    {message.inbound.inbound_id, language::intent_name(message.meaning.intent)});
            }
            messaging::mark_answered(tx, answered);
        });
    }

    /// Whether as many as are read together fit, if each takes as long as those that are done.
    [[nodiscard]] static bool has_time_for_more(std::int64_t spent_micros, std::size_t done) {
        const auto messages = static_cast<std::int64_t>(done);
        const auto more = static_cast<std::int64_t>(kReadTogether);
        return done == 0 || spent_micros * (messages + more) <= kMostMicros * messages;
    }

    /// Asks for what these messages need first, and says which of them still wait.
    [[nodiscard]] std::set<InboundId> read_together(storage::Transaction& tx, std::size_t from,
                                                    std::size_t end) const {
        const std::span<const ReadMessage> messages =
            std::span(messages_).subspan(from, end - from);
        storage::ahead(tx, [&](storage::Transaction& asks) {
            for (const ReadMessage& message : messages) {
                const AddressId address_id = message.inbound.address_id;
                (void)messaging::find_conversation(asks, address_id);
                (void)registry::people_on_address(asks, system_viewer(), address_id);
            }
        });
        return messaging::waiting_between(tx, messages.front().inbound.inbound_id,
                                          messages.back().inbound.inbound_id);
    }

    /// It failed: what the address wrote after it waits until it is settled.
    void set_back(const messaging::Inbound& inbound, std::string_view why) {
        log_error("answer.failed", {{"inbound", inbound.inbound_id.value}, {"why", why}});
        held_.try_emplace(inbound.address_id, inbound.inbound_id);
        context_.flows.database.write(
            [&](storage::Transaction& tx) { messaging::mark_failed(tx, inbound.inbound_id); });
    }

    [[nodiscard]] bool is_held(const messaging::Inbound& inbound) const {
        const auto found = held_.find(inbound.address_id);
        return found != held_.end() && inbound.inbound_id >= found->second;
    }

    /// Of the 20 ms that a write may take; the rest is for the last message and the commit.
    static constexpr std::int64_t kMostMicros = 12'000;
    static constexpr std::size_t kMessagesPerCommit = 256;
    /// Few: what is asked for messages that the commit does not reach is for nothing.
    static constexpr std::size_t kReadTogether = 8;

    MessagingContext& context_;
    MailSender& sender_;
    std::vector<ReadMessage> messages_;
    std::size_t next_ = 0;
    std::size_t at_ = 0;
    std::size_t alone_until_ = 0;
    std::map<AddressId, InboundId> held_;
};

}  // namespace

void find_people(Answering& answering, const messaging::DialogueState& state) {
    answering.people =
        registry::people_on_address(answering.tx, system_viewer(), answering.inbound.address_id);
    if (answering.people.empty()) {
        return;
    }
    answering.person = answering.people.front();
    const auto speaker = state.about.find("speaker");
    for (const registry::Person& person : answering.people) {
        if (speaker != state.about.end() && person.person_id.value == speaker->second) {
            answering.person = person;
        }
    }
}

Result<messaging::DialogueBook> read_dialogues(
    std::span<const std::pair<std::string, std::string>> files, const Texts& texts) {
    return messaging::DialogueBook::parse(files, dialogue_actions(),
                                          [&](std::string_view key) { return texts.has(key); });
}

int answer_waiting(MessagingContext& context, MailSender& sender, int limit) {
    std::vector<messaging::Inbound> waiting = context.flows.database.read(
        [&](storage::Transaction& tx) { return messaging::waiting_messages(tx, limit); });
    const Date today = date_in_india(context.flows.clock.now());
    const language::Lexicon lexicon = context.lexicon;  // the same for all of them
    std::vector<ReadMessage> messages;
    messages.reserve(waiting.size());
    for (messaging::Inbound& inbound : waiting) {
        language::Understanding meaning = language::understand(lexicon, inbound.text, today);
        messages.push_back({std::move(inbound), std::move(meaning)});
    }
    const int found = static_cast<int>(messages.size());
    Round(context, sender, std::move(messages)).run();
    return found;
}

}  // namespace haat::flows
