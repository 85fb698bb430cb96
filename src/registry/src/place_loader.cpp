#include "registry/place_loader.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/assert.hpp"
#include "base/csv_table.hpp"
#include "base/text.hpp"
#include "place_rows.hpp"
#include "registry/places.hpp"
#include "sql/places.hpp"
#include "sql/settings.hpp"

namespace haat::registry {
namespace {

constexpr std::size_t kPostOfficesPerSlice = 500;
constexpr std::size_t kVillagesPerSlice = 200;
constexpr std::string_view kFingerprintSetting = "place_files";

std::string sha256(std::initializer_list<std::string_view> texts) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    HAAT_ASSERT(context != nullptr);
    EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
    for (const std::string_view text : texts) {
        EVP_DigestUpdate(context, text.data(), text.size());
        EVP_DigestUpdate(context, "|", 1);
    }
    EVP_DigestFinal_ex(context, digest.data(), &size);
    EVP_MD_CTX_free(context);
    return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

/// "26.1417" as 26,141,700; none for blank or other text. No floating point.
std::optional<std::int64_t> microdegrees(std::string_view text) {
    const std::size_t dot = text.find('.');
    const std::string_view whole = text.substr(0, dot);
    std::string digits(dot == std::string_view::npos ? "" : text.substr(dot + 1));
    if (whole.empty() || whole.front() == '-' || digits.size() > 6) {
        return std::nullopt;
    }
    digits.resize(6, '0');
    const std::optional<long long> degrees = parse_integer(whole);
    const std::optional<long long> micro = parse_integer(digits);
    if (!degrees || !micro || *degrees > 180) {
        return std::nullopt;
    }
    return *degrees * 1'000'000 + *micro;
}

constexpr std::string_view kBadFile = "registry.bad_place_file";

struct Village {
    std::int64_t code = 0;
    std::string name;
    std::optional<std::int64_t> lat;
    std::optional<std::int64_t> lon;
};

struct Post {
    std::int64_t pincode = 0;
    std::string name;
    std::string type;
    PlaceId district_id;
    std::optional<PlaceId> block_id;
    std::optional<std::int64_t> lat;
    std::optional<std::int64_t> lon;
};

void set_point(Place& place, std::string_view lat, std::string_view lon) {
    const std::optional<std::int64_t> north = microdegrees(lat);
    const std::optional<std::int64_t> east = microdegrees(lon);
    if (north && east) {
        place.lat_micro = *north;
        place.lon_micro = *east;
        place.has_point = place.has_own_point = true;
    }
}

}  // namespace

struct PlaceLoader::Parsed {
    std::string fingerprint;
    std::vector<Place> upper;  ///< State, divisions, districts.
    std::vector<Place> blocks;
    std::map<PlaceId, std::vector<Village>> villages;  ///< By block.
    std::vector<Post> posts;
    std::set<PlaceId> known;                                        ///< Districts and blocks.
    std::vector<std::pair<std::size_t, std::size_t>> block_slices;  ///< Block, its first village.
    PlaceCounts counts;
    std::size_t slice = 0;

    [[nodiscard]] std::size_t post_slices() const {
        return (posts.size() + kPostOfficesPerSlice - 1) / kPostOfficesPerSlice;
    }
    [[nodiscard]] std::size_t slices() const { return 2 + block_slices.size() + post_slices(); }

