#include "settings.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <map>

#include "base/text.hpp"
#include "net/url.hpp"
#include "output.hpp"

namespace haat::app {
namespace {

using Take = bool (*)(Settings&, std::string_view);

bool take_switch(bool& into, std::string_view text) {
    into = text == "on";
    return text == "on" || text == "off";
}

bool take_number(int& into, std::string_view text, long long min, long long max) {
    const auto number = parse_integer(text);
    if (!number || *number < min || *number > max) {
        return false;
    }
    into = static_cast<int>(*number);
    return true;
}

bool take_url(std::string& into, std::string_view text) {
    into = text;
    while (into.ends_with('/')) {
        into.pop_back();
    }
    return into.empty() || net::parse_url(into).has_value();
}

bool take_listen(Settings& settings, std::string_view text) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    const auto port = parse_integer(text.substr(colon + 1));
    if (host.empty() || !port || *port < 0 || *port > 65'535) {
        return false;
    }
    settings.listen_host = host;
    settings.listen_port = static_cast<std::uint16_t>(*port);
    return true;
}

bool take_part(Settings& settings, std::string_view text) {
    settings.only = text == "http" ? Part::kHttp : text == "workers" ? Part::kWorkers : Part::kAll;
    return text == "http" || text == "workers" || text == "all";
}

bool take_schema(Settings& settings, std::string_view text) {
    settings.schema = text;
    return !text.empty() && text.size() <= 60 && text.front() >= 'a' && text.front() <= 'z' &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
               std::string_view::npos;
}

bool take_phone_numbers(Settings& settings, std::string_view text) {
    settings.whatsapp_phone_number_ids.clear();
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        const std::string_view one = trim(text.substr(0, comma));
        if (one.empty() || one.find_first_not_of("0123456789") != std::string_view::npos) {
            return false;
        }
        settings.whatsapp_phone_number_ids.emplace_back(one);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return true;
}

bool take_log_level(Settings& settings, std::string_view text) {
    settings.log_level = text;
    return text == "debug" || text == "info" || text == "warning" || text == "error";
}

template <std::string Settings::* field>
bool take_text(Settings& settings, std::string_view text) {
    settings.*field = text;
    return true;
}
/// What may stand in an address or a header as it is.
template <std::string Settings::* field>
bool take_token(Settings& settings, std::string_view text) {
    constexpr std::size_t kMost = 256;
    settings.*field = text;
    return text.size() <= kMost &&
           text.find_first_not_of(
               "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-") == text.npos;
}
template <std::string Settings::* field>
bool take_address(Settings& settings, std::string_view text) {
    return take_url(settings.*field, text);
}
template <bool Settings::* field>
bool take_on_off(Settings& settings, std::string_view text) {
    return take_switch(settings.*field, text);
}
template <int Settings::* field, int min, int max>
bool take_within(Settings& settings, std::string_view text) {
    return take_number(settings.*field, text, min, max);
}

bool take_database(Settings& settings, std::string_view text) {
    settings.database = text;
    return text.empty() || text.starts_with("postgresql://") || text.starts_with("postgres://");
}

constexpr std::string_view kSwitch = "on or off";
constexpr std::array kKeys{
    SettingKey{"data", "a directory, as /var/lib/haat", false},
    SettingKey{"database", "a URL, as postgresql://haat@host/haat", true},
    SettingKey{"schema", "a name of a-z, 0-9 and _, as haat", false},
    SettingKey{"readers", "a number from 1 to 64", false},
    SettingKey{"only", "http, workers or all", false},
    SettingKey{"listen", "ADDRESS:PORT, as 127.0.0.1:8080", false},
    SettingKey{"tls_certificate", "a file with the certificate chain in PEM", false},
    SettingKey{"tls_key", "a file with the private key in PEM", false},
    SettingKey{"behind_proxy", kSwitch, false},
    SettingKey{"public_url", "a URL, as https://haat.example", false},
    SettingKey{"http_threads", "a number from 1 to 64", false},
    SettingKey{"metrics_for_all", kSwitch, false},
    SettingKey{"log_level", "debug, info, warning or error", false},
    SettingKey{"whatsapp_base_url", "a URL, as https://graph.facebook.com/v23.0", false},
    SettingKey{"whatsapp_ca_file", "a file in PEM; leave out for the system's", false},
    SettingKey{"whatsapp_token", "the access token of the system user", true},
    SettingKey{"whatsapp_account_id", "the number of the WhatsApp business account", false},
    SettingKey{"whatsapp_app_secret", "the app secret", true},
    SettingKey{"whatsapp_verify_token", "any text, the same as in the app's settings", true},
    SettingKey{"whatsapp_phone_number_ids", "numbers with commas between them", false},
    SettingKey{"whatsapp_rate", "a number from 1 to 1000", false},
    SettingKey{"sms_url", "a URL, as http://127.0.0.1:13013", false},
    SettingKey{"sms_user", "the username of Kannel's sendsms-user", false},
    SettingKey{"sms_password", "the password of Kannel's sendsms-user", true},
    SettingKey{"sms_header", "the registered sender, as JEEVKA", false},
    SettingKey{"sms_dlt_entity_id", "the entity's number at DLT", false},
    SettingKey{"sms_smsc", "an smsc-id of Kannel's", false},
    SettingKey{"sms_secret", "letters and digits, the same as k in Kannel's post-url", true},
    SettingKey{"telegram_url", "a URL, as https://api.telegram.org", false},
    SettingKey{"telegram_token", "the bot's token", true},
    SettingKey{"telegram_secret", "1 to 256 letters, digits, _ and -", true},
    SettingKey{"telegram_bot", "the bot's name without @", false},
    SettingKey{"voice_url", "a URL, as https://api.exotel.com", false},
    SettingKey{"voice_account", "the account's sid", false},
    SettingKey{"voice_key", "the key of the API", true},
    SettingKey{"voice_token", "the token of the API", true},
    SettingKey{"voice_caller_id", "our number at the provider", false},
    SettingKey{"voice_flow_url", "the URL of the provider's flow", false},
    SettingKey{"voice_secret", "letters and digits, part of the callbacks' address", true},
    SettingKey{"quiet_hours", kSwitch, false},
    SettingKey{"vault_key_file", "a file that only haat may read", false},
    SettingKey{"simulator_url", "a URL, as http://127.0.0.1:9090", false},
    SettingKey{"synthetic", kSwitch, false},
};

constexpr std::array<Take, kKeys.size()> kTakes{
    take_text<&Settings::data>,
    take_database,
    take_schema,
    take_within<&Settings::readers, 1, 64>,
    take_part,
    take_listen,
    take_text<&Settings::tls_certificate>,
    take_text<&Settings::tls_key>,
    take_on_off<&Settings::behind_proxy>,
    take_address<&Settings::public_url>,
    take_within<&Settings::http_threads, 1, 64>,
    take_on_off<&Settings::metrics_for_all>,
    take_log_level,
    take_address<&Settings::whatsapp_base_url>,
    take_text<&Settings::whatsapp_ca_file>,
    take_text<&Settings::whatsapp_token>,
    take_text<&Settings::whatsapp_account_id>,
    take_text<&Settings::whatsapp_app_secret>,
    take_text<&Settings::whatsapp_verify_token>,
    take_phone_numbers,
    take_within<&Settings::whatsapp_rate, 1, 1000>,
    take_address<&Settings::sms_url>,
    take_text<&Settings::sms_user>,
    take_text<&Settings::sms_password>,
    take_text<&Settings::sms_header>,
    take_text<&Settings::sms_dlt_entity_id>,
    take_text<&Settings::sms_smsc>,
    take_token<&Settings::sms_secret>,
    take_address<&Settings::telegram_url>,
    take_text<&Settings::telegram_token>,
    take_token<&Settings::telegram_secret>,
    take_text<&Settings::telegram_bot>,
    take_address<&Settings::voice_url>,
    take_text<&Settings::voice_account>,
    take_text<&Settings::voice_key>,
    take_text<&Settings::voice_token>,
    take_text<&Settings::voice_caller_id>,
    take_address<&Settings::voice_flow_url>,
    take_token<&Settings::voice_secret>,
    take_on_off<&Settings::quiet_hours>,
    take_text<&Settings::vault_key_file>,
    take_address<&Settings::simulator_url>,
    take_on_off<&Settings::synthetic>,
};

/// Collects values by key, the later source over the earlier, and what is wrong with them.
class Collector {
 public:
    void put(std::string_view key, std::string_view value, std::string source) {
        for (std::size_t i = 0; i < kKeys.size(); ++i) {
            if (kKeys[i].name == key) {
                values_[i] = {std::string(trim(value)), std::move(source)};
                return;
            }
        }
        wrong("app.unknown_setting", {{"key", std::string(key)}, {"source", std::move(source)}});
    }
    void wrong(std::string_view code, TextParams params) {
        problems_.push_back({ErrorKind::kInvalid, std::string(code), std::move(params)});
    }
    Settings judge() {
        Settings settings;
        for (const auto& [index, value] : values_) {
            if (!kTakes[index](settings, value.first)) {
                wrong("app.bad_setting", {{"key", std::string(kKeys[index].name)},
                                          {"expected", std::string(kKeys[index].expected)},
                                          {"source", value.second}});
            }
        }
        return settings;
    }
    std::vector<Error>& problems() { return problems_; }

