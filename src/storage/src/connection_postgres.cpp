#include "connection_postgres.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "postgres_ahead.hpp"
#include "postgres_sets.hpp"
#include "postgres_values.hpp"
#include "storage/failure.hpp"
#include "storage/statement.hpp"

namespace haat::storage {
namespace {

constexpr std::size_t kLeastCopiedRows = 32;
constexpr std::size_t kCopyBytes = 1 << 16;
/// Writes wait for the next answer that somebody wants; so many statements at most, whose answers
/// fit the socket's buffer: or both sides would wait for each other.
constexpr std::size_t kStatementsThatWait = 256;
/// The statement of a commit that touches the session's row of `commit_mark`.
constexpr const char* kMark = "mark";

class PostgresConnection final : public Connection {
  public:
    PostgresConnection(std::string url, std::string schema, IdSource& ids, Mode mode, Bounds bounds)
        : url_(std::move(url)), schema_(std::move(schema)), ids_(ids), mode_(mode), bounds_(bounds) {
        connect();
    }
    ~PostgresConnection() override { PQfinish(db_); }

    void begin(Mode mode) override {
        waiting_.clear();
        sets_.drop();
        asked_.drop_all();
        if (is_lost()) {
            reconnect();
        }
        if (mode == Mode::kWrite) {  // goes with the first statement
            send_later("BEGIN ISOLATION LEVEL SERIALIZABLE", "begin");
        } else {
            run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        }
    }

    /// Each opening has a row of its own in `commit_mark`. Touching it in the round trip of the
    /// commit lets us see afterwards whether the commit landed, when its answer was lost. What
    /// still waits goes along.
    void commit() override {
        asked_.drop_all();
        sets_.send();
        const std::int64_t boot = ids_.boot_number();
        if (mode_ == Mode::kRead || boot == 0) {
            run("COMMIT");
            return;
        }
        prepare_mark();
        const std::array boot_number{Value::of(boot)};
        const Bound bound(boot_number);
        send_waiting(kMark, "commit", bound);
        std::string mark;
        std::string tag;
        try {
            send_later("COMMIT", "commit");
            finish_waiting([&](std::size_t at, const PGresult* result) {
                if (at + 2 == finishing_.size() && PQntuples(result) == 1) {
                    mark = PQgetvalue(result, 0, 0);
                }
                tag = PQcmdStatus(const_cast<PGresult*>(result));
            });
        } catch (const Failure&) {
            if (is_lost()) {
                throw CommitUnknown("commit: " + message());
            }
            throw;
        }
        if (tag != "COMMIT") {  // PostgreSQL's answer when a failure was passed over before
            throw Failure("commit: the transaction had failed; nothing was kept");
        }
        mark_ = mark;
    }

    void rollback() noexcept override {
        asked_.drop_all();
        sets_.drop();
        forget_waiting();
        if (!is_lost() && PQtransactionStatus(db_) != PQTRANS_IDLE) {
            PQclear(PQexec(db_, "ROLLBACK"));
        }
    }

    [[nodiscard]] bool is_lost() const override {
        return lost_ || db_ == nullptr || PQstatus(db_) != CONNECTION_OK;
    }

    /// The old session may still be at it: locking the row that it touched waits for its end.
    [[nodiscard]] Fate fate_of_commit() override {
        begin(Mode::kWrite);
        finish_waiting();
        const std::string sql = fmt::format(
            "SELECT xmin::text FROM commit_mark WHERE boot_number = {} FOR UPDATE", ids_.boot_number());
        const ResultPtr result(PQexec(db_, sql.c_str()));
        check(result.get(), "fate_of_commit");
        const std::string mark = PQntuples(result.get()) == 1 ? PQgetvalue(result.get(), 0, 0) : "";
        rollback();
        if (mark.empty()) {
            return Fate::kUnknown;  // another database, or one that lost more than this commit
        }
        return std::exchange(mark_, mark) == mark ? Fate::kNotKept : Fate::kKept;
    }

    /// Goes with the first statement of the job. What waited before is not the job's to lose.
    void savepoint() override {
        sets_.send();
        send_later("SAVEPOINT job", "savepoint");
    }
    /// Whatever failed of the job fails here at the latest.
    void release_savepoint() override {
        sets_.send();
        send_later("RELEASE job", "savepoint");
        finish_waiting();
    }
    void rollback_to_savepoint() override {
        asked_.drop_all();
        sets_.drop();
        forget_waiting();
        run("ROLLBACK TO job; RELEASE job");
    }

