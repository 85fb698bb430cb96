#include "registry/places.hpp"

#include <array>
#include <cstdlib>
#include <map>

#include "base/text.hpp"
#include "place_rows.hpp"
#include "sql/places.hpp"
#include "sql/settings.hpp"

namespace haat::registry {
namespace {

constexpr std::int64_t kLastNumber = (std::int64_t{1} << 53) - 1;

PlaceMatch match(storage::Transaction& tx, std::string_view name, PlaceKind kind,
                 PlaceRange within) {
    PlaceMatch found;
    for (const sql::PlacesNamedRow& row : sql::places_named(tx, {.folded = fold_name(name),
                                                                 .kind = place_kind_name(kind),
                                                                 .first = within.first,
                                                                 .last = within.last})) {
        found.candidates.push_back(place_from(row));
    }
    if (found.candidates.size() == 1) {
        found.place = found.candidates.front();
    }
    return found;
}

/// The cosine of 0..90 degrees in millionths.
constexpr std::array<std::int64_t, 91> kCosine{
    1000000, 999848, 999391, 998630, 997564, 996195, 994522, 992546, 990268, 987688, 984808, 981627,
    978148,  974370, 970296, 965926, 961262, 956305, 951057, 945519, 939693, 933580, 927184, 920505,
    913545,  906308, 898794, 891007, 882948, 874620, 866025, 857167, 848048, 838671, 829038, 819152,
    809017,  798636, 788011, 777146, 766044, 754710, 743145, 731354, 719340, 707107, 694658, 681998,
    669131,  656059, 642788, 629320, 615661, 601815, 587785, 573576, 559193, 544639, 529919, 515038,
    500000,  484810, 469472, 453990, 438371, 422618, 406737, 390731, 374607, 358368, 342020, 325568,
    309017,  292372, 275637, 258819, 241922, 224951, 207912, 190809, 173648, 156434, 139173, 121869,
    104528,  87156,  69756,  52336,  34899,  17452,  0};

/// Millionths; linear between whole degrees, which is off by 0.004 % at most.
std::int64_t cosine(std::int64_t angle_micro) {
    const std::int64_t angle = std::llabs(angle_micro);
    if (angle >= 90'000'000) {
        return 0;
    }
    const auto degree = static_cast<std::size_t>(angle / 1'000'000);
    const std::int64_t rest = angle % 1'000'000;
    return kCosine.at(degree) - (kCosine.at(degree) - kCosine.at(degree + 1)) * rest / 1'000'000;
}

std::int64_t square_root(std::int64_t square) {
    if (square < 2) {
        return square;
    }
    std::int64_t root = 1;
    while (root <= square / root) {
        root *= 2;
    }
    for (std::int64_t next = (root + square / root) / 2; next < root;
         next = (root + square / root) / 2) {
        root = next;
    }
    return root;
}

}  // namespace

Result<Place> find_place(storage::Transaction& tx, PlaceId place_id) {
    const std::optional<sql::PlaceFindRow> row = sql::place_find(tx, {.place_id = place_id});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "registry.no_place");
    }
    return place_from(*row);
}

Result<Place> find_place(storage::Transaction& tx, PlaceKind kind, std::int64_t code) {
    return find_place(tx, place_id_of(kind, code));
}

std::vector<Place> place_path(storage::Transaction& tx, PlaceId place_id) {
    std::vector<Place> path;
    while (place_id) {
        Result<Place> place = find_place(tx, place_id);
        if (!place) {
            break;
        }
        place_id = place->parent_id;
        path.push_back(std::move(*place));
    }
    return path;
}

std::vector<Place> child_places(storage::Transaction& tx, PlaceId place_id) {
    std::vector<Place> children;
    for (const sql::PlaceChildrenRow& row :
         sql::place_children(tx, {.parent_place_id = place_id})) {
        children.push_back(place_from(row));
    }
    return children;
}

std::vector<Place> places_below(storage::Transaction& tx, PlaceId root, PlaceKind kind) {
    const PlaceRange range = place_range(tx, root);
    std::vector<Place> places;
    sql::places_in_range(
        tx, {.first = range.first, .last = range.last, .kind = place_kind_name(kind)},
        [&](const sql::PlacesInRangeRow& row) { places.push_back(place_from(row)); });
    return places;
}

PlaceRange place_range(storage::Transaction& tx, PlaceId place_id) {
    const Result<Place> place = find_place(tx, place_id);
    return place ? place->numbers : PlaceRange{1, 0};
}

