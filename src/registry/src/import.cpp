#include "registry/import.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "base/assert.hpp"
#include "base/csv.hpp"
#include "base/json_writer.hpp"
#include "base/text.hpp"
#include "import_row.hpp"
#include "import_slice.hpp"
#include "sql/addresses.hpp"
#include "sql/imports.hpp"
#include "sql/people.hpp"
#include "sql/settings.hpp"
#include "storage/audit.hpp"

namespace haat::registry {
namespace {

constexpr std::size_t kFirstSliceRows = 50;
constexpr std::size_t kLeastSliceRows = 10;
constexpr std::size_t kMostSliceRows = 2'000;
constexpr std::size_t kMostSliceRowsAlone = 16'384;
constexpr std::int64_t kSliceMicrosAlone = 250'000;
constexpr std::size_t kReadAheadRows = 1'024;                    // at once
constexpr std::size_t kMostRowsAhead = 3 * kMostSliceRowsAlone;  // some 30 MB
/// Under this name stands the file that is being loaded without contact_by_external.
constexpr std::string_view kBulkLoad = "bulk_load";

std::string column_list() {
    std::string list;
    for (const std::string_view column : kImportColumns) {
        list += (list.empty() ? "" : ", ") + std::string(column);
    }
    return list;
}

}  // namespace

struct PeopleImport::State {
    State(const CsvReader& opened, RowReader rows) : csv(opened), reader(std::move(rows)) {}

    // What reads the file: one thread at a time, under `reading`.
    std::mutex reading;
    CsvReader csv;
    RowReader reader;
    std::atomic<bool> resumed = false;

    // Rows on their way from reading to writing, under `mutex`.
    mutable std::mutex mutex;
    std::condition_variable changed;
    std::deque<JudgedRow> ready;
    bool at_end = false;         ///< Of the file: `ready` holds its last rows.
    bool is_read_ahead = false;  ///< Another thread reads.
    bool stopped = false;

    // What writes.
    std::string file_hash;
    ImportOptions options;
    const Clock* clock = nullptr;
    ImportMemory memory;
    std::vector<JudgedRow> slice;  ///< Taken, and not yet committed.
    bool slice_is_last = false;
    std::size_t slice_rows = kFirstSliceRows;
    bool begun = false;
    bool finished = false;
    ImportTotals totals;
    std::vector<ImportRefusal> refusals;

