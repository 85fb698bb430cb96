#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "base/csv.hpp"
#include "base/text.hpp"
#include "place_rows.hpp"
#include "registry/place_loader.hpp"
#include "registry/places.hpp"
#include "sql/places.hpp"

namespace haat::registry {
namespace {

/// Headings differ from download to download; these are compared folded (fold_name).
int find_column(const std::vector<std::string>& header,
                std::initializer_list<std::string_view> headings) {
    for (const std::string_view heading : headings) {
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (fold_name(header[i]) == heading) {
                return static_cast<int>(i);
            }
        }
    }
    return -1;
}

struct Columns {
    int block;
    int body;
    int body_name;
    int body_local;
    int village;
    int village_name;

    explicit Columns(const std::vector<std::string>& header)
        : block(find_column(header, {"blockcode", "developmentblockcode", "blocklgdcode"})),
          body(find_column(header, {"localbodycode", "villagepanchayatcode", "grampanchayatcode",
                                    "gpcode", "panchayatcode"})),
          body_name(find_column(header, {"localbodynameinenglish", "villagepanchayatnameinenglish",
                                         "grampanchayatnameinenglish", "localbodyname",
                                         "grampanchayatname", "gpname", "panchayatname"})),
          body_local(find_column(header, {"localbodynameinlocal", "villagepanchayatnameinlocal",
                                          "grampanchayatnameinlocal"})),
          village(find_column(header, {"villagecode", "villagelgdcode"})),
          village_name(find_column(header, {"villagenameinenglish", "villagename"})) {}

    [[nodiscard]] bool usable() const {
        return body >= 0 && body_name >= 0 && (block >= 0 || village >= 0);
    }
};

struct Line {
    std::int64_t line = 0;
    std::int64_t block_code = 0;    ///< 0: the village says it.
    std::int64_t village_code = 0;  ///< 0: none in this file.
    std::int64_t body_code = 0;
    std::string body_name;
    std::string body_local;
    std::string village_name;
};

/// What one step did; kept only when its transaction is.
struct Outcome {
    std::vector<LgdRefusal> refusals;
    std::vector<std::pair<std::int64_t, Line>> sorted;  ///< Block code and line.
    std::int64_t panchayats = 0;
    std::int64_t villages = 0;
};

}  // namespace

struct LgdImport::Parsed {
    std::vector<Line> waiting;  ///< Lines whose block is not looked up yet.
    std::map<std::int64_t, std::vector<Line>> blocks;
    Outcome total;
};

