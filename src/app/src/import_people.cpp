#include "import_people.hpp"

#include <exception>
#include <thread>

#include "base/clock.hpp"

namespace haat::app {
namespace {

using storage::Transaction;

/// Reads rows ahead until it is destroyed or the file ends.
class ReadingThread {
 public:
    ReadingThread(storage::Database& database, registry::PeopleImport& import)
        : import_(import), thread_([this, &database] { run(database); }) {}
    ~ReadingThread() {
        import_.stop();
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    ReadingThread(const ReadingThread&) = delete;
    ReadingThread& operator=(const ReadingThread&) = delete;

    /// After the last row was waited for: passes on what went wrong.
    void finish() {
        import_.stop();
        thread_.join();
        if (failure_ != nullptr) {
            std::rethrow_exception(failure_);
        }
    }

 private:
    void run(storage::Database& database) {
        try {
            while (database.read([&](Transaction& tx) { return import_.read_ahead(tx); })) {
                import_.wait_for_room();
            }
        } catch (...) {
            failure_ = std::current_exception();
            import_.stop();
        }
    }

    registry::PeopleImport& import_;
    std::exception_ptr failure_;
    std::thread thread_;
};

}  // namespace

void apply_import(storage::Database& database, registry::PeopleImport& import,
                  const std::function<void(std::int64_t step_micros)>& after_step) {
    const auto step = [&](Transaction& tx) { return import.step(tx); };
    // The first step begins, and finds how far an earlier run came, before a row is read.
    bool more = database.write(step);
    ReadingThread reading(database, import);
    while (more && !import.is_stopped()) {
        import.wait_for_rows();
        const std::int64_t start = system_clock().monotonic_micros();
        more = database.write(step);
        after_step(system_clock().monotonic_micros() - start);
    }
    reading.finish();
}

}  // namespace haat::app