    void ask_ahead(const Statement& statement, std::span<const Value> values) override {
        HAAT_ASSERT(statement.postgres.starts_with("SELECT"));
        HAAT_ASSERT(values.size() == statement.params.size());
        prepare(statement);
        sets_.send_before(statement);
        send_waiting(name_of(statement).c_str(), statement.name, Bound(values));
        asked_.add(statement, values, waiting_.size() - 1);
    }

    void prepare_all() override {
        for (const Statement* statement : all_statements()) {
            if (!statement->postgres.empty()) {
                prepare(*statement);
                check_columns(*statement);
            }
        }
    }

    std::int64_t execute(const Statement& statement, std::span<const Value> values) override {
        prepare(statement);
        const Bound bound(values);
        HAAT_ASSERT(values.size() == statement.params.size());
        asked_.drop_for(statement, values);
        sets_.send_before(statement);
        if (!waiting_.empty()) {
            std::int64_t changed = 0;
            send_waiting(name_of(statement).c_str(), statement.name, bound);
            finish_waiting(
                [&](std::size_t, const PGresult* result) { changed = changed_rows(result); });
            return changed;
        }
        const ResultPtr result(PQexecPrepared(db_, name_of(statement).c_str(),
                                              static_cast<int>(values.size()), bound.data.data(),
                                              bound.sizes.data(), bound.formats.data(), 1));
        check(result.get(), statement.name);
        return changed_rows(result.get());
    }

    void query(const Statement& statement, std::span<const Value> values,
               const std::function<void(const Row&)>& each) override {
        prepare(statement);
        const Bound bound(values);
        HAAT_ASSERT(values.size() == statement.params.size());
        std::vector<Value> columns(statement.columns.size());
        const auto hand_over = [&](const PGresult* result) {
            for (int row = 0; row < PQntuples(result); ++row) {
                for (std::size_t i = 0; i < columns.size(); ++i) {
                    columns[i] = column(result, row, static_cast<int>(i), statement.name);
                }
                each(Row(columns));
            }
        };
        if (const ResultPtr answer = take_answer(statement, values)) {
            return hand_over(answer.get());
        }
        asked_.drop_for(statement, values);
        sets_.send_before(statement);
        if (!waiting_.empty()) {
            send_waiting(name_of(statement).c_str(), statement.name, bound);
            const std::size_t last = waiting_.size() - 1;
            return finish_waiting([&](std::size_t at, const PGresult* result) {
                if (at == last) {
                    hand_over(result);
                }
            });
        }
        // Row by row: an answer of millions never stands in memory.
        if (PQsendQueryPrepared(db_, name_of(statement).c_str(), static_cast<int>(values.size()),
                                bound.data.data(), bound.sizes.data(), bound.formats.data(),
                                1) == 0) {
            fail("", message(), statement.name);
        }
        PQsetSingleRowMode(db_);
        std::exception_ptr stopped;
        while (const ResultPtr result{PQgetResult(db_)}) {
            if (stopped != nullptr) {
                continue;  // drain, so that the connection can be used again
            }
            try {
                check(result.get(), statement.name);
                hand_over(result.get());
            } catch (...) {
                stopped = std::current_exception();
            }
        }
        if (stopped != nullptr) {
            std::rethrow_exception(stopped);
        }
    }

    void execute_many(const Statement& statement, std::span<const Value> values) override {
        const std::size_t width = statement.params.size();
        HAAT_ASSERT(width != 0 && values.size() % width == 0);
        asked_.drop_for(statement, values);
        sets_.send_before(statement);
        if (statement.by && statement.by->takes_sets) {
            return sets_.add(statement, values);
        }
        if (const std::string copy = copy_command(statement.postgres);
            !copy.empty() && values.size() / width >= kLeastCopiedRows) {
            finish_waiting();
            copy_in(statement, copy, values);
            return;
        }
        prepare(statement);
        for (std::size_t from = 0; from < values.size(); from += width) {
            send_waiting(name_of(statement).c_str(), statement.name,
                         Bound(values.subspan(from, width)));
            if (waiting_.size() >= kStatementsThatWait) {
                finish_waiting();
            }
        }
    }