    [[nodiscard]] Result<void> read_districts(const std::string& text);
    [[nodiscard]] Result<void> read_blocks(const std::string& text);
    [[nodiscard]] Result<void> read_villages(const std::string& text);
    [[nodiscard]] Result<void> read_posts(const std::string& text);
    void cut_block_slices();
    void put_block(storage::Transaction& tx, const Place& block, std::size_t from) const;
    void put_posts(storage::Transaction& tx, std::size_t first) const;
};

Result<void> PlaceLoader::Parsed::read_districts(const std::string& text) {
    CsvTable table("bihar_districts.csv", text, kBadFile);
    HAAT_TRY(table.open({"lgd_code", "name_en", "name_hi", "aliases", "division_en", "division_hi",
                         "hq_lat", "hq_lon"}));
    Place state{.place_id = kBihar,
                .kind = PlaceKind::kState,
                .code = 10,
                .name_en = "Bihar",
                .name_hi = "बिहार"};
    state.numbers = {0, (std::int64_t{1} << 48) - 1};
    std::map<std::string, Place> divisions;
    std::vector<Place> districts;
    while (HAAT_TRY(table.next())) {
        const std::int64_t code = HAAT_TRY(table.number("lgd_code"));
        if (code > kMaxDistrictCode || table.text("division_en").empty()) {
            return table.refusal();
        }
        Place& division = divisions[table.text("division_en")];
        division.name_en = table.text("division_en");
        division.name_hi = table.text("division_hi");
        Place district{.place_id = place_id_of(PlaceKind::kDistrict, code),
                       .kind = PlaceKind::kDistrict,
                       .code = code,
                       .name_en = table.text("name_en"),
                       .name_hi = table.text("name_hi"),
                       .aliases = table.text("aliases")};
        district.district_id = district.place_id;
        set_point(district, table.text("hq_lat"), table.text("hq_lon"));
        districts.push_back(std::move(district));
        division.aliases += (division.aliases.empty() ? "" : ";") + std::to_string(code);
    }
    upper.push_back(std::move(state));
    std::map<std::int64_t, PlaceId> division_of;
    std::int64_t code = 0;
    for (auto& [name, division] : divisions) {
        division.kind = PlaceKind::kDivision;
        division.code = ++code;
        division.place_id = place_id_of(PlaceKind::kDivision, code);
        division.parent_id = kBihar;
        division.numbers = {code << kDivisionShift, ((code + 1) << kDivisionShift) - 1};
        std::istringstream members(std::exchange(division.aliases, ""));
        for (std::string member; std::getline(members, member, ';');) {
            division_of[parse_integer(member).value_or(0)] = division.place_id;
        }
        upper.push_back(division);
    }
    for (Place& district : districts) {
        district.parent_id = division_of.at(district.code);
        const std::int64_t division_code = district.parent_id.value % 1'000'000'000;
        const std::int64_t first =
            (division_code << kDivisionShift) + (district.code << kDistrictShift);
        district.numbers = {first, first + (std::int64_t{1} << kDistrictShift) - 1};
        known.insert(district.place_id);
        upper.push_back(std::move(district));
    }
    counts.divisions = static_cast<std::int64_t>(divisions.size());
    counts.districts = static_cast<std::int64_t>(districts.size());
    return {};
}

Result<void> PlaceLoader::Parsed::read_blocks(const std::string& text) {
    CsvTable table("bihar_blocks.csv", text, kBadFile);
    HAAT_TRY(table.open({"lgd_block_code", "name_en", "name_hi", "district_lgd", "name_lgd",
                         "aliases", "lat", "lon"}));
    while (HAAT_TRY(table.next())) {
        const std::int64_t code = HAAT_TRY(table.number("lgd_block_code"));
        const PlaceId district_id =
            place_id_of(PlaceKind::kDistrict, HAAT_TRY(table.number("district_lgd")));
        const auto district = std::ranges::find(upper, district_id, &Place::place_id);
        if (district == upper.end() || code > kMaxBlockCode) {
            return table.refusal();
        }
        Place block{.place_id = place_id_of(PlaceKind::kBlock, code),
                    .kind = PlaceKind::kBlock,
                    .code = code,
                    .name_en = table.text("name_en"),
                    .name_hi = table.text("name_hi"),
                    .aliases = table.text("aliases"),
                    .parent_id = district_id,
                    .district_id = district_id};
        block.block_id = block.place_id;
        if (fold_name(table.text("name_lgd")) != fold_name(block.name_en)) {
            block.aliases += (block.aliases.empty() ? "" : ";") + table.text("name_lgd");
        }
        set_point(block, table.text("lat"), table.text("lon"));
        const std::int64_t first = district->numbers.first + (code << kBlockShift);
        block.numbers = {first, first + kNumbersPerBlock - 1};
        known.insert(block.place_id);
        blocks.push_back(std::move(block));
    }
    counts.blocks = static_cast<std::int64_t>(blocks.size());
    return {};
}

Result<void> PlaceLoader::Parsed::read_villages(const std::string& text) {
    CsvTable table("bihar_villages.csv", text, kBadFile);
    HAAT_TRY(table.open({"village_code_2011", "name_en", "block_lgd", "lat_guess", "lon_guess"}));
    std::set<std::int64_t> seen;
    while (HAAT_TRY(table.next())) {
        const std::int64_t code = HAAT_TRY(table.number("village_code_2011"));
        const PlaceId block_id =
            place_id_of(PlaceKind::kBlock, HAAT_TRY(table.number("block_lgd")));
        if (!known.contains(block_id)) {
            return table.refusal();
        }
        if (!seen.insert(code).second) {
            continue;  // one code stands twice in the source; data/places/README.md
        }
        villages[block_id].push_back({.code = code,
                                      .name = table.text("name_en"),
                                      .lat = microdegrees(table.text("lat_guess")),
                                      .lon = microdegrees(table.text("lon_guess"))});
    }
    counts.villages = static_cast<std::int64_t>(seen.size());
    return {};
}

Result<void> PlaceLoader::Parsed::read_posts(const std::string& text) {
    CsvTable table("bihar_post_offices.csv", text, kBadFile);
    HAAT_TRY(table.open(
        {"pincode", "name_en", "office_type", "district_lgd", "block_lgd_by_point", "lat", "lon"}));
    while (HAAT_TRY(table.next())) {
        Post post{.pincode = HAAT_TRY(table.number("pincode")),
                  .name = table.text("name_en"),
                  .type = table.text("office_type"),
                  .district_id =
                      place_id_of(PlaceKind::kDistrict, HAAT_TRY(table.number("district_lgd"))),
                  .lat = microdegrees(table.text("lat")),
                  .lon = microdegrees(table.text("lon"))};
        if (!table.text("block_lgd_by_point").empty()) {
            post.block_id =
                place_id_of(PlaceKind::kBlock, HAAT_TRY(table.number("block_lgd_by_point")));
        }
        if (!known.contains(post.district_id) ||
            (post.block_id && !known.contains(*post.block_id))) {
            return table.refusal();
        }
        posts.push_back(std::move(post));
    }
    counts.post_offices = static_cast<std::int64_t>(posts.size());
    return {};
}

void PlaceLoader::Parsed::cut_block_slices() {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
        const std::size_t count = villages[blocks[i].place_id].size();
        for (std::size_t from = 0; from == 0 || from < count; from += kVillagesPerSlice) {
            block_slices.emplace_back(i, from);
        }
    }
}

