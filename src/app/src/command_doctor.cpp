#include <sys/statvfs.h>

#include <array>
#include <functional>

#include "base/json_writer.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "ledger/invariants.hpp"
#include "output.hpp"
#include "registry/places.hpp"
#include "schema_check.hpp"
#include "settings.hpp"
#include "shipped.hpp"
#include "supply/traces.hpp"
#include "vault/keys.hpp"

namespace haat::app {
namespace {

constexpr std::array kOptions{
    Option{"--data", "DIR", "Directory of the SQLite database."},
    Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
    Option{"--schema", "NAME", "Schema in PostgreSQL; haat if not given."},
    Option{"--config", "FILE", "File with settings (packaging/haat.conf explains them)."},
};

/// One finding. `detail` is for the operator, without personal data.
struct Finding {
    std::string name;
    bool ok = false;
    std::string detail;
};

std::string text_of(const Error& error) {
    return texts().text(language_of_user(), error.code, error.params);
}

/// Runs one check; what it throws is its finding.
Finding examine(std::string name, const std::function<std::string()>& check) {
    try {
        std::string detail = check();
        const bool ok = detail.empty();
        return {std::move(name), ok, std::move(detail)};
    } catch (const std::exception& failure) {
        return {std::move(name), false, failure.what()};
    }
}

std::string check_disk(const Settings& settings) {
    if (settings.data.empty()) {
        return {};
    }
    struct statvfs disk{};
    if (::statvfs(settings.data.c_str(), &disk) != 0) {
        return "cannot look at " + settings.data;
    }
    return disk.f_bavail >= disk.f_blocks / 20 ? "" : "less than 5 % of the disk is free";
}

/// A clock that lies before the build's own year makes every deadline wrong.
std::string check_clock() {
    constexpr std::int64_t kStartOf2026 = 1'767'225'600;
    constexpr std::int64_t kStartOf2100 = 4'102'444'800;
    const std::int64_t now = system_clock().now().value;
    return now > kStartOf2026 && now < kStartOf2100
               ? ""
               : "the clock shows " + iso_utc(system_clock().now());
}

std::string check_ledger(storage::Database& database) {
    std::string detail;
    for (const ledger::Breach& breach :
         database.read([](storage::Transaction& tx) { return ledger::check_invariants(tx); })) {
        detail +=
            (detail.empty() ? "" : "; ") + std::string(breach.law) + ": " + breach.explanation;
    }
    return detail;
}

std::string check_mass(storage::Database& database) {
    const auto wrong =
        database.read([](storage::Transaction& tx) { return supply::check_mass_balance(tx); });
    return wrong.empty() ? "" : std::to_string(wrong.size()) + " lots do not add up";
}

std::string check_places(storage::Database& database) {
    const bool there = database.read([](storage::Transaction& tx) {
        return registry::find_place(tx, registry::kBihar).has_value();
    });
    return there ? "" : "no places: haat import places --apply";
}

std::string check_channel(const Settings& settings) {
    return settings.whatsapp_base_url.empty() ? "no channel: whatsapp_base_url is not set" : "";
}

std::string check_vault(const Settings& settings) {
    if (settings.vault_key_file.empty()) {
        return {};
    }
    const auto key = vault::OuterKey::from_file(settings.vault_key_file);
    return key ? "" : text_of(key.error());
}

std::string check_schema(const Settings& settings) {
    const auto current = require_current_schema(settings);
    return current ? "" : text_of(current.error());
}

void examine_database(const Settings& settings, std::vector<Finding>& findings) {
    storage::OpenOptions options = open_options(settings);
    options.read_only = true;
    options.prepare_all = true;
    std::unique_ptr<storage::Database> database;
    findings.push_back(examine("statements", [&] {
        database = storage::Database::open(options);
        return std::string();
    }));
    if (!database) {
        return;
    }
    findings.push_back(examine("places", [&] { return check_places(*database); }));
    findings.push_back(examine("ledger", [&] { return check_ledger(*database); }));
    findings.push_back(examine("goods", [&] { return check_mass(*database); }));
}

void print_findings(const Arguments& arguments, const std::vector<Finding>& findings, bool all) {
    JsonWriter json;
    json.begin_object().field("ok", all).key("checks").begin_array();
    for (const Finding& finding : findings) {
        if (!arguments.json()) {
            print_line((finding.ok ? "ok    " : "WRONG ") + finding.name +
                       (finding.detail.empty() ? "" : ": " + finding.detail));
        }
        json.begin_object().field("name", finding.name).field("ok", finding.ok);
        json.field("detail", finding.detail).end_object();
    }
    json.end_array().end_object();
    if (arguments.json()) {
        print_line(json.text());
    }
}

/// Changes nothing.
Result<int> run(const Arguments& arguments) {
    const Settings settings = HAAT_TRY(read_settings(arguments));
    std::vector<Finding> findings;
    findings.push_back({"configuration", true, ""});
    findings.push_back(examine("disk", [&] { return check_disk(settings); }));
    findings.push_back(examine("clock", check_clock));
    findings.push_back(examine("channel", [&] { return check_channel(settings); }));
    findings.push_back(examine("vault_key", [&] { return check_vault(settings); }));
    findings.push_back(examine("lexicon", [] {
        const auto lexicon = shipped_lexicon();
        return lexicon ? std::string() : text_of(lexicon.error());
    }));
    findings.push_back(examine("schema", [&] { return check_schema(settings); }));
    if (findings.back().ok) {
        examine_database(settings, findings);
    }
    bool all = true;
    for (const Finding& finding : findings) {
        all = all && finding.ok;
    }
    print_findings(arguments, findings, all);
    return all ? kExitOk : kExitTrouble;
}

}  // namespace

constinit const Command kDoctor{
    "doctor",
    "Looks at everything and changes nothing; exit code 1 if something is wrong.",
    {},
    kOptions,
    run};

}  // namespace haat::app
