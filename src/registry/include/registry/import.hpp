/// @file People from a CSV file: a dry run unless told otherwise, in slices of at most 20 ms,
/// resumable after a crash, with a row for every refusal. Nothing else is lost to a bad row.
///
/// Columns (first line; any order; others are refused): name, name_latin, kind, phone, village_code
/// or (village, block, district), language, shg, vo, clf, products, whatsapp, consent_purposes,
/// consent_text_version, consent_evidence. See README.md of this module.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

/// A row that was not taken: what a person needs to mend it.
struct ImportRefusal {
    std::int64_t line = 0;  ///< Of the file, counted from 1.
    std::string field;      ///< Column name; empty if it is the whole row.
    std::string code;       ///< Key of the text that says what to mend, as "registry.bad_phone".
    std::string value;      ///< What stood there, at most 60 code points.
};

struct ImportTotals {
    std::int64_t records = 0;
    std::int64_t added = 0;
    std::int64_t updated = 0;  ///< The same name on the same phone in the same village.
    std::int64_t refused = 0;
    std::int64_t shared_phones = 0;  ///< Rows whose phone other people use too.
    std::int64_t without_phone = 0;
    std::int64_t bytes_done = 0;
};

enum class ImportMode : std::uint8_t { kDryRun, kApply };

struct ImportOptions {
    ImportMode mode = ImportMode::kDryRun;
    bool is_synthetic = false;
    std::int64_t slice_micros = 15'000;  ///< How long one step may hold the writer.
};

/// The product with that key, or none. Handed in, since products are another module's.
using ProductByKey = std::function<std::optional<ProductId>(std::string_view key)>;

/// One file. `step` runs in a transaction of the caller: a write when applying, a read for a dry
/// run. A dry run remembers the phones of the file (about 40 bytes each) to judge how many share
/// one.
///
///     while (database.write([&](Transaction& tx) { return import.step(tx); })) {
///         for (const ImportRefusal& refusal : import.take_refusals()) { … }
///     }
class PeopleImport {
 public:
    struct State;  ///< Opaque.

    /// `in` must stay open and outlive this. `file_hash` names the file's content
    /// (file_content_hash): a run of the same content goes on where the last commit left it, and a
    /// finished one does nothing. Reads the header.
    /// @return registry.csv_utf16, registry.csv_not_utf8, registry.csv_empty,
    ///         registry.csv_no_column {column}, registry.csv_unknown_column {column}.
    [[nodiscard]] static Result<PeopleImport> create(std::istream& in, std::string file_hash,
                                                     ImportOptions options, ProductByKey products,
                                                     const Clock& clock);
    PeopleImport(PeopleImport&&) noexcept;
    PeopleImport& operator=(PeopleImport&&) noexcept;
    ~PeopleImport();

    /// Does one slice; false when the file is done. A slice that is rolled back is done again by
    /// the next call.
    [[nodiscard]] bool step(storage::Transaction& tx);

    /// Bad rows of the slices committed since the last call.
    [[nodiscard]] std::vector<ImportRefusal> take_refusals();

    [[nodiscard]] const ImportTotals& totals() const;

 private:
    explicit PeopleImport(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Hexadecimal SHA-256 of everything in the stream; reads it to its end.
[[nodiscard]] std::string file_content_hash(std::istream& in);

/// The line that a refusal file starts with, and a row of it (with line end, formula-safe).
[[nodiscard]] std::string_view refusal_file_header();
[[nodiscard]] std::string refusal_file_row(const ImportRefusal& refusal, std::string_view text);

}  // namespace haat::registry