    void execute_script(std::string_view script) override {
        sets_.send();
        run(std::string(script).c_str());
    }
    [[nodiscard]] std::int64_t new_id() override { return ids_.next(); }
    [[nodiscard]] Engine engine() const override { return Engine::kPostgres; }

  private:
    /// What the URL says wins. A dead peer is noticed within half a minute even where no packet comes
    /// back; a writer wants the primary, wherever it is after a failover.
    void connect() {
        constexpr std::array keywords{"connect_timeout",      "keepalives_idle",  "keepalives_interval",
                                      "keepalives_count",     "tcp_user_timeout", "application_name",
                                      "target_session_attrs", "dbname"};
        const std::array values{"3",
                                "10",
                                "5",
                                "3",
                                "15000",
                                "haat",
                                mode_ == Mode::kWrite ? "read-write" : "any",
                                url_.c_str()};
        std::array<const char*, keywords.size() + 1> names{};
        std::array<const char*, keywords.size() + 1> texts{};
        std::ranges::copy(keywords, names.begin());
        std::ranges::copy(values, texts.begin());
        db_ = PQconnectdbParams(names.data(), texts.data(), 1);
        if (PQstatus(db_) != CONNECTION_OK) {
            const std::string why = message();
            PQfinish(std::exchange(db_, nullptr));
            throw CannotOpen("PostgreSQL: " + why);
        }
        lost_ = false;
        is_mark_prepared_ = false;
        prepared_.clear();
        PQsetNoticeProcessor(db_, [](void*, const char*) {}, nullptr);
        run(("SET search_path TO \"" + schema_ + "\"").c_str());
        run("SET synchronous_commit = on");
        if (bounds_ == Bounds::kNone) {
            return;
        }
        if (mode_ == Mode::kWrite) {
            // A scan of a whole table conflicts with every write to it, however few rows it has:
            // processes that share small tables (leases, marks) would refuse each other for ever.
            // A bitmap of all rows of a product, to be sorted, is chosen while there are no figures
            // of a new table; in order of its index the newest hundred are read, and locked, alone.
            // Where there is no other plan its cost is made so high that PostgreSQL would compile
            // it anew for each run, which takes 20 ms: hence no JIT.
            run("SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off");
        }
        // A server that was stopped in the middle of a transaction must not hold its rows for ever.
        run(mode_ == Mode::kWrite ? "SET lock_timeout = '5s'; SET statement_timeout = '30s'; "
                                    "SET idle_in_transaction_session_timeout = '5s'"
                                  : "SET lock_timeout = '5s'; SET statement_timeout = '10min'; "
                                    "SET idle_in_transaction_session_timeout = '10min'");
    }

    void reconnect() {
        PQfinish(std::exchange(db_, nullptr));
        try {
            connect();
        } catch (const CannotOpen& failure) {
            throw Unavailable(failure.what());
        }
        log_info("storage.reconnected", {});
    }

    void lose() { lost_ = true; }
    [[nodiscard]] std::string message() const {
        return db_ == nullptr ? "not connected" : PQerrorMessage(db_);
    }

    static std::string name_of(const Statement& statement) {
        return "s" + std::to_string(statement.index);
    }

    void prepare(const Statement& statement) {
        if (prepared_.size() <= statement.index) {
            prepared_.resize(all_statements().size());
        }
        if (prepared_[statement.index]) {
            return;
        }
        finish_waiting();  // preparing is a round trip of its own
        HAAT_ASSERT(!statement.postgres.empty());
        std::vector<Oid> types;
        for (const Field& param : statement.params) {
            types.push_back(parameter_type(statement, param.type));
        }
        const ResultPtr result(PQprepare(db_, name_of(statement).c_str(),
                                         std::string(statement.postgres).c_str(),
                                         static_cast<int>(types.size()), types.data()));
        check(result.get(), statement.name);
        prepared_[statement.index] = true;
    }