namespace {

constexpr std::size_t kLinesPerSlice = 2'000;

/// Lines of the village mapping get the block that their village lies in.
void sort_by_block(storage::Transaction& tx, std::span<const Line> lines, Outcome& outcome) {
    for (const Line& line : lines) {
        const Result<Place> village = find_place(tx, PlaceKind::kVillage, line.village_code);
        if (village) {
            outcome.sorted.emplace_back(village->block_id.value % 1'000'000'000, line);
        } else {
            outcome.refusals.push_back(
                {line.line, "registry.lgd_unknown_village", std::to_string(line.village_code)});
        }
    }
}

void apply_village(storage::Transaction& tx, const Place& block, const Line& line,
                   Outcome& outcome) {
    const PlaceId village_id = place_id_of(PlaceKind::kVillage, line.village_code);
    const PlaceId panchayat_id = place_id_of(PlaceKind::kPanchayat, line.body_code);
    const Result<Place> village = find_place(tx, village_id);
    if (village && village->block_id != block.place_id) {
        outcome.refusals.push_back(
            {line.line, "registry.lgd_other_block", std::to_string(line.village_code)});
        return;
    }
    if (!village && line.village_name.empty()) {
        outcome.refusals.push_back(
            {line.line, "registry.lgd_unknown_village", std::to_string(line.village_code)});
        return;
    }
    if (!village) {
        const sql::VillagePutParams params{
            .place_id = village_id,
            .code = line.village_code,
            .name_en = line.village_name,
            .name_hi = "",
            .parent_place_id = panchayat_id,
            .district_place_id = block.district_id,
            .block_place_id = block.place_id,
            .lat_micro = block.has_point ? std::optional(block.lat_micro) : std::nullopt,
            .lon_micro = block.has_point ? std::optional(block.lon_micro) : std::nullopt,
            .point_from =
                block.has_point ? std::optional<std::string_view>("parent") : std::nullopt,
            .number_first = block.numbers.first};
        sql::village_put(tx, std::span(&params, 1));
        put_names(
            tx,
            {{.place_id = village_id, .kind = PlaceKind::kVillage, .name_en = line.village_name}});
    }
    sql::place_move(tx, {.parent_place_id = panchayat_id, .place_id = village_id});
    ++outcome.villages;
}

void apply_block(storage::Transaction& tx, std::int64_t block_code, std::span<const Line> lines,
                 Outcome& outcome) {
    const Result<Place> block = find_place(tx, PlaceKind::kBlock, block_code);
    if (!block) {
        for (const Line& line : lines) {
            outcome.refusals.push_back(
                {line.line, "registry.lgd_unknown_block", std::to_string(block_code)});
        }
        return;
    }
    std::set<std::int64_t> seen;
    std::vector<Place> named;
    for (const Line& line : lines) {
        if (!seen.insert(line.body_code).second) {
            continue;
        }
        Place panchayat{.place_id = place_id_of(PlaceKind::kPanchayat, line.body_code),
                        .kind = PlaceKind::kPanchayat,
                        .code = line.body_code,
                        .name_en = line.body_name,
                        .name_hi = line.body_local,
                        .parent_id = block->place_id,
                        .district_id = block->district_id,
                        .block_id = block->place_id,
                        .numbers = {block->numbers.first, block->numbers.first}};
        put_place(tx, panchayat);
        named.push_back(std::move(panchayat));
    }
    put_names(tx, named);
    outcome.panchayats += static_cast<std::int64_t>(named.size());
    for (const Line& line : lines) {
        if (line.village_code != 0) {
            apply_village(tx, *block, line, outcome);
        }
    }
    if (!renumber_block(tx, *block)) {
        outcome.refusals.push_back({lines.front().line, "registry.block_full", block->name_en});
    }
}

}  // namespace

Result<LgdImport> LgdImport::create(std::istream& in) {
    std::unique_ptr<Parsed> parsed = std::make_unique<Parsed>();
    CsvReader reader(in);
    std::vector<std::string> header;
    if (reader.next(header) != CsvRead::kRecord || !Columns(header).usable()) {
        return refuse(ErrorKind::kInvalid, "registry.lgd_columns");
    }
    const Columns columns(header);
    std::vector<std::string> fields;
    const auto text = [&](int column) -> std::string {
        return column < 0 ? "" : std::string(trim(fields[static_cast<std::size_t>(column)]));
    };
    const auto code = [&](int column) -> std::int64_t {
        const std::optional<long long> value = parse_integer(text(column));
        return value && *value > 0 && *value < 1'000'000'000 ? *value : 0;
    };
    for (CsvRead read = reader.next(fields); read != CsvRead::kEnd; read = reader.next(fields)) {
        if (read == CsvRead::kUtf16) {
            return refuse(ErrorKind::kInvalid, "registry.csv_utf16");
        }
        if (read != CsvRead::kRecord || fields.size() != header.size() ||
            !std::ranges::all_of(fields, is_utf8)) {
            parsed->total.refusals.push_back({reader.line(), "registry.csv_bad_row", ""});
            continue;
        }
        Line line{.line = reader.line(),
                  .block_code = code(columns.block),
                  .village_code = code(columns.village),
                  .body_code = code(columns.body),
                  .body_name = text(columns.body_name),
                  .body_local = text(columns.body_local),
                  .village_name = text(columns.village_name)};
        if (line.body_code == 0 || line.body_name.empty() ||
            (line.block_code == 0 && line.village_code == 0)) {
            parsed->total.refusals.push_back(
                {line.line, "registry.lgd_bad_code", text(columns.body)});
        } else if (line.block_code != 0) {
            parsed->blocks[line.block_code].push_back(std::move(line));
        } else {
            parsed->waiting.push_back(std::move(line));
        }
    }
    return LgdImport(std::move(parsed));
}

LgdImport::LgdImport(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
LgdImport::LgdImport(LgdImport&&) noexcept = default;
LgdImport& LgdImport::operator=(LgdImport&&) noexcept = default;
LgdImport::~LgdImport() = default;

bool LgdImport::step(storage::Transaction& tx) {
    Parsed& parsed = *parsed_;
    std::unique_ptr<Outcome> outcome = std::make_unique<Outcome>();
    if (parsed.waiting.empty() && parsed.blocks.empty()) {
        return false;
    }
    const std::size_t lines = std::min(parsed.waiting.size(), kLinesPerSlice);
    if (lines != 0) {
        sort_by_block(tx, std::span(parsed.waiting).last(lines), *outcome);
    } else {
        const auto& [code, first] = *parsed.blocks.begin();
        apply_block(tx, code, first, *outcome);
    }
    // Only a commit moves on: the same step may run twice after a conflict.
    tx.after_commit([&parsed, lines, done = std::move(outcome)] {
        if (lines == 0) {
            parsed.blocks.erase(parsed.blocks.begin());
        }
        parsed.waiting.resize(parsed.waiting.size() - lines);
        for (auto& [code, line] : done->sorted) {
            parsed.blocks[code].push_back(std::move(line));
        }
        std::ranges::move(done->refusals, std::back_inserter(parsed.total.refusals));
        parsed.total.panchayats += done->panchayats;
        parsed.total.villages += done->villages;
    });
    return true;
}

std::int64_t LgdImport::panchayats() const { return parsed_->total.panchayats; }
std::int64_t LgdImport::villages() const { return parsed_->total.villages; }
const std::vector<LgdRefusal>& LgdImport::refusals() const { return parsed_->total.refusals; }

}  // namespace haat::registry