/// Writes a block and up to kVillagesPerSlice of its villages, counted from `from`.
void PlaceLoader::Parsed::put_block(storage::Transaction& tx, const Place& block,
                                    std::size_t from) const {
    put_place(tx, block);
    std::vector<Place> named{block};
    std::vector<sql::VillagePutParams> batch;
    const std::vector<Village>& all = villages.at(block.place_id);
    for (std::size_t i = from; i < std::min(from + kVillagesPerSlice, all.size()); ++i) {
        const Village& village = all[i];
        Place place{.place_id = place_id_of(PlaceKind::kVillage, village.code),
                    .kind = PlaceKind::kVillage,
                    .name_en = village.name,
                    .has_own_point = village.lat.has_value() && village.lon.has_value()};
        const auto point = [&](const std::optional<std::int64_t>& own, std::int64_t inherited) {
            return place.has_own_point ? own
                   : block.has_point   ? std::optional(inherited)
                                       : std::nullopt;
        };
        batch.push_back({.place_id = place.place_id,
                         .code = village.code,
                         .name_en = village.name,
                         .name_hi = "",
                         .parent_place_id = block.place_id,
                         .district_place_id = block.district_id,
                         .block_place_id = block.place_id,
                         .lat_micro = point(village.lat, block.lat_micro),
                         .lon_micro = point(village.lon, block.lon_micro),
                         .point_from = place.has_own_point ? std::optional<std::string_view>("own")
                                       : block.has_point ? std::optional<std::string_view>("parent")
                                                         : std::nullopt,
                         .number_first = block.numbers.first + 1 + static_cast<std::int64_t>(i)});
        named.push_back(std::move(place));
    }
    if (!batch.empty()) {
        sql::village_put(tx, batch);
    }
    put_names(tx, named);
    if (from + kVillagesPerSlice >= all.size()) {
        HAAT_ASSERT(renumber_block(tx, block).has_value());
    }
}