    void check_columns(const Statement& statement) {
        const ResultPtr result(PQdescribePrepared(db_, name_of(statement).c_str()));
        check(result.get(), statement.name);
        const auto columns = static_cast<std::size_t>(PQnfields(result.get()));
        if (columns != statement.columns.size()) {
            throw Failure(fmt::format("{}: answers {} columns, `out` names {}", statement.name,
                                      columns, statement.columns.size()));
        }
        for (std::size_t i = 0; i < columns; ++i) {
            const Oid type = PQftype(result.get(), static_cast<int>(i));
            const Type wanted = statement.columns[i].type;
            const bool fits = wanted == Type::kInteger ? type == kInt8 || type == kInt4 || type == kInt2
                              : wanted == Type::kText  ? type == kText
                                                       : type == kBytea;
            if (!fits) {
                throw Failure(fmt::format("{}: column {} has PostgreSQL type {}, not what `out` says",
                                          statement.name, statement.columns[i].name, type));
            }
        }
    }

    static std::int64_t changed_rows(const PGresult* result) {
        const std::string_view changed = PQcmdTuples(const_cast<PGresult*>(result));
        return changed.empty() ? 0 : std::stoll(std::string(changed));
    }

    // Statements whose answers nobody waits for go with the next one that somebody does: in libpq's
    // buffer until then, so that many cost one round trip.

    void begin_waiting() {
        if (waiting_.empty()) {
            PQenterPipelineMode(db_);
        }
    }
    /// @param name  Of the prepared statement. @param what  For messages.
    void send_waiting(const char* name, std::string_view what, const Bound& bound) {
        begin_waiting();
        if (PQsendQueryPrepared(db_, name, static_cast<int>(bound.data.size()), bound.data.data(),
                                bound.sizes.data(), bound.formats.data(), 1) == 0) {
            lose();
            throw Unavailable(fmt::format("{}: {}", what, message()));
        }
        waiting_.push_back(what);
    }
    void send_later(const char* sql, std::string_view what) {
        begin_waiting();
        if (PQsendQueryParams(db_, sql, 0, nullptr, nullptr, nullptr, nullptr, 1) == 0) {
            lose();
            throw Unavailable(fmt::format("{}: {}", what, message()));
        }
        waiting_.push_back(what);
    }

    void send_set(const RowSet& set) {
        const Statement& statement = *set.statement();
        prepare(statement);
        send_waiting(name_of(statement).c_str(), statement.name, set.arrays());
    }

    using OnAnswer = std::function<void(std::size_t at, const PGresult*)>;

    /// Sends what waits and hears all answers, each handed to `on_answer` with its place. The first
    /// failure is thrown once all were heard.
    void finish_waiting(const OnAnswer& on_answer = nullptr) {
        if (waiting_.empty()) {
            return;
        }
        finishing_ = std::exchange(waiting_, {});
        PQpipelineSync(db_);
        std::exception_ptr stopped;
        std::size_t at = 0;
        bool synced = false;
        while (!synced && PQstatus(db_) == CONNECTION_OK) {
            if (at + 1 == finishing_.size() && !asked_.is_at(at)) {
                PQsetSingleRowMode(db_);  // no effect once its answer began
            }
            ResultPtr result(PQgetResult(db_));
            if (result == nullptr) {
                ++at;  // the end of one statement's answer
                continue;
            }
            synced = PQresultStatus(result.get()) == PGRES_PIPELINE_SYNC;
            if (synced || stopped != nullptr) {
                continue;
            }
            try {
                check(result.get(), finishing_.at(at));
                if (on_answer) {
                    on_answer(at, result.get());
                }
                asked_.answer(at, std::move(result));
            } catch (...) {
                stopped = std::current_exception();
            }
        }
        asked_.drop_unanswered();
        leave_pipeline(synced, stopped, finishing_.back());
    }

    /// What was asked ahead; nothing if it was not.
    [[nodiscard]] ResultPtr take_answer(const Statement& statement, std::span<const Value> values) {
        if (!asked_.has(statement, values)) {
            return nullptr;
        }
        finish_waiting();
        return asked_.take(statement, values);
    }
    void prepare_mark() {
        if (is_mark_prepared_) {
            return;
        }
        finish_waiting();
        const ResultPtr result(PQprepare(db_, kMark,
                                         "UPDATE commit_mark SET touched = touched "
                                         "WHERE boot_number = $1 "
                                         "RETURNING pg_current_xact_id()::xid::text",
                                         1, &kInt8));
        check(result.get(), "commit");
        is_mark_prepared_ = true;
    }
    /// What waits was for nothing: the transaction or its job is given up.
    void forget_waiting() noexcept {
        try {
            finish_waiting();
        } catch (const std::exception&) {
            log_info("storage.given_up", {});  // why it is given up is known already
        }
    }

