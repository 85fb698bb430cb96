/// @file What an operator decides: one file, the environment over it, flags over both. Everything
/// is judged before anything is opened, and every mistake is named with what to write instead.
/// Source: packaging/haat.conf, which lists every key with its meaning.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "command.hpp"
#include "storage/database.hpp"

namespace haat::app {

enum class Part : std::uint8_t { kAll, kHttp, kWorkers };

struct Settings {
    std::string data;             ///< Directory of SQLite; either this…
    std::string database;         ///< …or the URL of PostgreSQL.
    std::string schema = "haat";  ///< Of PostgreSQL.
    int readers = 3;              ///< Database connections for reading.
    Part only = Part::kAll;
    std::string listen_host = "127.0.0.1";
    std::uint16_t listen_port = 8080;
    std::string tls_certificate;
    std::string tls_key;
    bool behind_proxy = false;
    std::string public_url;
    int http_threads = 4;
    bool metrics_for_all = false;
    std::string log_level = "info";
    std::string whatsapp_base_url;  ///< Empty: no channel, nothing is sent.
    std::string whatsapp_ca_file;  ///< PEM of who signed the provider's certificate.
    std::string whatsapp_token;
    std::string whatsapp_account_id;  ///< Whose templates are asked for; empty: none.
    std::string whatsapp_app_secret;
    std::string whatsapp_verify_token;
    std::vector<std::string> whatsapp_phone_number_ids;
    int whatsapp_rate = 80;  ///< Messages a second and number.
    std::string sms_url;     ///< Of Kannel's smsbox; empty: no SMS.
    std::string sms_user;
    std::string sms_password;
    std::string sms_header;
    std::string sms_dlt_entity_id;
    std::string sms_smsc;  ///< Empty: Kannel chooses.
    std::string sms_secret;
    std::string telegram_url = "https://api.telegram.org";
    std::string telegram_token;  ///< Empty: no Telegram.
    std::string telegram_secret;
    std::string telegram_bot;
    std::string voice_url;  ///< Empty: no calls.
    std::string voice_account;
    std::string voice_key;
    std::string voice_token;
    std::string voice_caller_id;
    std::string voice_flow_url;
    std::string voice_secret;
    bool quiet_hours = true;
    std::string vault_key_file;
    std::string simulator_url;  ///< Control address of the simulator; for demonstrations only.
    bool synthetic = false;     ///< The people are made up.
    int commit_milliseconds = 0;  ///< For measurements only: each commit takes at least so long.
};

/// Flags of the commands that open a database: --data, --database, --schema, --config.
[[nodiscard]] std::span<const Option> database_options();

/// A key of the file; HAAT_<KEY> in the environment.
struct SettingKey {
    std::string_view name;
    std::string_view expected;  ///< What to write, "on or off".
    bool is_secret;
};
[[nodiscard]] std::span<const SettingKey> all_setting_keys();

/// Reads and judges everything. Prints every mistake but the last by itself.
/// @return app.no_config_file, app.config_line {line}, app.unknown_setting {key}, app.bad_setting
///         {key, expected, source}, app.no_database, app.two_databases, app.setting_needs {key,
///         other}.
[[nodiscard]] Result<Settings> read_settings(const Arguments& arguments);

/// How storage is opened with them.
[[nodiscard]] storage::OpenOptions open_options(const Settings& settings);

/// "--data /var/lib/haat": what to add to a command that is named to the operator.
[[nodiscard]] std::string database_flags(const Settings& settings);

}  // namespace haat::app
