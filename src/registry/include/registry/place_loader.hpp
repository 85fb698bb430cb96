/// @file Puts data/places into the database, a block at a time, so that the writer is never held
/// longer than 20 ms; and adds panchayats from the files of the Local Government Directory.
/// Formats: data/places/README.md.
#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

/// The texts of the files in data/places.
struct PlaceFiles {
    std::string districts_csv;
    std::string blocks_csv;
    std::string villages_csv;
    std::string post_offices_csv;
};

/// Reads the four files of `folder`. @return registry.no_place_file with the name that is missing.
[[nodiscard]] Result<PlaceFiles> read_place_files(const std::string& folder);

struct PlaceCounts {
    std::int64_t divisions = 0;
    std::int64_t districts = 0;
    std::int64_t blocks = 0;
    std::int64_t villages = 0;
    std::int64_t post_offices = 0;
};

/// Loads the place tree. Safe to repeat: the same files change nothing; changed files mend names
/// and points, and never remove a place.
///
///     auto loader = HAAT_TRY(PlaceLoader::create(files));
///     while (database.write([&](Transaction& tx) { return loader.step(tx); })) {}
class PlaceLoader {
 public:
    /// Parses everything first; refuses registry.bad_place_file {file, line} before anything is
    /// written. About 50 ms.
    [[nodiscard]] static Result<PlaceLoader> create(const PlaceFiles& files);
    PlaceLoader(PlaceLoader&&) noexcept;
    PlaceLoader& operator=(PlaceLoader&&) noexcept;
    ~PlaceLoader();

    /// True if these very files were loaded to the end. One read.
    [[nodiscard]] bool is_loaded(storage::Transaction& tx) const;

    /// Loads one slice (about a block); false when all is loaded. Repeating a slice is harmless, so
    /// a crash between two slices is mended by starting again.
    [[nodiscard]] bool step(storage::Transaction& tx);

    [[nodiscard]] const PlaceCounts& counts() const;
    /// Slices done and slices in all, for a progress bar.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> progress() const;

 private:
    struct Parsed;
    explicit PlaceLoader(std::unique_ptr<Parsed> parsed);
    std::unique_ptr<Parsed> parsed_;
};

/// A line of an LGD file that was not taken, and why.
struct LgdRefusal {
    std::int64_t line = 0;
    std::string code;   ///< "registry.lgd_unknown_block", …
    std::string value;  ///< What stood there.
};

/// Adds panchayats, and new villages, from an official LGD download: "Village Panchayat by block"
/// (block code and local body code) or "Village To Gram Panchayat Mapping" (village code and local
/// body code). Columns are found by their official headings in any order. Villages are moved below
/// their panchayat; numbers change inside the block only. Safe to repeat.
class LgdImport {
 public:
    /// Reads the whole file (100,000 lines are about 15 MB). Refuses registry.lgd_columns.
    [[nodiscard]] static Result<LgdImport> create(std::istream& in);
    LgdImport(LgdImport&&) noexcept;
    LgdImport& operator=(LgdImport&&) noexcept;
    ~LgdImport();

    /// Applies one block; false when all are done.
    [[nodiscard]] bool step(storage::Transaction& tx);

    [[nodiscard]] std::int64_t panchayats() const;
    [[nodiscard]] std::int64_t villages() const;
    [[nodiscard]] const std::vector<LgdRefusal>& refusals() const;

 private:
    struct Parsed;
    explicit LgdImport(std::unique_ptr<Parsed> parsed);
    std::unique_ptr<Parsed> parsed_;
};

}  // namespace haat::registry