    /// After the last answer: what stopped it is thrown on.
    void leave_pipeline(bool synced, const std::exception_ptr& stopped, std::string_view name) {
        PQexitPipelineMode(db_);
        if (stopped != nullptr) {
            std::rethrow_exception(stopped);
        }
        if (!synced) {
            lose();
            throw Unavailable(fmt::format("{}: connection lost", name));
        }
    }

    /// Many rows in PostgreSQL's own bulk form: ten times faster than one statement for each.
    void copy_in(const Statement& statement, const std::string& copy,
                 std::span<const Value> values) {
        run(copy.c_str());
        const std::size_t width = statement.params.size();
        std::string text;
        const auto send = [&] {
            if (PQputCopyData(db_, text.data(), static_cast<int>(text.size())) != 1) {
                fail("", PQerrorMessage(db_), statement.name);
            }
            text.clear();
        };
        for (std::size_t i = 0; i < values.size(); ++i) {
            append_copied(text, values[i]);
            text += (i + 1) % width == 0 ? '\n' : '\t';
            if (text.size() >= kCopyBytes) {
                send();
            }
        }
        send();
        if (PQputCopyEnd(db_, nullptr) != 1) {
            fail("", PQerrorMessage(db_), statement.name);
        }
        std::exception_ptr failed;
        while (const ResultPtr result{PQgetResult(db_)}) {
            try {
                check(result.get(), statement.name);
            } catch (...) {
                failed = std::current_exception();
            }
        }
        if (failed != nullptr) {
            std::rethrow_exception(failed);
        }
    }

    void run(const char* sql) {
        finish_waiting();
        const ResultPtr result(PQexec(db_, sql));
        check(result.get(), sql);
    }

    void check(const PGresult* result, std::string_view what) {
        const ExecStatusType status = PQresultStatus(result);
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
            status == PGRES_SINGLE_TUPLE || status == PGRES_COPY_IN) {
            return;
        }
        if (status == PGRES_PIPELINE_ABORTED) {
            return;  // the first failure of the pipeline was reported already
        }
        const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        fail(state == nullptr ? "" : state, message(), what);
    }

    [[noreturn]] void fail(std::string_view state, std::string_view why, std::string_view what) {
        const std::string message = fmt::format("{}: {}", what, why);
        // Shut down, crashed, starting, read-only after a switch, idle for too long in a transaction.
        constexpr std::array kLost{"57P01", "57P02", "57P03", "25006", "25P03"};
        if (std::ranges::find(kLost, state) != kLost.end() && !is_reader_writing(state)) {
            lose();
        }
        if (is_lost() || state.starts_with("08")) {
            lose();
            throw Unavailable(message);
        }
        if (state == "40001" || state == "40P01") throw SerializationFailure(message);
        if (state == "23505") throw UniqueViolation(message);
        if (state == "53100") throw DiskFull(message);
        if (state == "XX001" || state == "XX002") throw Corrupt(message);
        // Too many connections, or one of the bounds of connect() was reached.
        if (state == "53300" || state == "55P03" || state == "57014") throw Unavailable(message);
        throw Failure(message);
    }

    /// A read-only transaction that wrote is a bug of ours, not of the connection.
    [[nodiscard]] bool is_reader_writing(std::string_view state) const {
        return state == "25006" && mode_ == Mode::kRead;
    }

    std::string url_;
    std::string schema_;
    IdSource& ids_;
    Mode mode_;
    Bounds bounds_;
    PGconn* db_ = nullptr;
    bool lost_ = false;
    std::string mark_;  ///< Transaction that touched our row of `boot` last.
    std::vector<bool> prepared_;
    bool is_mark_prepared_ = false;
    std::vector<std::string_view> waiting_;    ///< Names of statements sent but not answered.
    std::vector<std::string_view> finishing_;  ///< Those of the round trip under way.
    AskedAhead asked_;
    RowSets sets_{[this](const RowSet& set) { send_set(set); }};
};

}  // namespace

std::unique_ptr<Connection> connect_postgres(const std::string& url, const std::string& schema,
                                             IdSource& ids, Mode mode, Bounds bounds) {
    return std::make_unique<PostgresConnection>(url, schema, ids, mode, bounds);
}

}  // namespace haat::storage