    [[nodiscard]] bool applies() const { return options.mode == ImportMode::kApply; }
    [[nodiscard]] bool is_alone() const { return options.company == ImportCompany::kAlone; }
    void resume(storage::Transaction& tx);
    void judge(storage::Transaction& tx, std::size_t rows);
    void begin(storage::Transaction& tx);
    void take_slice(storage::Transaction& tx);
    void write_slice(storage::Transaction& tx);
    void finish(storage::Transaction& tx, const ImportTotals& now_done);
    void record_progress(storage::Transaction& tx, const ImportTotals& now_done, bool is_done);
    void note(storage::Transaction& tx, std::string_view action, const ImportTotals& now_done);
};

/// Finds how far an earlier run of the same content came. Under `reading`.
void PeopleImport::State::resume(storage::Transaction& tx) {
    if (!applies() || resumed) {
        return;
    }
    const auto run = sql::import_find(tx, {.file_hash = file_hash});
    if (!run) {
        resumed = true;
        return;
    }
    totals.records = run->records_done;
    totals.added = run->accepted;
    totals.updated = run->updated;
    totals.refused = run->refused;
    totals.shared_phones = run->shared_phones;
    finished = run->state == "done";
    std::vector<std::string> skipped;
    for (std::int64_t i = 0; i < run->records_done && !finished; ++i) {
        if (csv.next(skipped) == CsvRead::kEnd) {
            break;
        }
    }
    totals.bytes_done = csv.bytes();
    resumed = true;
}

/// Reads and judges that many rows more. Under `reading`.
void PeopleImport::State::judge(storage::Transaction& tx, std::size_t rows) {
    std::vector<JudgedRow> judged;
    bool ended = finished;
    while (judged.size() < rows && !ended) {
        ImportRecord record;
        const CsvRead read = csv.next(record.fields);
        ended = read == CsvRead::kEnd || read == CsvRead::kUtf16;
        if (!ended) {
            record.line = csv.line();
            record.broken = read == CsvRead::kBroken;
            judged.push_back({reader.read(tx, record), csv.bytes()});
        }
    }
    {
        const std::lock_guard lock(mutex);
        std::ranges::move(judged, std::back_inserter(ready));
        at_end = ended;
    }
    changed.notify_all();
}

/// What stands before the first row: who is alone in an empty register loads it without the index
/// that would cost a page for each phone; an index that somebody left out is built.
void PeopleImport::State::begin(storage::Transaction& tx) {
    memory.phones.clear();
    memory.phoneless_keys.clear();
    bool loads_alone = false;
    if (tx.engine() == storage::Engine::kSqlite) {
        const auto setting = sql::setting_find(tx, {.name = kBulkLoad});
        const std::string loading = setting ? setting->value : "";
        loads_alone =
            is_alone() && (loading.empty() ? is_register_empty(tx) : loading == file_hash);
        if (loads_alone) {
            sql::setting_put(tx, {.name = kBulkLoad, .value = file_hash});
            sql::contact_index_drop(tx);
            sql::contacts_all(tx, [&](const sql::ContactsAllRow& row) {
                memory.phones.put(row.external_id, static_cast<std::uint32_t>(row.contact_id));
            });
            sql::phoneless_all(tx, [&](const sql::PhonelessAllRow& row) {
                memory.phoneless_keys.insert(ImportMemory::phoneless_key(row.place_id, row.name));
            });
        } else {
            finish_bulk_load(tx);
        }
    }
    if (totals.records == 0) {
        note(tx, "people.import_start", totals);
    }
    tx.after_commit([this, loads_alone] {
        begun = true;
        memory.loads_alone = loads_alone;
    });
}

/// Takes rows until the slice is full. Nothing changes if a rolled-back one is waiting.
void PeopleImport::State::take_slice(storage::Transaction& tx) {
    if (!slice.empty()) {
        return;
    }
    const auto missing_rows = [this]() -> std::size_t {
        const std::lock_guard lock(mutex);
        return is_read_ahead || at_end ? 0 : slice_rows - std::min(slice_rows, ready.size());
    };
    if (const std::size_t rows = missing_rows(); rows > 0) {
        const std::lock_guard lock(reading);
        judge(tx, rows);
    }
    {
        const std::lock_guard lock(mutex);
        const std::size_t rows = std::min(slice_rows, ready.size());
        const auto last = ready.begin() + static_cast<std::ptrdiff_t>(rows);
        std::move(ready.begin(), last, std::back_inserter(slice));
        ready.erase(ready.begin(), last);
        slice_is_last = at_end && ready.empty();
    }
    changed.notify_all();
}

void PeopleImport::State::write_slice(storage::Transaction& tx) {
    const std::int64_t start = clock->monotonic_micros();
    if (applies()) {
        memory.start_slice();
    }
    std::unique_ptr<ImportSlice> done =
        std::make_unique<ImportSlice>(tx, memory, options, totals, clock->now());
    done->run(slice);
    if (applies()) {
        if (slice_is_last) {
            finish(tx, done->totals);
        } else {
            record_progress(tx, done->totals, false);
        }
    }
    // The next slice takes as many rows as fit into the time that this one suggests.
    const std::int64_t spent = std::max<std::int64_t>(clock->monotonic_micros() - start, 1);
    const auto rows = static_cast<std::int64_t>(std::max<std::size_t>(slice.size(), 1));
    const std::int64_t wanted = is_alone() ? kSliceMicrosAlone : options.slice_micros;
    const auto most = static_cast<std::int64_t>(is_alone() ? kMostSliceRowsAlone : kMostSliceRows);
    const auto next_rows = static_cast<std::size_t>(
        std::clamp(rows * wanted / spent, static_cast<std::int64_t>(kLeastSliceRows),
                   std::max(std::min(most, rows * 2), static_cast<std::int64_t>(kLeastSliceRows))));
    auto commit = [this, next_rows, done = std::move(done)] {
        totals = done->totals;
        memory.keep_slice(std::move(done->groups));
        std::ranges::move(done->refusals, std::back_inserter(refusals));
        for (const std::string& phone : done->phones) {
            ++memory.phones_seen[phone];
        }
        memory.people_seen.insert(done->people.begin(), done->people.end());
        slice_rows = next_rows;
        finished = slice_is_last;
        slice.clear();
    };
    if (applies()) {
        tx.after_commit(std::move(commit));
    } else {
        commit();
    }
}

/// The end of the file: what was left out is built, and the run is done, in one commit.
void PeopleImport::State::finish(storage::Transaction& tx, const ImportTotals& now_done) {
    if (memory.loads_alone) {
        finish_bulk_load(tx);
    }
    record_progress(tx, now_done, true);
    note(tx, "people.import", now_done);
}

void PeopleImport::State::record_progress(storage::Transaction& tx, const ImportTotals& now_done,
                                          bool is_done) {
    sql::import_put(tx, {.file_hash = file_hash,
                         .state = is_done ? "done" : "running",
                         .records_done = now_done.records,
                         .accepted = now_done.added,
                         .updated = now_done.updated,
                         .refused = now_done.refused,
                         .shared_phones = now_done.shared_phones,
                         .now_at = clock->now()});
}

void PeopleImport::State::note(storage::Transaction& tx, std::string_view action,
                               const ImportTotals& now_done) {
    JsonWriter json;
    json.begin_object().field("records", now_done.records).field("added", now_done.added);
    json.field("updated", now_done.updated).field("refused", now_done.refused).end_object();
    storage::audit(tx, clock->now(), options.account_id, action,
                   "import:" + file_hash.substr(0, 16), json.text());
}

Result<PeopleImport> PeopleImport::create(std::istream& in, std::string file_hash,
                                          ImportOptions options, ProductByKey products,
                                          const Clock& clock) {
    CsvReader csv(in);
    std::vector<std::string> header;
    switch (csv.next(header)) {
        case CsvRead::kUtf16:
            return refuse(ErrorKind::kInvalid, "registry.csv_utf16");
        case CsvRead::kEnd:
            return refuse(ErrorKind::kInvalid, "registry.csv_empty");
        case CsvRead::kBroken:
            return refuse(ErrorKind::kInvalid, "registry.csv_bad_header");
        case CsvRead::kRecord:
            break;
    }
    if (!std::ranges::all_of(header, is_utf8)) {
        return refuse(ErrorKind::kInvalid, "registry.csv_not_utf8");
    }
    std::array<int, kImportColumns.size()> positions{};
    for (std::size_t i = 0; i < kImportColumns.size(); ++i) {
        positions.at(i) = csv_column(header, kImportColumns.at(i));
    }
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (std::ranges::find(positions, static_cast<int>(i)) == positions.end()) {
            return refuse(ErrorKind::kInvalid, "registry.csv_unknown_column",
                          {{"column", std::string(first_code_points(header[i], 60))},
                           {"columns", column_list()}});
        }
    }
    const auto has = [&](Column column) {
        return positions.at(static_cast<std::size_t>(column)) >= 0;
    };
    if (!has(Column::kName)) {
        return refuse(ErrorKind::kInvalid, "registry.csv_no_column", {{"column", "name"}});
    }
    if (!has(Column::kVillageCode) && !(has(Column::kBlock) && has(Column::kDistrict))) {
        return refuse(ErrorKind::kInvalid, "registry.csv_no_column", {{"column", "village_code"}});
    }
    std::unique_ptr<State> state =
        std::make_unique<State>(csv, RowReader(positions, header.size(), std::move(products)));
    state->file_hash = std::move(file_hash);
    state->options = options;
    state->clock = &clock;
    return PeopleImport(std::move(state));
}