void PlaceLoader::Parsed::put_posts(storage::Transaction& tx, std::size_t first) const {
    std::vector<sql::PostOfficePutParams> batch;
    for (std::size_t i = first; i < std::min(first + kPostOfficesPerSlice, posts.size()); ++i) {
        const Post& post = posts[i];
        batch.push_back({.pincode = post.pincode,
                         .name_en = post.name,
                         .office_type = post.type,
                         .district_place_id = post.district_id,
                         .block_place_id = post.block_id,
                         .lat_micro = post.lat,
                         .lon_micro = post.lon});
    }
    sql::post_office_put(tx, batch);
}

Result<PlaceFiles> read_place_files(const std::string& folder) {
    PlaceFiles files;
    const std::array<std::pair<const char*, std::string*>, 4> wanted{
        {{"bihar_districts.csv", &files.districts_csv},
         {"bihar_blocks.csv", &files.blocks_csv},
         {"bihar_villages.csv", &files.villages_csv},
         {"bihar_post_offices.csv", &files.post_offices_csv}}};
    for (const auto& [name, text] : wanted) {
        std::ifstream in(folder + "/" + name, std::ios::binary);
        if (!in) {
            return refuse(ErrorKind::kNotFound, "registry.no_place_file",
                          {{"file", folder + "/" + name}});
        }
        std::ostringstream content;
        content << in.rdbuf();
        *text = std::move(content).str();
    }
    return files;
}

PlaceLoader::PlaceLoader(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
PlaceLoader::PlaceLoader(PlaceLoader&&) noexcept = default;
PlaceLoader& PlaceLoader::operator=(PlaceLoader&&) noexcept = default;
PlaceLoader::~PlaceLoader() = default;

Result<PlaceLoader> PlaceLoader::create(const PlaceFiles& files) {
    std::unique_ptr<Parsed> parsed = std::make_unique<Parsed>();
    HAAT_TRY(parsed->read_districts(files.districts_csv));
    HAAT_TRY(parsed->read_blocks(files.blocks_csv));
    HAAT_TRY(parsed->read_villages(files.villages_csv));
    HAAT_TRY(parsed->read_posts(files.post_offices_csv));
    parsed->cut_block_slices();
    parsed->fingerprint =
        sha256({files.districts_csv, files.blocks_csv, files.villages_csv, files.post_offices_csv});
    return PlaceLoader(std::move(parsed));
}

bool PlaceLoader::is_loaded(storage::Transaction& tx) const {
    const auto setting = sql::setting_find(tx, {.name = kFingerprintSetting});
    return setting && setting->value == parsed_->fingerprint;
}

bool PlaceLoader::step(storage::Transaction& tx) {
    Parsed& parsed = *parsed_;
    const std::size_t slice = parsed.slice;
    const std::size_t first_post = 1 + parsed.block_slices.size();
    if (slice == 0) {
        for (const Place& place : parsed.upper) {
            put_place(tx, place);
        }
        put_names(tx, parsed.upper);
    } else if (slice < first_post) {
        const auto [block, from] = parsed.block_slices[slice - 1];
        parsed.put_block(tx, parsed.blocks[block], from);
    } else if (slice < first_post + parsed.post_slices()) {
        parsed.put_posts(tx, (slice - first_post) * kPostOfficesPerSlice);
    } else {
        sql::setting_put(tx, {.name = kFingerprintSetting, .value = parsed.fingerprint});
        tx.after_commit([&parsed, slice] { parsed.slice = slice + 1; });
        return false;
    }
    // Only a commit moves on: the same step may run twice after a conflict.
    tx.after_commit([&parsed, slice] { parsed.slice = slice + 1; });
    return true;
}

const PlaceCounts& PlaceLoader::counts() const { return parsed_->counts; }

std::pair<std::int64_t, std::int64_t> PlaceLoader::progress() const {
    return {static_cast<std::int64_t>(parsed_->slice),
            static_cast<std::int64_t>(parsed_->slices())};
}

}  // namespace haat::registry
