#include "take_messages.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "announce.hpp"
#include "base/log.hpp"
#include "consent_text.hpp"
#include "language/understanding.hpp"
#include "messaging/inbox.hpp"
#include "one_of_many.hpp"
#include "registry/consents.hpp"

namespace haat::flows {
namespace {

/// 20 ms of the writer at most.
constexpr std::size_t kMessagesPerCommit = 1'000;
/// The button under broadcasts (broadcast_letter.cpp).
constexpr std::string_view kStopButton = "broadcast_stop:";

/// Stop and start mean the same whatever is under way; no dialogue decides it.
ConsentWord word_of(const MessagingContext& context, const messaging::Message& message) {
    if (!message.button_id.empty()) {
        return message.button_id.starts_with(kStopButton) ? ConsentWord::kOptOut
                                                          : ConsentWord::kNone;
    }
    const language::Understanding meaning = language::understand(
        context.lexicon, message.text, date_in_india(context.flows.clock.now()));
    switch (meaning.intent) {
        case language::Intent::kOptOut:
            return ConsentWord::kOptOut;
        case language::Intent::kOptIn:
            return ConsentWord::kOptIn;
        default:
            return ConsentWord::kNone;
    }
}

std::string_view intent_of(ConsentWord word) {
    switch (word) {
        case ConsentWord::kOptOut:
            return language::intent_name(language::Intent::kOptOut);
        case ConsentWord::kOptIn:
            return language::intent_name(language::Intent::kOptIn);
        case ConsentWord::kNone:
            break;
    }
    return "";
}

void obey(storage::Transaction& tx, ConsentWord word, registry::Channel channel,
          const messaging::StoredMessage& stored, UnixSeconds now) {
    const std::string evidence = consent_evidence(stored.inbound_id);
    const registry::ConsentSource source{
        .channel = channel, .text_version = kConsentText, .evidence = evidence};
    if (word == ConsentWord::kOptOut) {
        registry::suppress_address(tx, stored.address_id, registry::kAllPurposes, source, now);
    } else if (word == ConsentWord::kOptIn) {
        registry::opt_in_address(tx, stored.address_id, registry::kAllPurposes, source, now);
    }
}

using Taken = std::vector<InboundQueue::Waiting>;

void store_taken(MessagingContext& context, storage::Transaction& tx, const Taken& taken) {
    std::vector<const Incoming*> incoming;
    incoming.reserve(taken.size());
    for (const InboundQueue::Waiting& one : taken) {
        incoming.push_back(&one.incoming);
    }
    store_incoming(context, tx, incoming);
}

void start(MessagingContext& context, std::shared_ptr<Taken> taken);

void finish(MessagingContext& context, Taken& taken, const std::exception_ptr& error) {
    if (error != nullptr && taken.size() > 1 && may_be_one_of_them(error)) {
        for (InboundQueue::Waiting& one : taken) {
            const auto alone = std::make_shared<Taken>();
            alone->push_back(std::move(one));
            start(context, alone);
        }
        return;
    }
    for (InboundQueue::Waiting& one : taken) {
        one.done(error == nullptr);
    }
}

/// @param taken  Not empty: these alone; else what waits when the writer's turn comes.
void start(MessagingContext& context, std::shared_ptr<Taken> taken) {
    const bool alone = !taken->empty();
    context.flows.database.write_soon(
        [&context, taken, alone](storage::Transaction& tx) {
            if (!alone) {
                context.inbound->take(*taken, kMessagesPerCommit);
            }
            store_taken(context, tx, *taken);
            return storage::Database::Keep::kYes;
        },
        [&context, taken, alone](std::exception_ptr error) {
            if (!alone && context.inbound->is_left()) {
                start(context, std::make_shared<Taken>());
            }
            finish(context, *taken, error);
        });
}

}  // namespace

Incoming read_incoming(const MessagingContext& context, registry::Channel channel,
                       std::vector<messaging::Message> messages) {
    Incoming incoming{.channel = channel, .messages = std::move(messages), .words = {}};
    incoming.words.reserve(incoming.messages.size());
    for (const messaging::Message& message : incoming.messages) {
        incoming.words.push_back(word_of(context, message));
    }
    return incoming;
}

void store_incoming(MessagingContext& context, storage::Transaction& tx,
                    std::span<const Incoming* const> incoming) {
    const UnixSeconds now = context.flows.clock.now();
    std::vector<messaging::Received> received;
    std::vector<ConsentWord> words;
    for (const Incoming* one : incoming) {
        for (std::size_t i = 0; i < one->messages.size(); ++i) {
            received.push_back({one->channel, one->messages[i], intent_of(one->words[i])});
            words.push_back(one->words[i]);
        }
    }
    const std::vector<messaging::StoredMessage> stored =
        messaging::store_messages(tx, received, now);
    for (const messaging::StoredMessage& message : stored) {
        obey(tx, words[message.place], received[message.place].channel, message, now);
    }
    if (stored.empty()) {
        return;
    }
    announce(tx, context.flows, "message", 0, "created", now);
    tx.after_commit([&context] {
        if (context.inbound_stored) {
            context.inbound_stored();
        }
    });
}

void take_messages(MessagingContext& context, Incoming incoming,
                   std::move_only_function<void(bool)> done) {
    if (context.inbound->push({std::move(incoming), std::move(done)})) {
        start(context, std::make_shared<Taken>());
    }
}

}  // namespace haat::flows
