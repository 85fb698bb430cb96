#include "options.hpp"

#include <functional>
#include <map>
#include <optional>

#include "base/text.hpp"

namespace haat::sim {

namespace {

bool read_number(std::string_view text, std::int64_t low, std::int64_t high, std::int64_t& out) {
    const std::optional<long long> number = parse_integer(text);
    if (!number || *number < low || *number > high) return false;
    out = *number;
    return true;
}

bool read_range(std::string_view text, DelayRange& out) {
    constexpr std::int64_t kDay = 86'400'000;
    const std::size_t dash = text.find('-');
    const std::string_view high = dash == std::string_view::npos ? text : text.substr(dash + 1);
    return read_number(text.substr(0, dash), 0, kDay, out.low) &&
           read_number(high, 0, kDay, out.high) && out.low <= out.high;
}

bool read_fault(std::string_view text, Faults& faults) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return false;
    const std::size_t index = fault_index(text.substr(0, equals));
    std::int64_t per_mille = 0;
    if (index == kFaultNames.size() || !read_number(text.substr(equals + 1), 0, 1000, per_mille)) {
        return false;
    }
    faults.per_mille[index] = static_cast<std::uint32_t>(per_mille);
    return true;
}

using Setter = std::function<bool(std::string_view)>;

std::map<std::string_view, Setter> flags_of(Options& options) {
    const auto text = [](std::string& into) {
        return [&into](std::string_view value) {
            into = value;
            return !into.empty();
        };
    };
    const auto number = [](std::int64_t& into, std::int64_t low, std::int64_t high) {
        return [&into, low, high](std::string_view value) {
            return read_number(value, low, high, into);
        };
    };
    const auto range = [](DelayRange& into) {
        return [&into](std::string_view value) { return read_range(value, into); };
    };
    return {
        {"--host", text(options.host)},
        {"--port",
         [&options](std::string_view value) {
             std::int64_t port = 0;
             const bool is_ok = read_number(value, 0, 65535, port);
             options.port = static_cast<std::uint16_t>(port);
             return is_ok;
         }},
        {"--port-file", text(options.port_file)},
        {"--tls", text(options.tls_folder)},
        {"--webhook-url", text(options.webhook_url)},
        {"--app-secret", text(options.app_secret)},
        {"--verify-token", text(options.verify_token)},
        {"--access-token", text(options.access_token)},
        {"--waba-id", text(options.waba_id)},
        {"--telegram-token", text(options.telegram_token)},
        {"--voice-key", text(options.voice_key)},
        {"--voice-token", text(options.voice_token)},
        {"--smpp-port", number(options.smpp_port, 0, 65535)},
        {"--phone-number-id",
         [&options](std::string_view value) {
             options.phone_number_ids.emplace_back(value);
             return !value.empty();
         }},
        {"--seed",
         [&options](std::string_view value) {
             std::int64_t seed = 0;
             const bool is_ok = read_number(value, 0, INT64_MAX, seed);
             options.seed = static_cast<std::uint64_t>(seed);
             return is_ok;
         }},
        {"--rate-per-number", number(options.rate_per_number, 0, 1'000'000)},
        {"--pair-limit",
         [&options](std::string_view value) {
             options.has_pair_limit = value == "on";
             return value == "on" || value == "off";
         }},
        {"--unknown-numbers",
         [&options](std::string_view value) {
             options.unknown_numbers_exist = value == "deliver";
             return value == "deliver" || value == "fail";
         }},
        {"--hold-statuses",
         [&options](std::string_view value) {
             options.holds_statuses = value == "on";
             return value == "on" || value == "off";
         }},
        {"--round-trip-ms", number(options.round_trip_ms, 0, 60'000)},
        {"--delay-ms", range(options.faults.answer_delay)},
        {"--sent-ms", range(options.sent_after)},
        {"--delivered-ms", range(options.delivered_after)},
        {"--read-ms", range(options.read_after)},
        {"--webhook-batch", number(options.webhook_batch, 1, 1000)},
        {"--webhook-linger-ms", number(options.webhook_linger_ms, 0, 60'000)},
        {"--webhook-retry-ms", number(options.webhook_retry_ms, 1, 60'000)},
        {"--fault", [&options](std::string_view v) { return read_fault(v, options.faults); }},
    };
}

}  // namespace

std::size_t fault_index(std::string_view name) {
    std::size_t index = 0;
    while (index < kFaultNames.size() && kFaultNames[index] != name) ++index;
    return index;
}

std::string parse_command_line(int count, char** words, Options& options) {
    const std::map<std::string_view, Setter> flags = flags_of(options);
    for (int i = 1; i < count; ++i) {
        std::string_view word = words[i];
        std::optional<std::string_view> value;
        if (const std::size_t equals = word.find('='); equals != std::string_view::npos) {
            value = word.substr(equals + 1);
            word = word.substr(0, equals);
        } else if (i + 1 < count && !std::string_view(words[i + 1]).starts_with("--")) {
            value = words[i + 1];
        }
        const auto flag = flags.find(word);
        if (flag == flags.end()) return "unknown: " + std::string(word);
        const bool used_next = value && words[i] == word;
        if (!value && word == "--hold-statuses") value = "on";
        if (!value || !flag->second(*value)) return "wrong value: " + std::string(word);
        if (used_next) ++i;
    }
    if (options.phone_number_ids.empty()) options.phone_number_ids = {"200000000000001"};
    return {};
}

}  // namespace haat::sim
