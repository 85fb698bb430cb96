#include "channels.hpp"

namespace haat::app {

messaging::sms::Settings sms_settings(const Settings& settings) {
    return {
        .base_url = settings.sms_url,
        .user = settings.sms_user,
        .password = settings.sms_password,
        .header = settings.sms_header,
        .dlt_entity_id = settings.sms_dlt_entity_id,
        .smsc = settings.sms_smsc,
        .report_url = "http://127.0.0.1:" + std::to_string(settings.listen_port) + "/hooks/sms/dlr",
        .report_secret = settings.sms_secret};
}

messaging::telegram::Settings telegram_settings(const Settings& settings) {
    return {.base_url = settings.telegram_url,
            .bot_token = settings.telegram_token,
            .webhook_secret = settings.telegram_secret,
            .bot_name = settings.telegram_bot};
}

messaging::voice::Settings voice_settings(const Settings& settings) {
    return {.base_url = settings.voice_url,
            .account = settings.voice_account,
            .key = settings.voice_key,
            .token = settings.voice_token,
            .caller_id = settings.voice_caller_id,
            .flow_url = settings.voice_flow_url,
            .callback_url = settings.public_url + "/hooks/voice/exotel/" + settings.voice_secret,
            .secret = settings.voice_secret};
}

}  // namespace haat::app