 private:
    std::map<std::size_t, std::pair<std::string, std::string>> values_;
    std::vector<Error> problems_;
};

/// "key = value" lines; '#' starts a comment line.
void read_file(const std::string& path, Collector& into) {
    std::ifstream file(path);
    if (!file) {
        into.wrong("app.no_config_file", {{"file", path}});
        return;
    }
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
        const std::string_view text = trim(line);
        if (text.empty() || text.starts_with('#')) {
            continue;
        }
        const std::string source = path + ":" + std::to_string(number);
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos || !is_utf8(text)) {
            into.wrong("app.config_line", {{"source", source}});
            continue;
        }
        into.put(trim(text.substr(0, equals)), text.substr(equals + 1), source);
    }
}

void read_environment(Collector& into) {
    for (const SettingKey& key : kKeys) {
        std::string name = "HAAT_";
        for (const char c : key.name) {
            name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        }
        if (const char* value = std::getenv(name.c_str())) {
            into.put(key.name, value, name);
        }
    }
}

void judge_other_channels(const Settings& settings, const auto& needs) {
    const bool sms = !settings.sms_url.empty();
    needs(sms, "sms_url", !settings.sms_user.empty(), "sms_user");
    needs(sms, "sms_url", !settings.sms_password.empty(), "sms_password");
    needs(sms, "sms_url", !settings.sms_header.empty(), "sms_header");
    needs(sms, "sms_url", !settings.sms_dlt_entity_id.empty(), "sms_dlt_entity_id");
    needs(sms, "sms_url", !settings.sms_secret.empty(), "sms_secret");
    const bool telegram = !settings.telegram_token.empty();
    needs(telegram, "telegram_token", !settings.telegram_secret.empty(), "telegram_secret");
    needs(telegram, "telegram_token", !settings.telegram_bot.empty(), "telegram_bot");
    const bool voice = !settings.voice_url.empty();
    needs(voice, "voice_url", !settings.voice_account.empty(), "voice_account");
    needs(voice, "voice_url", !settings.voice_caller_id.empty(), "voice_caller_id");
    needs(voice, "voice_url", !settings.voice_flow_url.empty(), "voice_flow_url");
    needs(voice, "voice_url", !settings.voice_secret.empty(), "voice_secret");
    needs(voice, "voice_url", !settings.public_url.empty(), "public_url");
}

