#include "import_prices.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "base/csv.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "catalogue/products.hpp"
#include "exit_codes.hpp"
#include "market/prices.hpp"
#include "output.hpp"

namespace haat::app {
namespace {

constexpr std::size_t kFields = 4;
constexpr std::size_t kSourceMost = 60;
constexpr std::size_t kRowsOfOneWrite = 500;

std::optional<Date> date_of(const std::string& text) {
    Date date;
    char rest = 0;
    if (std::sscanf(text.c_str(), "%4d-%2d-%2d%c", &date.year, &date.month, &date.day, &rest) !=
            3 ||
        date.year < 2000 || date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) {
        return std::nullopt;
    }
    return date;
}

/// "1134.39" rupees.
std::optional<Paise> rupees_of(const std::string& text) {
    const std::size_t dot = text.find('.');
    std::string paise = dot == std::string::npos ? std::string() : text.substr(dot + 1);
    if (paise.size() > 2) {
        return std::nullopt;
    }
    paise.resize(2, '0');
    const auto number = parse_integer(text.substr(0, dot) + paise);
    return number && *number > 0 ? std::optional(Paise{*number}) : std::nullopt;
}

std::optional<market::MandiPrice> price_of(storage::Transaction& tx,
                                           const std::vector<std::string>& fields) {
    if (fields.size() != kFields || !is_utf8(fields[3]) || trim(fields[3]).empty() ||
        fields[3].size() > kSourceMost) {
        return std::nullopt;
    }
    const auto date = date_of(fields[0]);
    const auto product = catalogue::find_product(tx, fields[1]);
    const auto price = rupees_of(fields[2]);
    if (!date || !product || !price) {
        return std::nullopt;
    }
    return market::MandiPrice{.product_id = product->product_id,
                              .priced_at = start_of_day_in_india(*date),
                              .source = fields[3],
                              .price_per_unit = *price,
                              .unit = "quintal"};
}

}  // namespace

Result<int> import_mandi_prices(const Arguments& arguments, storage::Database& database,
                                std::istream& in) {
    CsvReader reader(in);
    std::vector<std::vector<std::string>> records;
    std::vector<std::string> fields;
    CsvRead read = reader.next(fields);  // the header
    while ((read = reader.next(fields)) == CsvRead::kRecord) {
        records.push_back(fields);
    }
    std::vector<market::MandiPrice> prices;
    const bool is_whole = database.read([&](storage::Transaction& tx) {
        prices.clear();
        for (const std::vector<std::string>& record : records) {
            const auto price = price_of(tx, record);
            if (!price) {
                return false;
            }
            prices.push_back(*price);
        }
        return true;
    });
    if (read != CsvRead::kEnd || !is_whole) {
        return refuse(ErrorKind::kInvalid, "app.bad_prices",
                      {{"line", std::to_string(is_whole ? static_cast<std::size_t>(reader.line())
                                                        : prices.size() + 2)}});
    }
    std::int64_t added = 0;
    for (std::size_t at = 0; arguments.has("--apply") && at < prices.size();
         at += kRowsOfOneWrite) {
        const auto some =
            std::span(prices).subspan(at, std::min(kRowsOfOneWrite, prices.size() - at));
        added += database.write([&](storage::Transaction& tx) {
            return market::add_mandi_prices(tx, some, system_clock().now());
        });
    }
    JsonWriter json;
    json.begin_object().field("applied", arguments.has("--apply"));
    json.field("records", prices.size()).field("added", added).end_object();
    if (arguments.json()) {
        print_line(json.take());
    } else {
        print_text(arguments.has("--apply") ? "app.prices_done" : "app.prices_plan",
                   {{"records", std::to_string(prices.size())}, {"added", std::to_string(added)}});
    }
    return kExitOk;
}

}  // namespace haat::app
