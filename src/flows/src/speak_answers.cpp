#include "flows/speak_answers.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "access/accounts.hpp"
#include "allowed.hpp"
#include "base/log.hpp"
#include "flows/sync_provider.hpp"
#include "messaging/inbox.hpp"
#include "messaging/spoken.hpp"
#include "registry/people.hpp"
#include "speak_too.hpp"

namespace haat::flows {
namespace {

using messaging::SpokenAnswer;
using messaging::VoiceNote;

/// Later a voice note is no answer any more.
constexpr std::int64_t kLatestSeconds = 600;
constexpr std::int64_t kPauseSeconds = 20;

std::string bytes_of(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// What came of one; neither: later once more.
struct Made {
    std::optional<VoiceNote> note;
    bool is_lost = false;
};

Made lost(std::string_view why) {
    log_warning("speak.left_out", {{"why", why}});
    return {.note = std::nullopt, .is_lost = true};
}

/// WhatsApp plays what one of our numbers uploaded.
Made upload(const MessagingContext& context, VoiceNote note) {
    if (context.provider == nullptr || context.whatsapp_phone_number_ids.empty()) {
        return lost("flows.no_provider");
    }
    note.sender = context.whatsapp_phone_number_ids.front();
    const std::string ogg = bytes_of(note.path);
    const net::ClientResult told =
        context.provider->client.send_blocking(messaging::whatsapp::upload_voice_request(
            note.sender, context.provider->access_token, ogg));
    const messaging::whatsapp::Upload uploaded = messaging::whatsapp::upload_of(told);
    if (!uploaded.media_id.empty()) {
        note.media_id = uploaded.media_id;
        return {.note = std::move(note)};
    }
    return uploaded.outcome.state == messaging::SlotState::kRejected ? lost("messaging.upload")
                                                                     : Made{};
}

Made make(const MessagingContext& context, const SpokenAnswer& answer) {
    const auto address = context.flows.database.read([&](storage::Transaction& tx) {
        return registry::find_address(tx, system_viewer(), answer.address_id);
    });
    if (!address) {
        return lost("no address");
    }
    const auto file = context.audio->speak(answer.text, answer.language);
    if (!file) {
        return lost(file.error().code);
    }
    VoiceNote note{.path = file->path, .media_id = {}, .sender = {}};
    return address->channel == registry::Channel::kWhatsapp ? upload(context, std::move(note))
                                                            : Made{.note = std::move(note)};
}

void settle(MessagingContext& context, MailSender& sender, const SpokenAnswer& answer, Made made) {
    const UnixSeconds now = context.flows.clock.now();
    context.flows.database.write([&](storage::Transaction& tx) {
        const bool waits = !made.note && !made.is_lost &&
                           now.value - answer.said_at.value < kLatestSeconds - kPauseSeconds;
        if (waits) {
            return messaging::put_off_spoken(tx, answer.spoken_id, {now.value + kPauseSeconds});
        }
        if (!messaging::take_spoken(tx, answer.spoken_id) || !made.note) {
            return;
        }
        const auto address = registry::find_address(tx, system_viewer(), answer.address_id);
        if (!address || !(address->suppressed == registry::kNoPurpose)) {
            return;  // she said stop: she was answered in writing, and that is all
        }
        const auto queued =
            sender.queue(tx, {.address_id = answer.address_id,
                              .person_id = answer.person_id,
                              .ordinal = answer.ordinal,
                              .purpose = registry::MessagePurpose::kNotice,
                              .body = {.text = std::string(kSpokenMark) + answer.text,
                                       .voice = std::move(made.note)},
                              .expires_at = {now.value + kLatestSeconds}});
        if (!queued) {
            log_warning("speak.left_out", {{"why", std::string_view(queued.error().code)}});
        }
    });
}

/// A voice note is still heard: on WhatsApp her window stays open as long as one may be late.
bool may_be_heard(storage::Transaction& tx, const registry::Address& address, UnixSeconds now) {
    if (address.channel != registry::Channel::kWhatsapp) {
        return address.channel == registry::Channel::kTelegram;
    }
    const auto conversation = messaging::find_conversation(tx, address.address_id);
    return conversation && now.value + kLatestSeconds < conversation->window_open_until().value;
}

}  // namespace

void speak_too(storage::Transaction& tx, AddressId address_id, PersonId person_id,
               const messaging::TextBody& body, UnixSeconds now) {
    if (!person_id || !messaging::wants_spoken(tx, person_id)) {
        return;
    }
    const auto address = registry::find_address(tx, system_viewer(), address_id);
    const auto person = registry::find_person(tx, system_viewer(), person_id);
    if (!address || !person || !may_be_heard(tx, *address, now)) {
        return;
    }
    messaging::add_spoken(
        tx, {.address_id = address_id,
             .person_id = person_id,
             .ordinal = person->ordinal,
             .language = std::string(language_code(language_from_code(person->language))),
             .text = messaging::with_menu(body),
             .said_at = now});
}

int speak_answers(MessagingContext& context, MailSender& sender, int limit) {
    const UnixSeconds now = context.flows.clock.now();
    const std::vector<SpokenAnswer> waiting = context.flows.database.read(
        [&](storage::Transaction& tx) { return messaging::spoken_waiting(tx, now, limit); });
    for (const SpokenAnswer& answer : waiting) {
        const bool is_late = now.value - answer.said_at.value > kLatestSeconds;
        settle(context, sender, answer,
               context.audio == nullptr ? lost("flows.no_audio")
               : is_late                ? lost("late")
                                        : make(context, answer));
    }
    return static_cast<int>(waiting.size());
}

Result<std::string> hear_text(MessagingContext& context, const Viewer& viewer,
                              std::string_view text, std::string_view language) {
    if (!access::may(viewer.role, access::Action::kSeeMessages)) {
        HAAT_TRY(allow(viewer, access::Action::kEditDialogues));
    }
    if (context.audio == nullptr) {
        return refuse(ErrorKind::kUnavailable, "flows.no_audio");
    }
    const messaging::AudioFile file = HAAT_TRY(context.audio->speak(text, language));
    return bytes_of(file.path);
}

}  // namespace haat::flows