PeopleImport::PeopleImport(std::unique_ptr<State> state) : state_(std::move(state)) {}
PeopleImport::PeopleImport(PeopleImport&&) noexcept = default;
PeopleImport& PeopleImport::operator=(PeopleImport&&) noexcept = default;
PeopleImport::~PeopleImport() = default;

bool PeopleImport::step(storage::Transaction& tx) {
    State& state = *state_;
    if (!state.resumed) {
        const std::lock_guard lock(state.reading);
        state.resume(tx);
    }
    if (state.finished) {
        return false;
    }
    if (state.applies() && !state.begun) {
        state.begin(tx);
        return true;
    }
    state.take_slice(tx);
    if (state.slice.empty() && !state.slice_is_last) {
        return true;  // the rows are being read
    }
    const bool more = !state.slice_is_last;
    state.write_slice(tx);
    return more;
}

bool PeopleImport::read_ahead(storage::Transaction& tx) {
    State& state = *state_;
    const std::lock_guard lock(state.reading);
    {
        const std::lock_guard rows(state.mutex);
        state.is_read_ahead = true;
        if (state.at_end || state.stopped) {
            return false;
        }
    }
    state.resume(tx);
    state.judge(tx, kReadAheadRows);
    return true;
}

void PeopleImport::wait_for_room() {
    State& state = *state_;
    std::unique_lock lock(state.mutex);
    state.changed.wait(lock, [&] { return state.stopped || state.ready.size() < kMostRowsAhead; });
}