PlaceMatch resolve_block(storage::Transaction& tx, std::string_view name, PlaceId district_id) {
    const PlaceRange within =
        district_id ? place_range(tx, district_id) : PlaceRange{0, kLastNumber};
    return match(tx, name, PlaceKind::kBlock, within);
}

PlaceMatch resolve_district(storage::Transaction& tx, std::string_view name) {
    return match(tx, name, PlaceKind::kDistrict, {0, kLastNumber});
}

PlaceMatch resolve_village(storage::Transaction& tx, std::string_view name, PlaceId block_id) {
    return match(tx, name, PlaceKind::kVillage, place_range(tx, block_id));
}

std::vector<Place> search_places(storage::Transaction& tx, std::string_view text, int limit) {
    const std::string folded = fold_name(text);
    std::vector<Place> places;
    if (folded.empty()) {
        return places;
    }
    const std::string folded_end = folded + "\xF4\x8F\xBF\xBF";  // the last code point
    for (const sql::PlacesLikeRow& row :
         sql::places_like(tx, {.folded = folded, .folded_end = folded_end, .max_rows = limit})) {
        places.push_back(place_from(row));
    }
    return places;
}

std::int64_t metres_between(std::int64_t lat_a_micro, std::int64_t lon_a_micro,
                            std::int64_t lat_b_micro, std::int64_t lon_b_micro) {
    // A microdegree of latitude is 111,195 micrometres. Tenths of a metre, so that squares fit.
    const std::int64_t north = (lat_a_micro - lat_b_micro) * 111'195 / 100'000;
    const std::int64_t east = (lon_a_micro - lon_b_micro) * 111'195 / 100'000 *
                              cosine((lat_a_micro + lat_b_micro) / 2) / 1'000'000;
    return (square_root(north * north + east * east) + 5) / 10;
}

std::optional<std::int64_t> metres_between(const Place& a, const Place& b) {
    if (!a.has_point || !b.has_point) {
        return std::nullopt;
    }
    return metres_between(a.lat_micro, a.lon_micro, b.lat_micro, b.lon_micro);
}

std::vector<PostOffice> post_offices_of(storage::Transaction& tx, std::int64_t pincode) {
    std::vector<PostOffice> offices;
    for (sql::PostOfficesOfPincodeRow& row :
         sql::post_offices_of_pincode(tx, {.pincode = pincode})) {
        offices.push_back({.pincode = row.pincode,
                           .name_en = std::move(row.name_en),
                           .office_type = std::move(row.office_type),
                           .district_id = row.district_place_id,
                           .block_id = row.block_place_id});
    }
    return offices;
}

std::string fold_name(std::string_view name) {
    std::string folded;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') {
            folded += static_cast<char>(c + ('a' - 'A'));
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                   static_cast<unsigned char>(c) >= 0x80) {
            folded += c;
        }
    }
    return folded;
}

Result<void> renumber_block(storage::Transaction& tx, const Place& block) {
    const std::vector<sql::PlacesOfBlockRow> rows =
        sql::places_of_block(tx, {.block_place_id = block.place_id});
    if (static_cast<std::int64_t>(rows.size()) >= kNumbersPerBlock) {
        return refuse(ErrorKind::kInvalid, "registry.block_full", {{"block", block.name_en}});
    }
    std::map<PlaceId, std::vector<const sql::PlacesOfBlockRow*>> by_parent;
    for (const sql::PlacesOfBlockRow& row : rows) {
        by_parent[row.parent_place_id].push_back(&row);
    }
    std::vector<sql::PlaceRenumberParams> changes;
    std::int64_t next = block.numbers.first + 1;
    const auto give = [&](const sql::PlacesOfBlockRow& row, std::int64_t first) {
        if (row.number_first != first || row.number_last != next - 1) {
            changes.push_back(
                {.number_first = first, .number_last = next - 1, .place_id = row.place_id});
        }
    };
    for (const sql::PlacesOfBlockRow* child : by_parent[block.place_id]) {
        const std::int64_t first = next++;
        for (const sql::PlacesOfBlockRow* village : by_parent[child->place_id]) {
            const std::int64_t number = next++;
            give(*village, number);
        }
        give(*child, first);
    }
    if (!changes.empty()) {
        sql::place_renumber(tx, changes);
        sql::counter_add(tx, {.count = 1, .name = "places"});  // audience indexes look at it
    }
    return {};
}

}  // namespace haat::registry