/// What only the settings together can tell.
void judge_together(const Settings& settings, Collector& into) {
    if (settings.data.empty() == settings.database.empty()) {
        into.wrong(settings.data.empty() ? "app.no_database" : "app.two_databases", {});
    }
    const auto needs = [&](bool present, std::string_view key, bool other, std::string_view name) {
        if (present && !other) {
            into.wrong("app.setting_needs",
                       {{"key", std::string(key)}, {"other", std::string(name)}});
        }
    };
    needs(!settings.tls_certificate.empty(), "tls_certificate", !settings.tls_key.empty(),
          "tls_key");
    needs(!settings.tls_key.empty(), "tls_key", !settings.tls_certificate.empty(),
          "tls_certificate");
    const bool channel = !settings.whatsapp_base_url.empty();
    needs(channel, "whatsapp_base_url", !settings.whatsapp_token.empty(), "whatsapp_token");
    needs(channel, "whatsapp_base_url", !settings.whatsapp_app_secret.empty(),
          "whatsapp_app_secret");
    needs(channel, "whatsapp_base_url", !settings.whatsapp_verify_token.empty(),
          "whatsapp_verify_token");
    needs(channel, "whatsapp_base_url", !settings.whatsapp_phone_number_ids.empty(),
          "whatsapp_phone_number_ids");
    judge_other_channels(settings, needs);
    needs(!settings.simulator_url.empty(), "simulator_url", settings.synthetic, "synthetic = on");
}

}  // namespace

