#include "channel_forms.hpp"

#include "messaging/channel_whatsapp.hpp"

namespace haat::messaging {
namespace {

net::BatchRequest as_batch(net::ClientRequest request) {
    return {.head = std::make_shared<const net::RequestHead>(
                std::move(request.method), std::move(request.path), std::move(request.headers),
                std::move(request.content_type)),
            .body = std::move(request.body)};
}

TextBody text_of(const ToSend& message) {
    return message.form == nullptr ? text_body_from_json(message.mail)
                                   : TextBody{.text = message.form->text[message.english ? 1 : 0]};
}

/// Where there are no buttons, answers are numbered: "1 हाँ", "2 नहीं".
std::string with_menu(const TextBody& body) {
    std::string text = body.text;
    for (std::size_t i = 0; i < body.buttons.size(); ++i) {
        text += "\n" + std::to_string(i + 1) + " " + body.buttons[i].title;
    }
    return text;
}

SendOutcome proven_by(registry::Channel channel, const net::ClientResult& result) {
    switch (channel) {
        case registry::Channel::kSms: return sms::outcome_of(result);
        case registry::Channel::kTelegram: return telegram::outcome_of(result);
        case registry::Channel::kVoice: return voice::outcome_of(result);
        case registry::Channel::kWhatsapp: break;
    }
    return whatsapp::outcome_of(result);
}

}  // namespace

ChannelForms::ChannelForms(const DeliveryOptions& options)
    : authorization_("Bearer " + options.access_token),
      sms_(options.sms),
      telegram_(options.telegram),
      voice_(options.voice) {}

void ChannelForms::add_number(const std::string& phone_number_id) {
    heads_[phone_number_id] = std::make_shared<const net::RequestHead>(
        "POST", "/" + phone_number_id + "/messages",
        std::vector<net::Header>{{"authorization", authorization_}});
}

net::BatchRequest ChannelForms::request(const ToSend& message, const std::string& sender) const {
    switch (message.channel) {
        case registry::Channel::kSms:
            return as_batch(sms::send_request(
                sms_, message.to, message.attempt, with_menu(text_of(message)),
                message.form == nullptr ? "" : message.form->dlt_template_id));
        case registry::Channel::kTelegram:
            return as_batch(telegram::send_request(telegram_, message.to, text_of(message)));
        case registry::Channel::kVoice:
            return as_batch(voice::send_request(voice_, message.to, message.attempt));
        case registry::Channel::kWhatsapp: break;
    }
    return {.head = heads_.at(sender),
            .body = message.form == nullptr
                        ? std::string(message.mail)
                        : message.form->whatsapp[message.english ? 1 : 0].fill(message.to,
                                                                               message.attempt)};
}

SendOutcome ChannelForms::outcome_of(registry::Channel channel, const net::ClientResult& result) {
    SendOutcome outcome = proven_by(channel, result);
    if (outcome.state == SlotState::kUnknown) {
        const UnknownCause cause = result.outcome != net::Outcome::kAnswered
                                       ? UnknownCause::kNoAnswer
                                   : result.status >= 500 ? UnknownCause::kServerError
                                                          : UnknownCause::kUnreadable;
        outcome.error_code = code_of_cause(cause);
    }
    return outcome;
}

}  // namespace haat::messaging
