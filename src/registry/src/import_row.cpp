#include "import_row.hpp"

#include <algorithm>

#include "base/phone.hpp"
#include "base/text.hpp"

namespace haat::registry {
namespace {

constexpr std::size_t kShownCodePoints = 60;
constexpr std::size_t kMaxCachedPlaces = 100'000;

std::vector<std::string_view> split(std::string_view list) {
    std::vector<std::string_view> parts;
    while (!list.empty()) {
        const std::size_t end = list.find(';');
        const std::string_view part = trim(list.substr(0, end));
        if (!part.empty()) {
            parts.push_back(part);
        }
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    return parts;
}

/// Yes or no as people write it; none for anything else. Blank is no.
std::optional<bool> yes_or_no(std::string_view text) {
    if (text.empty() || text == "no") {
        return false;
    }
    if (text == "yes") {
        return true;
    }
    const std::string folded = fold_name(text);
    constexpr std::array<std::string_view, 5> kYes{"yes", "y", "1", "हाँ", "हां"};
    constexpr std::array<std::string_view, 6> kNo{"", "no", "n", "0", "नहीं", "नही"};
    if (std::ranges::find(kYes, folded) != kYes.end()) {
        return true;
    }
    if (std::ranges::find(kNo, folded) != kNo.end()) {
        return false;
    }
    return std::nullopt;
}

}  // namespace

std::string_view RowReader::text(const ImportRecord& record, Column column) const {
    const int position = positions_.at(static_cast<std::size_t>(column));
    return position < 0 ? std::string_view()
                        : trim(record.fields.at(static_cast<std::size_t>(position)));
}

RowReader::Refused RowReader::refused(const ImportRecord& record, Column column,
                                      std::string_view code) const {
    return Refused(ImportRefusal{.line = record.line,
                                 .field = std::string(column_name(column)),
                                 .code = std::string(code),
                                 .value = std::string(first_code_points(
                                     to_utf8_lossy(text(record, column)), kShownCodePoints))});
}

RowReader::Located RowReader::look_up(storage::Transaction& tx, const ImportRecord& record) const {
    const std::string_view code = text(record, Column::kVillageCode);
    if (!code.empty()) {
        const std::optional<long long> number = parse_integer(code);
        Result<Place> place = number && *number > 0 && *number < 1'000'000'000
                                  ? find_place(tx, PlaceKind::kVillage, *number)
                                  : refuse(ErrorKind::kNotFound, "");
        if (!place) {
            return {{}, {}, Column::kVillageCode, "registry.unknown_village_code"};
        }
        return {place->place_id, place->block_id, Column::kVillageCode, ""};
    }
    PlaceId district_id;
    if (const std::string_view name = text(record, Column::kDistrict); !name.empty()) {
        const PlaceMatch district = resolve_district(tx, name);
        if (!district.place) {
            return {{}, {}, Column::kDistrict, "registry.unknown_district"};
        }
        district_id = district.place->place_id;
    }
    const std::string_view block_name = text(record, Column::kBlock);
    if (block_name.empty()) {
        return {{}, {}, Column::kVillageCode, "registry.no_village"};
    }
    const PlaceMatch block = resolve_block(tx, block_name, district_id);
    if (!block.place) {
        return {{},
                {},
                Column::kBlock,
                block.candidates.empty() ? "registry.unknown_block" : "registry.ambiguous_block"};
    }
    const std::string_view village_name = text(record, Column::kVillage);
    if (village_name.empty()) {
        return {block.place->place_id, block.place->block_id, Column::kBlock, ""};
    }
    const PlaceMatch village = resolve_village(tx, village_name, block.place->place_id);
    if (!village.place) {
        return {
            {},
            {},
            Column::kVillage,
            village.candidates.empty() ? "registry.unknown_village" : "registry.ambiguous_village"};
    }
    return {village.place->place_id, village.place->block_id, Column::kVillage, ""};
}

const RowReader::Located& RowReader::locate(storage::Transaction& tx, const ImportRecord& record) {
    std::string key;
    for (const Column column :
         {Column::kVillageCode, Column::kVillage, Column::kBlock, Column::kDistrict}) {
        key += text(record, column);
        key += '\n';
    }
    if (key == place_key_) {
        return last_;
    }
    const auto found = places_.find(key);
    last_ = found != places_.end() ? found->second : look_up(tx, record);
    if (found == places_.end() && places_.size() < kMaxCachedPlaces) {
        places_.emplace(key, last_);
    }
    place_key_ = std::move(key);
    return last_;
}

std::optional<ImportRefusal> RowReader::read_consent(const ImportRecord& record,
                                                     ImportRow& row) const {
    const std::string_view text_version = text(record, Column::kConsentTextVersion);
    const std::string_view evidence = text(record, Column::kConsentEvidence);
    if (text_version.empty() && evidence.empty()) {
        return std::nullopt;
    }
    if (text_version.empty() || text_version.size() > 40) {
        return refused(record, Column::kConsentTextVersion, "registry.bad_consent").error();
    }
    if (evidence.empty() || evidence.size() > 200) {
        return refused(record, Column::kConsentEvidence, "registry.bad_consent").error();
    }
    PurposeMask purposes = kNoPurpose;
    for (const std::string_view name : split(text(record, Column::kConsentPurposes))) {
        const std::optional<MessagePurpose> purpose = message_purpose_from_name(name);
        if (!purpose) {
            return refused(record, Column::kConsentPurposes, "registry.bad_purpose").error();
        }
        purposes = purposes | only(*purpose);
    }
    row.consent = {.purposes = purposes == kNoPurpose ? kAllPurposes : purposes,
                   .channel = row.whatsapp ? Channel::kWhatsapp : Channel::kSms,
                   .text_version = std::string(text_version),
                   .evidence = std::string(evidence)};
    return std::nullopt;
}

std::optional<ImportRefusal> RowReader::read_details(const ImportRecord& record,
                                                     ImportRow& row) const {
    if (const std::string_view kind = text(record, Column::kKind); !kind.empty()) {
        const std::optional<PersonKind> known = person_kind_from_name(kind);
        if (!known) {
            return refused(record, Column::kKind, "registry.bad_kind").error();
        }
        row.kind = *known;
    }
    if (const std::string_view language = text(record, Column::kLanguage); !language.empty()) {
        if (!is_language(language)) {
            return refused(record, Column::kLanguage, "registry.bad_language").error();
        }
        row.language = language_number(language);
    }
    const std::optional<bool> whatsapp = yes_or_no(text(record, Column::kWhatsapp));
    if (!whatsapp) {
        return refused(record, Column::kWhatsapp, "registry.bad_yes_no").error();
    }
    row.whatsapp = *whatsapp;
    for (const std::string_view key : split(text(record, Column::kProducts))) {
        const std::optional<ProductId> product_id = products_(key);
        if (!product_id) {
            return refused(record, Column::kProducts, "registry.unknown_product").error();
        }
        row.products.push_back(*product_id);
    }
    std::ranges::sort(row.products);
    row.products.erase(std::ranges::unique(row.products).begin(), row.products.end());
    for (const auto& [column, group] :
         {std::pair(Column::kShg, &row.shg), std::pair(Column::kVo, &row.vo),
          std::pair(Column::kClf, &row.clf)}) {
        *group = text(record, column);
        if (!group->empty() && (fold_name(*group).empty() || count_code_points(*group) > 100)) {
            return refused(record, column, "registry.bad_name").error();
        }
    }
    return read_consent(record, row);
}

std::expected<ImportRow, ImportRefusal> RowReader::read(storage::Transaction& tx,
                                                        const ImportRecord& record) {
    if (record.broken || record.fields.size() != width_) {
        return Refused(ImportRefusal{.line = record.line,
                                     .field = "",
                                     .code = "registry.csv_bad_row",
                                     .value = std::to_string(record.fields.size())});
    }
    for (std::size_t i = 0; i < kImportColumns.size(); ++i) {
        const auto column = static_cast<Column>(i);
        if (!is_utf8(text(record, column))) {
            return refused(record, column, "registry.csv_not_utf8_field");
        }
    }
    ImportRow row{.line = record.line,
                  .name = std::string(text(record, Column::kName)),
                  .name_latin = std::string(text(record, Column::kNameLatin))};
    if (row.name.empty() || count_code_points(row.name) > 100) {
        return refused(record, Column::kName, "registry.bad_name");
    }
    if (count_code_points(row.name_latin) > 100) {
        return refused(record, Column::kNameLatin, "registry.bad_name");
    }
    if (const std::string_view phone = text(record, Column::kPhone); !phone.empty()) {
        const std::optional<std::string> normal = normalise_phone(phone);
        if (!normal) {
            return refused(record, Column::kPhone, "registry.bad_phone");
        }
        row.phone = *normal;
    }
    const Located& located = locate(tx, record);
    if (!located.place_id) {
        return refused(record, located.column, located.code);
    }
    row.place_id = located.place_id;
    row.block_id = located.block_id;
    if (std::optional<ImportRefusal> wrong = read_details(record, row)) {
        return Refused(std::move(*wrong));
    }
    return row;
}

}  // namespace haat::registry
