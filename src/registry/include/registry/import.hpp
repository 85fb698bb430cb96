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

/// Who else uses the database meanwhile.
enum class ImportCompany : std::uint8_t {
    kServer,  ///< A server: no step holds the writer for longer than slice_micros, about.
    kAlone,   ///< Nobody: steps take 250 ms, and an empty SQLite register is loaded without the
              ///< index of phones, which the last step builds (1.5 µs a phone). A run that is
             ///< killed leaves a register that reads right, slowly by phone; the same file goes on,
             ///< and another one, or finish_bulk_load, builds the index first.
};

struct ImportOptions {
    ImportMode mode = ImportMode::kDryRun;
    ImportCompany company = ImportCompany::kServer;
    bool is_synthetic = false;
    std::int64_t slice_micros = 15'000;  ///< How long one step may hold the writer.
    AccountId account_id;                ///< Who does it, for the audit record; none: a command.
};

/// The product with that key, or none. Handed in, since products are another module's.
using ProductByKey = std::function<std::optional<ProductId>(std::string_view key)>;

/// One file. `step` runs in a transaction of the caller: a write when applying, a read for a dry
/// run. A dry run remembers the phones of the file (about 40 bytes each) to judge how many share
/// one. The audit record gets a line when it starts and one when it is done.
///
///     while (database.write([&](Transaction& tx) { return import.step(tx); })) {
///         for (const ImportRefusal& refusal : import.take_refusals()) { … }
///     }
///
/// Another thread may read and judge rows meanwhile, which makes it twice as fast:
///
///     while (database.read([&](Transaction& tx) { return import.read_ahead(tx); })) {
///         import.wait_for_room();
///     }
///
/// The writing thread then calls wait_for_rows before each step.
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

    /// Reads and judges the next rows, about 5 ms; false when there are no more. For one thread, in
    /// a read of its own. Once it was called, `step` leaves reading to that thread.
    [[nodiscard]] bool read_ahead(storage::Transaction& tx);
    /// Waits until there is room for more rows, or for stop. Not in a transaction.
    void wait_for_room();
    /// Waits until a slice is full, the file ended, or stop. Not in a transaction.
    void wait_for_rows();
    /// Ends the waits above, and reading ahead, for good.
    void stop();
    [[nodiscard]] bool is_stopped() const;

    /// Bad rows of the slices committed since the last call.
    [[nodiscard]] std::vector<ImportRefusal> take_refusals();

    [[nodiscard]] const ImportTotals& totals() const;

 private:
    explicit PeopleImport(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Builds the index that an unfinished load of ImportCompany::kAlone left out; does nothing if none
/// did. Before a server starts. 1.5 µs a phone, all in one write.
void finish_bulk_load(storage::Transaction& tx);

/// How many rows the register's large tables hold. Reads them whole: for measurements.
struct RegisterRows {
    std::int64_t people = 0;
    std::int64_t contacts = 0;
    std::int64_t person_contacts = 0;
    std::int64_t products = 0;
    std::int64_t consents = 0;
    std::int64_t groups = 0;
};
[[nodiscard]] RegisterRows count_register(storage::Transaction& tx);
/// True if nobody is registered. One row is read.
[[nodiscard]] bool is_register_empty(storage::Transaction& tx);

/// Hexadecimal SHA-256 of everything in the stream; reads it to its end.
[[nodiscard]] std::string file_content_hash(std::istream& in);

/// The line that a refusal file starts with, and a row of it (with line end, formula-safe).
[[nodiscard]] std::string_view refusal_file_header();
[[nodiscard]] std::string refusal_file_row(const ImportRefusal& refusal, std::string_view text);

}  // namespace haat::registry
