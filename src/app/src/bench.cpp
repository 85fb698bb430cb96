#include "bench.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "base/text.hpp"
#include "output.hpp"
#include "storage/migrations.hpp"

namespace haat::app {
namespace {

/// A folder below the system's temporary one that nobody else has.
std::string make_temporary() {
    std::string path = (std::filesystem::temp_directory_path() / "haat-bench-XXXXXX").string();
    if (::mkdtemp(path.data()) == nullptr) {
        throw std::runtime_error("cannot make a folder in " + path);
    }
    return path;
}

}  // namespace

std::int64_t cpu_micros() {
    struct rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto micros = [](const timeval& time) {
        return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
    };
    return micros(usage.ru_utime) + micros(usage.ru_stime);
}

std::int64_t resident_bytes() {
    std::FILE* file = std::fopen("/proc/self/statm", "re");
    if (file == nullptr) {
        return 0;
    }
    long long pages = 0;
    long long resident = 0;
    const int read = std::fscanf(file, "%lld %lld", &pages, &resident);
    std::fclose(file);
    return read == 2 ? resident * ::sysconf(_SC_PAGESIZE) : 0;
}

std::int64_t percentile(std::vector<std::int64_t>& samples, double share) {
    if (samples.empty()) {
        return 0;
    }
    std::ranges::sort(samples);
    const auto at = static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1));
    return samples[at];
}

void BenchReport::count(std::string_view name, std::int64_t value) {
    values_.emplace_back(name, std::to_string(value));
}

void BenchReport::figure(std::string_view name, double value) {
    values_.emplace_back(name, fmt::format("{:.2f}", value));
}

void BenchReport::text(std::string_view name, std::string_view value) {
    std::string json;
    append_json_string(json, value);
    values_.emplace_back(name, std::move(json));
}

void BenchReport::json(std::string_view name, std::string_view value) {
    values_.emplace_back(name, value);
}

void BenchReport::circumstances(storage::Database& database) {
    const bool sqlite = database.engine() == storage::Engine::kSqlite;
    text("engine", sqlite ? "sqlite" : "postgresql");
    text("durability", sqlite ? "wal, synchronous=FULL" : "synchronous_commit=on");
    count("cores", std::thread::hardware_concurrency());
    count("resident_bytes", resident_bytes());
}

void BenchReport::print(const Arguments& arguments) const {
    if (arguments.json()) {
        JsonWriter json;
        json.begin_object();
        for (const auto& [name, value] : values_) {
            json.key(name).raw(value);
        }
        print_line(json.end_object().text());
        return;
    }
    for (const auto& [name, value] : values_) {
        print_line(fmt::format("{:<28} {}", name, value));
    }
}

BenchDatabase::BenchDatabase(const Arguments& arguments) {
    options_.postgres_url = arguments.value("--database");
    if (options_.postgres_url.empty()) {
        options_.sqlite_directory = arguments.value("--data");
        if (options_.sqlite_directory.empty()) {
            temporary_ = make_temporary();
            options_.sqlite_directory = temporary_;
        }
    } else if (arguments.has("--schema")) {
        options_.postgres_schema = arguments.value("--schema");
    } else {
        options_.postgres_schema = "haat_bench";
    }
    const Result<std::vector<std::string>> migrated = storage::migrate(options_);
    if (!migrated) {
        throw std::runtime_error("the database has another schema: " + migrated.error().code);
    }
    reopen();
}

BenchDatabase::~BenchDatabase() {
    database_.reset();
    if (!temporary_.empty()) {
        std::error_code ignored;
        std::filesystem::remove_all(temporary_, ignored);
    }
}

void BenchDatabase::reopen() {
    database_.reset();
    database_ = storage::Database::open(options_);
}

Result<std::int64_t> number_of(const Arguments& arguments, std::string_view name,
                               std::int64_t otherwise) {
    if (!arguments.has(name)) {
        return otherwise;
    }
    const std::optional<std::int64_t> number = parse_integer(arguments.value(name));
    if (!number || *number < 0) {
        return refuse(ErrorKind::kInvalid, "app.bad_number", {{"option", std::string(name)}});
    }
    return *number;
}

}  // namespace haat::app
