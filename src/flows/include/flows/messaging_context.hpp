/// @file What the flows about messages need beside FlowContext.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/texts.hpp"
#include "flows/context.hpp"
#include "flows/inbound_queue.hpp"
#include "flows/lexicon_shelf.hpp"
#include "flows/rate_book.hpp"
#include "messaging/audio.hpp"
#include "messaging/channel_sms.hpp"
#include "messaging/channel_telegram.hpp"
#include "messaging/channel_voice.hpp"
#include "messaging/delivery.hpp"
#include "messaging/dialogue_book.hpp"
#include "registry/audience.hpp"

namespace haat::flows {

struct ProviderAccount;  // flows/sync_provider.hpp
class WholeBook;         // counts of read_delivery.hpp that were just made

/// An empty one.
[[nodiscard]] std::shared_ptr<WholeBook> make_whole_book();

/// Borrowed for as long as flows run.
struct MessagingContext {
    FlowContext& flows;
    messaging::Delivery& delivery;
    registry::AudienceIndex& audience;
    LexiconShelf& lexicon;
    const Texts& texts;
    std::string whatsapp_app_secret;
    std::vector<std::string> whatsapp_phone_number_ids;
    // Without their secrets nothing is taken from these channels.
    messaging::sms::Settings sms;
    messaging::telegram::Settings telegram;
    messaging::voice::Settings voice;
    /// Called after a commit with the callback id of a pressed Telegram button. May be empty.
    std::function<void(std::string)> telegram_pressed;
    /// Called after a commit that stored new messages, on a database thread: wakes the worker that
    /// answers. May be empty.
    std::function<void()> inbound_stored;
    /// Called after a commit in which templates changed their status, on a database thread: wakes
    /// the worker that holds or releases what uses them. May be empty.
    std::function<void(const std::vector<std::string>&)> templates_changed{};
    /// Of one of our numbers, as configured; for forecasts.
    std::int64_t messages_a_second = 80;
    /// Recent counts of running broadcasts, for rates and budgets.
    std::shared_ptr<RateBook> rates = std::make_shared<RateBook>();
    /// Received messages that wait for a commit.
    std::shared_ptr<InboundQueue> inbound = std::make_shared<InboundQueue>();
    /// Broadcasts with their fallbacks as last counted.
    std::shared_ptr<WholeBook> wholes = make_whole_book();
    /// How haat answers what comes in; null: nothing is answered here.
    messaging::DialogueBooks* dialogues = nullptr;
    /// Makes voice notes of answers; null: none are made.
    const messaging::AudioStore* audio = nullptr;
    /// The provider's account; null: there is none to ask.
    const ProviderAccount* provider = nullptr;
};

}  // namespace haat::flows
