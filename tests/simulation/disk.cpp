#include "disk.hpp"

#include <fmt/format.h>

#include <utility>

#include "storage/failure.hpp"
#include "storage/migrations.hpp"
#include "storage/statement.hpp"

namespace haat::simulation {
namespace {

constexpr std::uint32_t kShareEvery = 31;
constexpr std::uint32_t kNoWhatsappEvery = 23;
constexpr std::uint32_t kNoSmsEvery = 29;

/// Passes on to the connection, remembers which statements a job ran, and lets the network act
/// between them.
class WatchedTransaction final : public storage::Transaction {
 public:
    WatchedTransaction(storage::Connection& connection, Steps& steps, int process)
        : connection_(connection), steps_(steps), process_(process) {}

    std::int64_t execute(const storage::Statement& statement,
                         std::span<const storage::Value> values) override {
        note(statement);
        return connection_.execute(statement, values);
    }
    void query(const storage::Statement& statement, std::span<const storage::Value> values,
               const std::function<void(const storage::Row&)>& each) override {
        note(statement);
        connection_.query(statement, values, each);
    }
    void execute_many(const storage::Statement& statement,
                      std::span<const storage::Value> values) override {
        note(statement);
        connection_.execute_many(statement, values);
    }
    void execute_script(std::string_view script) override { connection_.execute_script(script); }
    [[nodiscard]] std::int64_t new_id() override { return connection_.new_id(); }
    [[nodiscard]] storage::Engine engine() const override { return storage::Engine::kSqlite; }

    [[nodiscard]] const std::string& labels() const { return labels_; }

 private:
    void note(const storage::Statement& statement) {
        labels_ += statement.name;
        labels_ += ' ';
        steps_.network_moment(process_);
    }

