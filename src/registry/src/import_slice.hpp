/// @file One slice of an import: judged rows become changes of the database, in one transaction.
#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "import_row.hpp"
#include "people_store.hpp"
#include "phone_table.hpp"
#include "registry/groups.hpp"
#include "registry/import.hpp"
#include "sql/addresses.hpp"

namespace haat::registry {

/// A row that was judged, and where in the file it ended.
struct JudgedRow {
    std::expected<ImportRow, ImportRefusal> row;
    std::int64_t bytes_done = 0;
};

/// Groups that were looked up or made, so that each costs its statements once.
using GroupKey = std::tuple<GroupKind, PlaceId, GroupId, std::string>;
using GroupCache = std::map<GroupKey, GroupId>;

/// What slices remember between them. A slice that is rolled back leaves `uncommitted` behind, and
/// the next one forgets what it says.
struct ImportMemory {
    /// Who bears a name in a village and has no phone.
    std::unordered_map<std::int64_t, std::unordered_set<std::string>> phoneless;
    std::size_t phoneless_names = 0;
    /// The same for everybody while an empty register is loaded, as hashes: some 80 MB for a state
    /// whose rows come in any order. One that stands here for nobody costs a look, and no more.
    std::unordered_set<std::uint64_t> phoneless_keys;
    GroupCache groups;
    /// An empty register is loaded; `phones` and `phoneless_keys` know everybody.
    bool loads_alone = false;
    PhoneTable phones;
    std::unordered_map<std::string, std::uint8_t> phones_seen;  ///< Dry run only, as is this:
    std::unordered_set<std::uint64_t> people_seen;

    bool in_doubt = false;                 ///< A slice began, and has not been committed.
    std::vector<std::string> uncommitted;  ///< Phones that it put into `phones`.

    /// Key of `phoneless_keys`.
    [[nodiscard]] static std::uint64_t phoneless_key(PlaceId place_id, std::string_view name);

    /// Before a slice: undoes what a rolled-back one remembered.
    void start_slice();
    /// After its commit.
    void keep_slice(GroupCache&& new_groups);
};

/// Who uses a phone, as far as a slice knows: from the database, and from rows before in the slice.
struct PhoneUse {
    std::int64_t contact_id = 0;  ///< 0: unknown so far; negative: the slice's new contact -n.
    std::uint8_t channels = 0;    ///< On which it is an address.
    PurposeMask suppressed;       ///< On any of them.
    std::vector<Person> people;   ///< In the database.
    std::vector<const ImportRow*> drafted;
    [[nodiscard]] int count() const { return static_cast<int>(people.size() + drafted.size()); }
};

class ImportSlice {
 public:
    /// `rows` must outlive this.
    ImportSlice(storage::Transaction& tx, ImportMemory& memory, const ImportOptions& options,
                ImportTotals before, UnixSeconds now);

    void run(std::span<const JudgedRow> rows);

    ImportTotals totals;
    std::vector<ImportRefusal> refusals;
    GroupCache groups;                  ///< New ones; they last only if this is committed.
    std::vector<std::string> phones;    ///< Dry run: one for each new person with a phone,
    std::vector<std::uint64_t> people;  ///< and who she is.

 private:
    void find_contacts(std::span<const JudgedRow> rows);
    void take(const ImportRow& row);
    void take_again(const ImportRow& row);
    [[nodiscard]] bool takes_phone(const ImportRow& row, PhoneUse& use);
    [[nodiscard]] PhoneUse& use_of(const ImportRow& row);
    void read_people(PhoneUse& use);
    [[nodiscard]] const Person* same_person(const ImportRow& row, const PhoneUse* use);
    [[nodiscard]] std::unordered_set<std::string>& phoneless_at(PlaceId place_id);
    [[nodiscard]] bool may_be_phoneless(const ImportRow& row);
    [[nodiscard]] bool remember_phoneless(const ImportRow& row);
    [[nodiscard]] DraftContact contact_for(const ImportRow& row, PhoneUse& use);
    void draft(const ImportRow& row, PhoneUse* use);
    void update(const ImportRow& row, const Person& person);
    void add_whatsapp(const std::string& phone, const Person& person);
    [[nodiscard]] GroupId ensure(GroupKind kind, const std::string& name, PlaceId place_id,
                                 GroupId parent_id);
    [[nodiscard]] GroupId group_for(const ImportRow& row);
    void write();

    storage::Transaction& tx_;
    ImportMemory& memory_;
    const ImportOptions& options_;
    UnixSeconds now_;
    bool applies_;
    std::unordered_map<std::string_view, PhoneUse> uses_;
    std::optional<Person> found_;
    const ImportRow* grouped_ = nullptr;  ///< The last row whose group was asked, and the answer.
    GroupId group_;
    std::vector<PersonDraft> drafts_;
    std::vector<sql::ContactAddParams> contacts_;  ///< New; ids are given when they are written.
};

}  // namespace haat::registry
