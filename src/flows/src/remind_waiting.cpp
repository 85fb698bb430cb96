#include "flows/remind_waiting.hpp"

#include <algorithm>
#include <utility>

#include "answer_actions.hpp"
#include "flows/dialogue_books.hpp"
#include "messaging/dialogue.hpp"
#include "speak_too.hpp"
#include "speaking_for.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 24 * kHour;
constexpr int kMorningMinute = 8 * 60;
constexpr int kEveningMinute = 20 * 60;
/// So that a reminder does not arrive after the window closed.
constexpr std::int64_t kMarginSeconds = 600;

bool is_reminded(const messaging::DialogueState& state) {
    const auto reminded = state.about.find("reminded");
    return reminded != state.about.end() && reminded->second == state.asked_at.value;
}

UnixSeconds end_of(const messaging::WaitingQuestion& question) {
    return {question.asked_at.value + question.wait_hours * kHour};
}

/// Now, or the next morning.
UnixSeconds next_waking_hour(UnixSeconds now) {
    const int minute = minute_of_day_in_india(now);
    if (minute >= kMorningMinute && minute < kEveningMinute) {
        return now;
    }
    const std::int64_t today = start_of_day_in_india(date_in_india(now)).value;
    return {today + (minute >= kEveningMinute ? kDay : 0) + kMorningMinute * 60};
}

bool may_be_reminded(storage::Transaction& tx, const messaging::Conversation& conversation,
                     UnixSeconds at) {
    const auto address = registry::find_address(tx, system_viewer(), conversation.address_id);
    return !conversation.wants_person && address && address->suppressed == registry::kNoPurpose &&
           at.value < conversation.window_open_until().value - kMarginSeconds;
}

void remind(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
            messaging::Conversation& conversation, const messaging::DialogueState& state,
            const messaging::WaitingQuestion& question) {
    const messaging::Inbound nothing_new{.address_id = conversation.address_id,
                                         .person_id = conversation.person_id};
    Answering host(context, sender, tx, nothing_new, conversation);
    host.shelf = shelf_for(tx, *context.dialogues, state);
    find_people(host, state);
    if (!heed_speaking_for(host, state)) {
        return;
    }
    messaging::TextBody body = host.body_of(question.text_key, state, question.buttons);
    body.text = host.text("messages.reminder") + "\n" + body.text;
    sender.answer(tx, nothing_new, body);
    speak_too(tx, conversation.address_id, conversation.person_id, body, context.flows.clock.now());
}

void look_at(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
             messaging::Conversation conversation) {
    const UnixSeconds now = context.flows.clock.now();
    messaging::DialogueState state = messaging::dialogue_state_from_json(conversation.state_json);
    const auto shelf = shelf_for(tx, *context.dialogues, state);
    const auto question = messaging::question_of(*shelf, state);
    conversation.wakes_at = std::nullopt;
    if (question && now >= end_of(*question)) {
        state = messaging::ended(std::move(state));
    } else if (question && question->remind_hours > 0 && !is_reminded(state)) {
        const UnixSeconds at = next_waking_hour(now);
        if (may_be_reminded(tx, conversation, at) && at > now) {
            conversation.wakes_at = at;
        } else {
            if (may_be_reminded(tx, conversation, now)) {
                remind(context, sender, tx, conversation, state, *question);
            }
            state.about["reminded"] = state.asked_at.value;
            conversation.wakes_at = end_of(*question);
        }
    } else if (question) {
        conversation.wakes_at = end_of(*question);
    }
    conversation.state_json = messaging::to_json(state);
    messaging::save_conversation(tx, conversation);
}

}  // namespace

std::optional<UnixSeconds> wakes_at(const messaging::BookShelf& books,
                                    const messaging::DialogueState& state) {
    const auto question = messaging::question_of(books, state);
    if (!question) {
        return std::nullopt;
    }
    return question->remind_hours > 0 && !is_reminded(state)
               ? UnixSeconds{question->asked_at.value + question->remind_hours * kHour}
               : end_of(*question);
}

int remind_waiting(MessagingContext& context, MailSender& sender, int limit) {
    const auto due = [&](storage::Transaction& tx) {
        return messaging::conversations_to_wake(tx, context.flows.clock.now(), limit);
    };
    if (context.flows.database.read([&](storage::Transaction& tx) { return due(tx).empty(); })) {
        return 0;
    }
    return context.flows.database.write([&](storage::Transaction& tx) {
        int looked_at = 0;
        for (messaging::Conversation& conversation : due(tx)) {
            look_at(context, sender, tx, std::move(conversation));
            ++looked_at;
        }
        return looked_at;
    });
}

}  // namespace haat::flows
