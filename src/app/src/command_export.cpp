#include <array>
#include <cstdio>

#include "base/text.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "gateways/books.hpp"
#include "output.hpp"
#include "schema_check.hpp"
#include "settings.hpp"

namespace haat::app {
namespace {

constexpr std::array kWords{
    Word{"what", "books", "What to write: the ledger's entries."},
};
constexpr std::array kOptions{
    Option{"--data", "DIR", "Directory of the SQLite database."},
    Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
    Option{"--schema", "NAME", "Schema in PostgreSQL; haat if not given."},
    Option{"--config", "FILE", "File with settings (packaging/haat.conf explains them)."},
    Option{"--format", "NAME", "hledger or beancount."},
    Option{"--from", "DAY", "First day, as 2026-04-01; all if not given."},
    Option{"--to", "DAY", "Last day; today if not given."},
};

/// "2026-04-01"; none if it is not a day of the calendar.
std::optional<Date> date_from(const std::string& text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return std::nullopt;
    }
    const auto year = parse_integer(text.substr(0, 4));
    const auto month = parse_integer(text.substr(5, 2));
    const auto day = parse_integer(text.substr(8, 2));
    if (!year || !month || !day || *year < 2000 || *year > 2100 || *month < 1 || *month > 12 ||
        *day < 1 || *day > 31) {
        return std::nullopt;
    }
    const Date date{static_cast<int>(*year), static_cast<int>(*month), static_cast<int>(*day)};
    return date_in_india(start_of_day_in_india(date)) == date ? std::optional(date) : std::nullopt;
}

Result<Date> day_of(const Arguments& arguments, std::string_view flag, Date otherwise) {
    if (!arguments.has(flag)) {
        return otherwise;
    }
    if (const auto date = date_from(arguments.value(flag))) {
        return *date;
    }
    return refuse(ErrorKind::kInvalid, "app.bad_day",
                  {{"flag", std::string(flag)}, {"value", arguments.value(flag)}});
}

/// The books go to standard output, so that they can be piped into the program that judges them.
Result<int> run(const Arguments& arguments) {
    const Settings settings = HAAT_TRY(read_settings(arguments));
    const std::string format = arguments.value("--format");
    if (format != "hledger" && format != "beancount") {
        return refuse(ErrorKind::kInvalid, "app.bad_format", {{"value", format}});
    }
    const Date from = HAAT_TRY(day_of(arguments, "--from", Date{2000, 1, 1}));
    const Date to = HAAT_TRY(day_of(arguments, "--to", date_in_india(system_clock().now())));
    HAAT_TRY(require_current_schema(settings));
    storage::OpenOptions options = open_options(settings);
    options.read_only = true;
    const auto database = storage::Database::open(options);
    HAAT_TRY(database->read([&](storage::Transaction& tx) {
        return gateways::export_books(tx,
                                      format == "hledger" ? gateways::BooksFormat::kHledger
                                                          : gateways::BooksFormat::kBeancount,
                                      from, to, [](std::string_view piece) {
                                          std::fwrite(piece.data(), 1, piece.size(), stdout);
                                      });
    }));
    return std::fflush(stdout) == 0 ? kExitOk : kExitFailure;
}

}  // namespace

constinit const Command kExport{
    "export", "The books, for hledger or beancount, to standard output.", kWords, kOptions, run};

}  // namespace haat::app
