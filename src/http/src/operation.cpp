#include <sys/statvfs.h>

#include <array>

#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "handlers.hpp"
#include "reader.hpp"
#include "registry/places.hpp"

namespace haat::http {
namespace {

/// At least a twentieth of the disk is free.
bool has_space(const std::string& directory) {
    if (directory.empty()) {
        return true;
    }
    struct statvfs disk{};
    return ::statvfs(directory.c_str(), &disk) == 0 && disk.f_bavail >= disk.f_blocks / 20;
}

/// True if `check` neither throws nor answers false.
template <typename Check>
bool holds(std::string_view name, Check check) {
    try {
        return check();
    } catch (const std::exception& failure) {
        log_warning("ready.failed", {{"check", name}, {"what", failure.what()}});
        return false;
    }
}

bool is_this_machine(const Call& call) {
    const std::string& address = call.request.remote_address;
    return (address == "127.0.0.1" || address == "::1" || address == "::ffff:127.0.0.1") &&
           call.request.header("x-forwarded-for").empty();
}

}  // namespace

Result<Answer> get_health(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return json_answer("{\"status\":\"ok\"}");
}

Result<Answer> get_ready(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    storage::Database& database = call.services.database;
    struct Check {
        std::string_view name;
        bool ok;
    };
    const std::array checks{
        // The schema was compared at start and every statement is prepared; a read proves both.
        Check{"schema", holds("schema",
                              [&] {
                                  return database.read([](storage::Transaction& tx) {
                                      return registry::find_place(tx, registry::kBihar).has_value();
                                  });
                              })},
        Check{"database", holds("database",
                                [&] {
                                    database.write([](storage::Transaction&) {});
                                    return true;
                                })},
        Check{"disk", has_space(call.services.settings.data_directory)},
    };
    bool all = true;
    JsonWriter json;
    json.begin_object().key("checks").begin_array();
    for (const Check& check : checks) {
        all = all && check.ok;
        json.begin_object().field("name", check.name).field("ok", check.ok).end_object();
    }
    json.end_array().field("status", all ? "ok" : "unavailable").end_object();
    return json_answer(json.take(), all ? 200 : 503);
}

Result<Answer> get_metrics(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    if (!call.services.settings.metrics_for_all && !is_this_machine(call)) {
        return refuse(ErrorKind::kForbidden, "http.metrics_local");
    }
    Answer answer;
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = call.services.metrics.text();
    return answer;
}

}  // namespace haat::http