std::span<const SettingKey> all_setting_keys() { return kKeys; }

std::span<const Option> database_options() {
    static constexpr std::array kOptions{
        Option{"--data", "DIR", "Directory of the SQLite database."},
        Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
        Option{"--schema", "NAME", "Schema in PostgreSQL; haat if not given."},
        Option{"--config", "FILE", "File with settings (packaging/haat.conf explains them)."},
    };
    return kOptions;
}

Result<Settings> read_settings(const Arguments& arguments) {
    Collector collector;
    const char* from_environment = std::getenv("HAAT_CONFIG");
    if (arguments.has("--config")) {
        read_file(arguments.value("--config"), collector);
    } else if (from_environment != nullptr) {
        read_file(from_environment, collector);
    }
    read_environment(collector);
    for (const std::string_view key : {"data", "database", "schema", "listen", "only"}) {
        const std::string flag = "--" + std::string(key);
        if (arguments.has(flag)) {
            collector.put(key, arguments.value(flag), flag);
        }
    }
    // A flag for one kind of database takes the place of a file's other kind.
    if (arguments.has("--data") && !arguments.has("--database")) {
        collector.put("database", "", "--data");
    } else if (arguments.has("--database") && !arguments.has("--data")) {
        collector.put("data", "", "--database");
    }
    Settings settings = collector.judge();
    judge_together(settings, collector);
    std::vector<Error>& problems = collector.problems();
    if (problems.empty()) {
        return settings;
    }
    Error last = std::move(problems.back());
    problems.pop_back();
    for (const Error& problem : problems) {
        Arguments as_text;  // standard output stays one JSON object
        print_refusal(as_text, problem);
    }
    return std::unexpected(std::move(last));
}

storage::OpenOptions open_options(const Settings& settings) {
    storage::OpenOptions options;
    options.sqlite_directory = settings.data;
    options.postgres_url = settings.database;
    options.postgres_schema = settings.schema;
    options.readers = settings.readers;
    options.commit_milliseconds = settings.commit_milliseconds;
    return options;
}

std::string database_flags(const Settings& settings) {
    if (!settings.data.empty()) {
        return "--data " + settings.data;
    }
    // Without the URL: it may hold a password.
    return "--database …" + (settings.schema == "haat" ? "" : " --schema " + settings.schema);
}

}  // namespace haat::app
