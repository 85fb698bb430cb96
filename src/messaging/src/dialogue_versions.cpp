#include "messaging/dialogue_versions.hpp"

#include <boost/json.hpp>

#include "base/assert.hpp"
#include "base/json_writer.hpp"
#include "sql/dialogue_versions.hpp"

namespace haat::messaging {
namespace {

std::string to_json(const std::vector<BookChange>& changes) {
    JsonWriter json;
    json.begin_array();
    for (const BookChange& change : changes) {
        json.begin_object().field("kind", part_kind_name(change.kind)).field("name", change.name);
        if (change.body) {
            json.field("body", *change.body);
        }
        json.end_object();
    }
    return json.end_array().take();
}

std::vector<BookChange> changes_from_json(std::string_view json) {
    std::vector<BookChange> changes;
    const auto document = boost::json::parse(boost::json::string_view(json.data(), json.size()));
    for (const boost::json::value& value : document.as_array()) {
        const boost::json::object& object = value.as_object();
        BookChange change{
            .kind = part_kind_from_name(std::string_view(object.at("kind").as_string()))
                        .value_or(PartKind::kText),
            .name = std::string(object.at("name").as_string()),
            .body = std::nullopt};
        if (const boost::json::value* body = object.if_contains("body")) {
            change.body = std::string(body->as_string());
        }
        changes.push_back(std::move(change));
    }
    return changes;
}

template <typename Row>
DialogueVersion version_of(const Row& row) {
    return {.number = row.number,
            .content = row.content,
            .is_shipped = row.source == "shipped",
            .newer = changes_from_json(row.newer),
            .note = row.note,
            .account_id = row.account_id,
            .published_at = row.published_at};
}

template <typename Row>
std::optional<BookSource> source_of(const std::optional<Row>& row) {
    return row ? std::optional(book_source_from_json(row->book)) : std::nullopt;
}

}  // namespace

LatestVersion latest_dialogue_version(storage::Transaction& tx) {
    const auto row = sql::dialogue_version_latest(tx);
    return {.number = row.number, .content = row.content};
}

std::optional<DialogueVersion> find_dialogue_version(storage::Transaction& tx,
                                                     std::int64_t number) {
    const auto row = sql::dialogue_version_find(tx, {.dialogue_version_id = number});
    return row ? std::optional(version_of(*row)) : std::nullopt;
}

std::vector<DialogueVersion> list_dialogue_versions(storage::Transaction& tx, std::int64_t before,
                                                    int limit) {
    std::vector<DialogueVersion> versions;
    for (const auto& row : sql::dialogue_version_list(tx, {.before = before, .row_limit = limit})) {
        versions.push_back(version_of(row));
    }
    return versions;
}

std::optional<BookSource> dialogue_source(storage::Transaction& tx, std::int64_t number) {
    return source_of(sql::dialogue_version_book(tx, {.dialogue_version_id = number}));
}

std::optional<BookSource> dialogue_source_of_content(storage::Transaction& tx,
                                                     std::int64_t content) {
    return source_of(sql::dialogue_version_by_content(tx, {.content = content}));
}

std::int64_t add_dialogue_version(storage::Transaction& tx, const DialogueVersion& version,
                                  const BookSource& source) {
    const std::int64_t number = latest_dialogue_version(tx).number + 1;
    const std::string book = messaging::to_json(source);
    const std::string newer = to_json(version.newer);
    sql::dialogue_version_add(tx, {.dialogue_version_id = number,
                                   .content = content_of(source),
                                   .source = version.is_shipped ? "shipped" : "officer",
                                   .book = book,
                                   .newer = newer,
                                   .note = version.note,
                                   .account_id = version.account_id,
                                   .published_at = version.published_at});
    return number;
}

std::optional<BookSource> shipped_dialogues(storage::Transaction& tx) {
    return source_of(sql::dialogue_shipped_latest(tx));
}

void set_shipped_dialogues(storage::Transaction& tx, const BookSource& source, UnixSeconds now) {
    const auto before = sql::dialogue_shipped_latest(tx);
    const std::string book = messaging::to_json(source);
    sql::dialogue_shipped_add(tx, {.number = before ? before->number + 1 : 1,
                                   .content = content_of(source),
                                   .book = book,
                                   .seen_at = now});
}

std::vector<DraftPart> dialogue_draft(storage::Transaction& tx) {
    std::vector<DraftPart> parts;
    for (const auto& row : sql::dialogue_draft_list(tx)) {
        const auto kind = part_kind_from_name(row.kind);
        HAAT_ASSERT(kind.has_value());
        parts.push_back({.change = {.kind = *kind, .name = row.name, .body = row.body},
                         .account_id = row.account_id,
                         .changed_at = row.changed_at});
    }
    return parts;
}

void put_draft_part(storage::Transaction& tx, const DraftPart& part) {
    sql::dialogue_draft_put(tx, {.kind = part_kind_name(part.change.kind),
                                 .name = part.change.name,
                                 .body = part.change.body,
                                 .account_id = part.account_id,
                                 .changed_at = part.changed_at});
}

void drop_draft_part(storage::Transaction& tx, PartKind kind, std::string_view name) {
    sql::dialogue_draft_drop(tx, {.kind = part_kind_name(kind), .name = name});
}

void clear_dialogue_draft(storage::Transaction& tx) { sql::dialogue_draft_clear(tx); }

}  // namespace haat::messaging