void PeopleImport::wait_for_rows() {
    State& state = *state_;
    std::unique_lock lock(state.mutex);
    state.changed.wait(lock, [&] {
        return state.stopped || state.at_end || state.ready.size() >= state.slice_rows;
    });
}

void PeopleImport::stop() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopped = true;
    }
    state_->changed.notify_all();
}

bool PeopleImport::is_stopped() const {
    const std::lock_guard lock(state_->mutex);
    return state_->stopped;
}

RegisterRows count_register(storage::Transaction& tx) {
    const auto rows = sql::register_rows(tx);
    return {.people = rows.people,
            .contacts = rows.contacts,
            .person_contacts = rows.person_contacts,
            .products = rows.products,
            .consents = rows.consents,
            .groups = rows.producer_groups};
}

bool is_register_empty(storage::Transaction& tx) { return sql::people_any(tx).found == 0; }

void finish_bulk_load(storage::Transaction& tx) {
    if (tx.engine() != storage::Engine::kSqlite) {
        return;
    }
    const auto setting = sql::setting_find(tx, {.name = kBulkLoad});
    if (setting && !setting->value.empty()) {
        sql::contact_index_build(tx);
        sql::setting_put(tx, {.name = kBulkLoad, .value = ""});
    }
}

std::vector<ImportRefusal> PeopleImport::take_refusals() {
    return std::exchange(state_->refusals, {});
}

const ImportTotals& PeopleImport::totals() const { return state_->totals; }

std::string file_content_hash(std::istream& in) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    HAAT_ASSERT(context != nullptr);
    EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
    std::array<char, 65'536> buffer{};
    while (in.read(buffer.data(), buffer.size()) || in.gcount() > 0) {
        EVP_DigestUpdate(context, buffer.data(), static_cast<std::size_t>(in.gcount()));
    }
    EVP_DigestFinal_ex(context, digest.data(), &size);
    EVP_MD_CTX_free(context);
    return to_hex({reinterpret_cast<const char*>(digest.data()), size});
}

std::string_view refusal_file_header() { return "line,field,value,code,what_to_mend\n"; }

std::string refusal_file_row(const ImportRefusal& refusal, std::string_view text) {
    std::string row = std::to_string(refusal.line);
    for (const std::string_view field :
         {std::string_view(refusal.field), std::string_view(refusal.value),
          std::string_view(refusal.code), text}) {
        row += ",\"";
        // A spreadsheet would run a cell that starts so as a formula.
        if (!field.empty() &&
            std::string_view("=+-@\t\r").find(field.front()) != std::string_view::npos) {
            row += '\'';
        }
        for (const char c : field) {
            row += c == '"' ? "\"\"" : std::string(1, c);
        }
        row += '"';
    }
    return row + "\n";
}

}  // namespace haat::registry
