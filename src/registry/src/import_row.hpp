/// @file From a record of the people file to what it says, or to why it cannot be taken.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "people_store.hpp"
#include "registry/import.hpp"
#include "registry/places.hpp"

namespace haat::registry {

/// The columns, in the order of kImportColumns.
enum class Column : std::size_t {
    kName,
    kNameLatin,
    kKind,
    kPhone,
    kVillageCode,
    kVillage,
    kBlock,
    kDistrict,
    kLanguage,
    kShg,
    kVo,
    kClf,
    kProducts,
    kWhatsapp,
    kConsentPurposes,
    kConsentTextVersion,
    kConsentEvidence,
};

inline constexpr std::array<std::string_view, 17> kImportColumns{"name",
                                                                 "name_latin",
                                                                 "kind",
                                                                 "phone",
                                                                 "village_code",
                                                                 "village",
                                                                 "block",
                                                                 "district",
                                                                 "language",
                                                                 "shg",
                                                                 "vo",
                                                                 "clf",
                                                                 "products",
                                                                 "whatsapp",
                                                                 "consent_purposes",
                                                                 "consent_text_version",
                                                                 "consent_evidence"};

[[nodiscard]] constexpr std::string_view column_name(Column column) {
    return kImportColumns[static_cast<std::size_t>(column)];
}

/// A record as read, before anything is judged.
struct ImportRecord {
    std::int64_t line = 0;
    bool broken = false;  ///< Its quotes or its number of fields are wrong.
    std::vector<std::string> fields;
};

/// A consent as the file tells it.
struct ImportConsent {
    PurposeMask purposes;
    Channel channel = Channel::kWhatsapp;
    std::string text_version;
    std::string evidence;
};

/// What a good record says.
struct ImportRow {
    std::int64_t line = 0;
    std::string name;
    std::string name_latin;
    PersonKind kind = PersonKind::kMember;
    std::string phone;  ///< Normalised; empty if she has none.
    bool whatsapp = false;
    PlaceId place_id;
    PlaceId block_id;
    std::int64_t language = 0;  ///< language_number.
    std::string shg;
    std::string vo;
    std::string clf;
    std::vector<ProductId> products;  ///< None twice.
    std::optional<ImportConsent> consent;
};

/// Judges records; remembers the places that it looked up.
class RowReader {
 public:
    /// `positions[i]` is where column i stands in the file, -1 if it does not.
    RowReader(std::array<int, kImportColumns.size()> positions, std::size_t width,
              ProductByKey products)
        : positions_(positions), width_(width), products_(std::move(products)) {}

    /// The row, or the refusal of its first wrong field. At most three reads; mostly none.
    [[nodiscard]] std::expected<ImportRow, ImportRefusal> read(storage::Transaction& tx,
                                                               const ImportRecord& record);

    [[nodiscard]] std::size_t width() const { return width_; }

 private:
    using Refused = std::unexpected<ImportRefusal>;
    struct Located {
        PlaceId place_id;  ///< None: refused, for the reason below.
        PlaceId block_id;
        Column column = Column::kVillage;
        std::string_view code;
    };

    [[nodiscard]] std::string_view text(const ImportRecord& record, Column column) const;
    [[nodiscard]] Refused refused(const ImportRecord& record, Column column,
                                  std::string_view code) const;
    [[nodiscard]] const Located& locate(storage::Transaction& tx, const ImportRecord& record);
    [[nodiscard]] Located look_up(storage::Transaction& tx, const ImportRecord& record) const;
    [[nodiscard]] std::optional<ImportRefusal> read_details(const ImportRecord& record,
                                                            ImportRow& row) const;
    [[nodiscard]] std::optional<ImportRefusal> read_consent(const ImportRecord& record,
                                                            ImportRow& row) const;

    std::array<int, kImportColumns.size()> positions_;
    std::size_t width_;
    ProductByKey products_;
    std::unordered_map<std::string, Located> places_;
    std::string place_key_;  ///< Of the last record: its neighbours mostly live there too.
    Located last_;
};

}  // namespace haat::registry
