#include "messages.hpp"

#include "base/log.hpp"
#include "base/viewer.hpp"
#include "messaging/mail.hpp"
#include "registry/people.hpp"

namespace haat::app {
namespace {

constexpr std::int64_t kMailExpiresSeconds = 3 * 24 * 3600;

}  // namespace

void Messages::send(storage::Transaction& tx, const flows::Outgoing& message) {
    const Viewer haat = system_viewer();
    const auto person = registry::find_person(tx, haat, message.person_id);
    const auto addresses = registry::addresses_of(tx, haat, message.person_id);
    if (!person || !addresses) {
        log_warning("messages.no_person", {{"person_id", message.person_id.value}});
        return;
    }
    for (const registry::PersonAddress& address : *addresses) {
        if (address.channel != registry::Channel::kWhatsapp) {
            continue;
        }
        const Language language = language_from_code(person->language);
        TextParams params = message.params;
        for (const auto& [name, key] : message.params_by_key) {
            params.emplace_back(name, texts_.text(language, key));
        }
        messaging::NewMail mail;
        mail.address_id = address.address_id;
        mail.person_id = person->person_id;
        mail.ordinal = person->ordinal;
        mail.purpose = message.purpose;
        mail.body.text = texts_.text(language, message.text_key, params);
        for (const flows::Button& button : message.buttons) {
            mail.body.buttons.push_back({button.id, texts_.text(language, button.text_key)});
        }
        const UnixSeconds now = clock_.now();
        mail.expires_at = {now.value + kMailExpiresSeconds};
        const auto added = messaging::add_mail(tx, mail, now);
        if (!added) {
            log_error("messages.refused",
                      {{"text_key", message.text_key}, {"code", added.error().code}});
            return;
        }
        if (wake_) {
            tx.after_commit([this] { wake_(); });
        }
        return;
    }
    log_info("messages.no_address", {{"person_id", message.person_id.value}});
}

}  // namespace haat::app