    storage::Connection& connection_;
    Steps& steps_;
    int process_;
    std::string labels_;
};

}  // namespace

std::string phone_of(std::uint32_t ordinal) {
    return fmt::format("+91{}", 7'000'000'000 + (shares_phone(ordinal) ? ordinal - 1 : ordinal));
}
bool shares_phone(std::uint32_t ordinal) { return ordinal % kShareEvery == 11; }
bool has_whatsapp(std::uint32_t ordinal) { return ordinal % kNoWhatsappEvery != 5; }
bool has_sms(std::uint32_t ordinal) { return ordinal % kNoSmsEvery != 7; }

Disk::Disk(std::uint32_t people)
    : connection_(storage::connect_sqlite(storage::kInMemory, storage::Mode::kWrite, ids_)),
      people_(people) {
    connection_->execute_script(
        "CREATE TABLE schema_migration (name TEXT PRIMARY KEY,"
        " sha256 TEXT NOT NULL, applied_at INTEGER NOT NULL)");
    for (const storage::Migration& migration : storage::all_migrations()) {
        connection_->execute_script(
            storage::migration_text_for(storage::Engine::kSqlite, migration.up));
    }
    connection_->prepare_all();
    add_people();
    // A world is forgotten by deleting its rows, which production never does to these.
    connection_->execute_script(
        "DROP TRIGGER consent_no_delete; DROP TRIGGER suppression_change_no_delete;");
}

void Disk::add_people() {
    connection_->execute_script(fmt::format(
        "BEGIN;"
        "INSERT INTO place (place_id, kind, code, name_en, name_hi, aliases, number_first,"
        " number_last) VALUES (1, 'village', 300001, 'Rampur', 'Rampur', '', 1, 1);"
        "CREATE TEMP TABLE n (n INTEGER PRIMARY KEY);"
        "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {0})"
        " INSERT INTO n SELECT n FROM c;"
        "INSERT INTO person (ordinal, person_id, place_id, kind, language, channels, consents,"
        " suppressed, is_synthetic, created_at, name, name_latin)"
        " SELECT n, n, 1, 0, n % 10 = 0, (n % {2} <> 5) + 2 * (n % {3} <> 7), 15, 0, 1, 0, 'didi',"
        " 'didi' FROM n;"
        "INSERT INTO contact SELECT n, '+91' || (7000000000 + n), 3, 0 FROM n;"
        "INSERT INTO person_contact SELECT n, n - (n % {1} = 11),"
        " (n % {2} <> 5) + 2 * (n % {3} <> 7) FROM n;"
        "DROP TABLE n; COMMIT;",
        people_, kShareEvery, kNoWhatsappEvery, kNoSmsEvery));
}

void Disk::reset() {
    keep();
    if (std::exchange(in_transaction_, false)) {
        connection_->rollback();
    }
    connection_->execute_script(
        "BEGIN; DELETE FROM broadcast; DELETE FROM chunk; DELETE FROM journal;"
        "DELETE FROM shard_lease; DELETE FROM shard_cursor; DELETE FROM delivery_process;"
        "DELETE FROM slot_total; DELETE FROM status_unmatched; DELETE FROM portfolio_hour;"
        "DELETE FROM mail; DELETE FROM consent; DELETE FROM suppression_change;"
        "DELETE FROM audience_change; DELETE FROM conversation;"
        "UPDATE person SET suppressed = 0, consents = 15 WHERE person_id IN"
        " (SELECT person_id FROM person WHERE suppressed <> 0 OR consents <> 15);"
        "UPDATE registry_counter SET value = 0; COMMIT;");
    ids_.start(1);
    commits_ = 0;
}

void Disk::begin() {
    in_transaction_ = true;
    if (losing_) {
        connection_->savepoint();
    } else {
        connection_->begin(storage::Mode::kWrite);
    }
}

void Disk::commit() {
    in_transaction_ = false;
    ++commits_;
    if (losing_) {
        connection_->release_savepoint();
    } else {
        connection_->commit();
    }
}

void Disk::rollback() {
    in_transaction_ = false;
    (void)connection_->take_after_commit();
    if (losing_) {
        connection_->rollback_to_savepoint();
    } else {
        connection_->rollback();
    }
}

void Disk::start_losing() {
    connection_->begin(storage::Mode::kWrite);
    losing_ = true;
}

void Disk::lose() {
    if (std::exchange(losing_, false)) {
        connection_->rollback();
    }
}

void Disk::keep() {
    if (std::exchange(losing_, false)) {
        if (std::exchange(in_transaction_, false)) {
            connection_->rollback_to_savepoint();
        }
        connection_->commit();
    }
}

void Disk::write(const std::function<void(storage::Transaction&)>& work) {
    begin();
    try {
        work(*connection_);
    } catch (...) {
        rollback();
        throw;
    }
    commit();
}

void ProcessDatabase::check_alive() const {
    if (dead_) {
        throw Killed{};
    }
}

void ProcessDatabase::dies() {
    dead_ = true;
    throw Killed{};
}

void ProcessDatabase::write_async(Job job, Done done) {
    check_alive();
    steps_.interrupt(process_);
    check_alive();
    const WriteFate fate = steps_.fate_of_write(process_);
    ++writes_;
    disk_.begin();
    WatchedTransaction tx(disk_.connection(), steps_, process_);
    Keep keep = Keep::kNo;
    try {
        keep = job(tx);
    } catch (...) {
        disk_.rollback();
        done(std::current_exception());
        return;
    }
    if (keep == Keep::kNo || fate == WriteFate::kFailsBefore || fate == WriteFate::kDiesBefore) {
        disk_.rollback();
        steps_.committed(process_, tx.labels(), fate);
        if (fate == WriteFate::kDiesBefore) {
            dies();
        }
        done(fate == WriteFate::kFailsBefore
                 ? std::make_exception_ptr(storage::Failure("simulated: not committed"))
                 : nullptr);
        return;
    }
    disk_.commit();
    const std::int64_t commit = disk_.commits();
    steps_.committed(process_, tx.labels(), fate);
    if (fate == WriteFate::kDiesAfter) {
        dies();
    }
    if (fate == WriteFate::kFailsAfter) {
        done(std::make_exception_ptr(storage::Failure("simulated: commit in doubt")));
        return;
    }
    for (std::move_only_function<void()>& action : tx.take_after_commit()) {
        action();
    }
    if (fate == WriteFate::kDiesAtEnd) {
        dies();
    }
    steps_.interrupt(process_);
    last_commit_ = commit;
    check_alive();
    done(nullptr);
}

void ProcessDatabase::read_blocking(const std::function<void(storage::Transaction&)>& work) {
    check_alive();
    if (disk_.in_transaction()) {
        work(disk_.connection());
        return;
    }
    if (steps_.dies_at_read(process_)) {
        dies();
    }
    steps_.interrupt(process_);
    check_alive();
    WatchedTransaction tx(disk_.connection(), steps_, process_);
    work(tx);  // nobody writes meanwhile: no transaction is needed to see one state
    steps_.interrupt(process_);
    check_alive();
    if (steps_.dies_at_read(process_)) {
        dies();
    }
}

}  // namespace haat::simulation
