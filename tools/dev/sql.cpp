/// @file Named SQL statements become typed C++ functions, so that a misspelt column or a forgotten
/// parameter is a compile error, and every statement can be prepared at boot on both databases.
///
/// A block of an .sql file:
///
///     -- name: offer_add :one
///     -- in: product_key text, note text?
///     -- out: offer_id, state text
///     -- Adds a confirmed offer.
///     INSERT INTO … VALUES (:product_key, :note, :person_id, …) RETURNING offer_id, state;
///
/// Kinds: :exec (rows changed), :one (exactly one row), :maybe (at most one), :many (a vector),
/// :each (a callback for each row, for large answers), :batch (one statement for many rows), :later
/// (a write of which nobody asks how many rows it changed: it may go with the next statement, so
/// that PostgreSQL answers both in one round trip; it fails with that one or with the commit).
/// Parameters are integers unless `in` says text or blob; `?` allows NULL. `offer_id` and anything
/// that ends in `_offer_id` is an OfferId (base/ids.hpp); `_paise` is Paise, `_milli` is Milli,
/// `_at` is UnixSeconds. `-- only: sqlite` or `-- only: postgres` gives one database its own text:
/// then two blocks bear the same name and the same signature.
///
/// `-- by: offer_id` says that of tables with an offer_id the statement touches only rows with the
/// one given. Answers asked ahead about others then hold after it, and a :batch or :later runs on
/// PostgreSQL once for many rows: they wait until a statement names their table, at most until the
/// commit. So what another table references must be read before that one is written, and no other
/// condition of an UPDATE may be one that an index finds: all that it finds would be read.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "dev.hpp"

namespace haat::dev {
namespace {

struct Field {
    std::string name;
    std::string storage = "int";  // int, text, blob
    bool nullable = false;

    friend bool operator==(const Field&, const Field&) = default;
};

struct Block {
    std::string name;
    std::string kind;
    std::string only;
    std::string by;
    std::string intent;
    std::vector<Field> in_notes;
    std::vector<Field> params;  // in the order of their numbers
    std::vector<Field> out;
    std::string text;
    std::string sqlite;
    std::string postgres;

    /// PostgreSQL takes many rows of it at once.
    [[nodiscard]] bool takes_sets() const {
        return !by.empty() && (kind == "batch" || kind == "later");
    }
};

std::vector<Field> parse_fields(std::string list) {
    std::vector<Field> fields;
    std::istringstream in(list);
    for (std::string item; std::getline(in, item, ',');) {
        std::istringstream words(item);
        Field field;
        words >> field.name;
        std::string type;
        words >> type;
        if (field.name.ends_with('?')) {
            field.nullable = true;
            field.name.pop_back();
        }
        if (type.ends_with('?')) {
            field.nullable = true;
            type.pop_back();
        }
        if (!type.empty()) {
            field.storage = type;
        }
        if (field.storage != "int" && field.storage != "text" && field.storage != "blob") {
            throw std::runtime_error("a field is int, text or blob, not " + field.storage);
        }
        if (!field.name.empty()) {
            fields.push_back(field);
        }
    }
    return fields;
}

/// Replaces :name by ?N and $N outside of string literals, and collects the parameters.
void number_parameters(Block& block) {
    const std::string& text = block.text;
    bool in_literal = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\'') {
            in_literal = !in_literal;
        }
        const bool starts_name = c == ':' && !in_literal && i + 1 < text.size() &&
                                 std::islower(static_cast<unsigned char>(text[i + 1])) != 0 &&
                                 (i == 0 || text[i - 1] != ':');
        if (!starts_name) {
            block.sqlite += c;
            block.postgres += c;
            continue;
        }
        std::size_t end = i + 1;
        while (end < text.size() &&
               (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) {
            ++end;
        }
        Field field;
        field.name = text.substr(i + 1, end - i - 1);
        for (const Field& note : block.in_notes) {
            if (note.name == field.name) {
                field = note;
            }
        }
        auto found = std::ranges::find(block.params, field.name, &Field::name);
        if (found == block.params.end()) {
            block.params.push_back(field);
            found = block.params.end() - 1;
        }
        const auto number = found - block.params.begin() + 1;
        block.sqlite += fmt::format("?{}", number);
        block.postgres += fmt::format("{}{}", block.takes_sets() ? "given.p" : "$", number);
        i = end - 1;
    }
    for (const Field& note : block.in_notes) {
        if (std::ranges::find(block.params, note.name, &Field::name) == block.params.end()) {
            throw std::runtime_error(block.name + ": `in` names " + note.name +
                                     ", which the statement does not use");
        }
    }
}

/// From "INSERT … VALUES (…) …" or "UPDATE … WHERE …" to the same with the rows of arrays.
void take_sets(Block& block) {
    std::string types;
    std::string names;
    for (std::size_t i = 0; i < block.params.size(); ++i) {
        const std::string& type = block.params[i].storage;
        types += fmt::format("{}${}::{}[]", i == 0 ? "" : ", ", i + 1,
                             type == "int"    ? "BIGINT"
                             : type == "text" ? "TEXT"
                                              : "BYTEA");
        names += fmt::format("{}p{}", i == 0 ? "" : ", ", i + 1);
    }
    const std::string given = fmt::format("FROM unnest({}) AS given ({}) ", types, names);
    std::string& sql = block.postgres;
    constexpr std::string_view kValues = "VALUES (";
    const bool is_insert = sql.starts_with("INSERT INTO ");
    const std::size_t at = sql.rfind(is_insert ? kValues : "WHERE ");
    if (at == std::string::npos || (!is_insert && !sql.starts_with("UPDATE "))) {
        throw std::runtime_error(block.name + ": a set is INSERT … VALUES (…) or UPDATE … WHERE");
    }
    if (!is_insert) {
        sql.insert(at, given);
        return;
    }
    std::size_t end = at + kValues.size();
    for (int depth = 1; depth > 0; ++end) {
        depth += sql.at(end) == '(' ? 1 : sql.at(end) == ')' ? -1 : 0;
    }
    sql.replace(end - 1, 1, " " + given);
    sql.replace(at, kValues.size(), "SELECT ");
}

std::vector<Block> parse(const std::string& content) {
    std::vector<Block> blocks;
    std::istringstream in(content);
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        static const std::regex kName(R"(^-- name: ([a-z0-9_]+) :([a-z]+)\s*$)");
        static const std::regex kNote(R"(^-- (in|out|only|by): (.*)$)");
        if (std::regex_match(line, match, kName)) {
            blocks.push_back({.name = match[1], .kind = match[2]});
        } else if (blocks.empty()) {
            if (!line.empty() && !line.starts_with("--")) {
                throw std::runtime_error("SQL before the first `-- name:` line");
            }
        } else if (std::regex_match(line, match, kNote)) {
            Block& block = blocks.back();
            if (match[1] == "in") {
                const std::vector<Field> fields = parse_fields(match[2]);
                block.in_notes.insert(block.in_notes.end(), fields.begin(), fields.end());
            } else if (match[1] == "out") {
                const std::vector<Field> fields = parse_fields(match[2]);
                block.out.insert(block.out.end(), fields.begin(), fields.end());
            } else {
                (match[1] == "by" ? block.by : block.only) = match[2];
            }
        } else if (line.starts_with("--")) {
            blocks.back().intent += line.size() > 3 ? "/// " + line.substr(3) + "\n" : "";
        } else if (!line.empty()) {
            blocks.back().text += line + "\n";
        }
    }
    for (Block& block : blocks) {
        while (!block.text.empty() && (block.text.back() == '\n' || block.text.back() == ';')) {
            block.text.pop_back();
        }
        if (block.text.empty() || block.intent.empty()) {
            throw std::runtime_error(block.name + ": needs a sentence of intent and a statement");
        }
        number_parameters(block);
        if (!block.by.empty() &&
            std::ranges::find(block.params, Field{.name = block.by}) == block.params.end()) {
            throw std::runtime_error(block.name + ": `by` names an integer parameter");
        }
        if (block.takes_sets()) {
            take_sets(block);
        }
    }
    return blocks;
}

/// Joins the two texts of a statement that each database writes in its own way.
std::vector<Block> join_variants(std::vector<Block> blocks) {
    std::vector<Block> joined;
    for (Block& block : blocks) {
        const auto same = std::ranges::find(joined, block.name, &Block::name);
        if (same == joined.end()) {
            if (block.only == "sqlite") {
                block.postgres.clear();
            } else if (block.only == "postgres") {
                block.sqlite.clear();
            }
            joined.push_back(std::move(block));
            continue;
        }
        if (block.only.empty() || same->only.empty() || block.only == same->only ||
            block.params != same->params || block.out != same->out || block.kind != same->kind ||
            block.by != same->by) {
            throw std::runtime_error(block.name +
                                     ": twice, or its two variants differ in their signature");
        }
        (block.only == "sqlite" ? same->sqlite : same->postgres) =
            block.only == "sqlite" ? block.sqlite : block.postgres;
        same->only.clear();
    }
    return joined;
}

class Writer {
  public:
    Writer(std::string module, std::string noun, std::vector<std::string> ids)
        : module_(std::move(module)), noun_(std::move(noun)), ids_(std::move(ids)) {}

    [[nodiscard]] std::string header(const std::vector<Block>& blocks) const;
    [[nodiscard]] std::string source(const std::vector<Block>& blocks) const;

  private:
    [[nodiscard]] std::string scalar_type(const Field& field) const;
    [[nodiscard]] std::string param_type(const Field& field) const;
    [[nodiscard]] std::string row_type(const Field& field) const;
    [[nodiscard]] static std::string camel(const std::string& name);
    [[nodiscard]] static std::string signature(const Block& block);
    [[nodiscard]] std::string definition(const Block& block) const;
    [[nodiscard]] static std::string by(const Block& block);
    [[nodiscard]] static std::string bind(const Field& field);
    [[nodiscard]] std::string take(const Field& field, std::size_t column) const;

    std::string module_;
    std::string noun_;
    std::vector<std::string> ids_;
};

std::string Writer::camel(const std::string& name) {
    std::string out;
    bool upper = true;
    for (const char c : name) {
        if (c == '_') {
            upper = true;
            continue;
        }
        out += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        upper = false;
    }
    return out;
}

std::string Writer::scalar_type(const Field& field) const {
    const std::string& name = field.name;
    if (name.ends_with("_paise")) return "Paise";
    if (name.ends_with("_milli")) return "Milli";
    if (name.ends_with("_at")) return "UnixSeconds";
    std::string best = "std::int64_t";
    for (const std::string& id : ids_) {  // e.g. OrderLineId: order_line_id or x_order_line_id
        std::string snake;
        for (const char c : id) {
            if (std::isupper(static_cast<unsigned char>(c)) != 0 && !snake.empty()) snake += '_';
            snake += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        }
        if ((name == snake || name.ends_with("_" + snake)) &&
            (best == "std::int64_t" || id.size() > best.size())) {
            best = id;
        }
    }
    return best;
}

std::string Writer::param_type(const Field& field) const {
    const std::string type = field.storage == "int" ? scalar_type(field) : "std::string_view";
    return field.nullable ? "std::optional<" + type + ">" : type;
}

std::string Writer::row_type(const Field& field) const {
    const std::string type = field.storage == "int" ? scalar_type(field) : "std::string";
    return field.nullable ? "std::optional<" + type + ">" : type;
}

std::string Writer::signature(const Block& block) {
    const std::string type = camel(block.name);
    std::string result;
    std::string last;
    if (block.kind == "exec") {
        result = "std::int64_t";
    } else if (block.kind == "later") {
        result = "void";
    } else if (block.kind == "one") {
        result = type + "Row";
    } else if (block.kind == "maybe") {
        result = fmt::format("std::optional<{}Row>", type);
    } else if (block.kind == "many") {
        result = fmt::format("std::vector<{}Row>", type);
    } else if (block.kind == "each") {
        result = "void";
        last = fmt::format(", const std::function<void(const {}Row&)>& each", type);
    } else if (block.kind == "batch") {
        return fmt::format("void {}(storage::Transaction& tx, std::span<const {}Params> batch)",
                           block.name, type);
    } else {
        throw std::runtime_error(block.name + ": no kind :" + block.kind);
    }
    const std::string params =
        block.params.empty() ? "" : fmt::format(", const {}Params& params", type);
    return fmt::format("{} {}(storage::Transaction& tx{}{})", result, block.name, params, last);
}

std::string Writer::header(const std::vector<Block>& blocks) const {
    std::string out = fmt::format(
        "// Made from src/{}/sql/{}.sql by haat_dev; do not edit.\n#pragma once\n\n"
        "#include <cstdint>\n#include <functional>\n#include <optional>\n#include <span>\n"
        "#include <string>\n#include <string_view>\n#include <vector>\n\n"
        "#include \"base/clock.hpp\"\n#include \"base/ids.hpp\"\n#include \"base/money.hpp\"\n"
        "#include \"base/quantity.hpp\"\n#include \"storage/transaction.hpp\"\n\n"
        "namespace haat::{}::sql {{\n\n",
        module_, noun_, module_);
    for (const Block& block : blocks) {
        const std::string type = camel(block.name);
        if (!block.params.empty()) {
            out += fmt::format("struct {}Params {{\n", type);
            for (const Field& field : block.params) {
                out += fmt::format("    {} {}{{}};\n", param_type(field), field.name);
            }
            out += "};\n";
        }
        if (!block.out.empty()) {
            out += fmt::format("struct {}Row {{\n", type);
            for (const Field& field : block.out) {
                out += fmt::format("    {} {}{{}};\n", row_type(field), field.name);
            }
            out += "};\n";
        }
        out += block.intent + signature(block) + ";\n\n";
    }
    return out + fmt::format("}}  // namespace haat::{}::sql\n", module_);
}

std::string Writer::bind(const Field& field) {
    return fmt::format("storage::Value::{}(params.{})", field.storage == "blob" ? "blob" : "of",
                       field.name);
}

std::string Writer::take(const Field& field, std::size_t column) const {
    const std::string get = field.storage == "int" ? fmt::format("row.integer({})", column)
                                                   : fmt::format("std::string(row.text({}))", column);
    const std::string type = field.storage == "int" ? scalar_type(field) : "std::string";
    const std::string value =
        field.storage == "int" && type != "std::int64_t" ? fmt::format("{}{{{}}}", type, get) : get;
    if (!field.nullable) {
        return value;
    }
    return fmt::format("row.is_null({}) ? std::nullopt : std::optional<{}>({})", column, type,
                       value);
}

std::string Writer::by(const Block& block) {
    const auto found = std::ranges::find(block.params, block.by, &Field::name);
    return block.by.empty() ? "{}"
                            : fmt::format("storage::By{{{}, {}}}", found - block.params.begin(),
                                          block.takes_sets());
}

std::string Writer::definition(const Block& block) const {
    const std::string type = camel(block.name);
    const auto types = [](const std::vector<Field>& fields, bool with_names) {
        std::string list;
        for (const Field& field : fields) {
            const std::string kind = field.storage == "int"    ? "storage::Type::kInteger"
                                     : field.storage == "text" ? "storage::Type::kText"
                                                               : "storage::Type::kBlob";
            list += with_names ? fmt::format("{{\"{}\", {}}}, ", field.name, kind) : kind + ", ";
        }
        return list;
    };
    std::string out;
    out += fmt::format("constexpr storage::Field k{}In[] = {{{}}};\n", type,
                       block.params.empty() ? "{}" : types(block.params, true));
    out += fmt::format("constexpr storage::Field k{}Out[] = {{{}}};\n", type,
                       block.out.empty() ? "{}" : types(block.out, true));
    out += fmt::format(
        "const storage::Statement k{0}(\"{1}.{2}\",\n    R\"sql({3})sql\",\n    R\"sql({4})sql\",\n"
        "    std::span(k{0}In).first({5}), std::span(k{0}Out).first({6}), {7});\n\n",
        type, module_, block.name, block.sqlite, block.postgres, block.params.size(),
        block.out.size(), by(block));

    const std::size_t n = block.params.size();
    if (n != 0) {
        out += fmt::format("std::array<storage::Value, {}> values_of(const {}Params& params) {{\n"
                           "    return {{{{\n",
                           n, type);
        for (const Field& field : block.params) {
            out += "        " + bind(field) + ",\n";
        }
        out += "    }};\n}\n\n";
    }
    if (!block.out.empty()) {
        out += fmt::format("{0}Row {1}_row(const storage::Row& row) {{\n    return {{\n", type,
                           block.name);
        for (std::size_t i = 0; i < block.out.size(); ++i) {
            out += fmt::format("        .{} = {},\n", block.out[i].name, take(block.out[i], i));
        }
        out += "    };\n}\n\n";
    }
    return out;
}

std::string Writer::source(const std::vector<Block>& blocks) const {
    std::string hidden;
    std::string functions;
    for (const Block& block : blocks) {
        hidden += definition(block);
        const std::string type = camel(block.name);
        const std::string values = block.params.empty() ? "{}" : "values_of(params)";
        functions += signature(block) + " {\n";
        if (block.kind == "exec") {
            functions += fmt::format("    return tx.execute(k{}, {});\n", type, values);
        } else if (block.kind == "later") {
            functions += fmt::format("    tx.execute_many(k{}, {});\n", type, values);
        } else if (block.kind == "batch") {
            functions += fmt::format(
                "    std::vector<storage::Value> values;\n"
                "    values.reserve(batch.size() * {1});\n"
                "    for (const {0}Params& params : batch) {{\n"
                "        const auto row = values_of(params);\n"
                "        values.insert(values.end(), row.begin(), row.end());\n    }}\n"
                "    tx.execute_many(k{0}, values);\n",
                type, block.params.size());
        } else if (block.kind == "each") {
            functions += fmt::format(
                "    tx.query(k{0}, {1}, [&](const storage::Row& row) {{ each({2}_row(row)); }});\n",
                type, values, block.name);
        } else {
            functions += fmt::format(
                "    std::vector<{0}Row> rows;\n"
                "    tx.query(k{0}, {1}, [&](const storage::Row& row) {{\n"
                "        rows.push_back({2}_row(row));\n    }});\n",
                type, values, block.name);
            if (block.kind == "many") {
                functions += "    return rows;\n";
            } else if (block.kind == "one") {
                functions += "    HAAT_ASSERT(rows.size() == 1);\n    return std::move(rows.front());\n";
            } else {
                functions += "    HAAT_ASSERT(rows.size() <= 1);\n"
                             "    if (rows.empty()) {\n        return std::nullopt;\n    }\n"
                             "    return std::move(rows.front());\n";
            }
        }
        functions += "}\n\n";
    }
    return fmt::format(
        "// Made from src/{0}/sql/{1}.sql by haat_dev; do not edit.\n#include \"sql/{1}.hpp\"\n\n"
        "#include <array>\n#include <utility>\n\n#include \"base/assert.hpp\"\n"
        "#include \"storage/statement.hpp\"\n\n"
        "namespace haat::{0}::sql {{\nnamespace {{\n\n{2}}}  // namespace\n\n{3}"
        "}}  // namespace haat::{0}::sql\n",
        module_, noun_, hidden, functions);
}

std::vector<std::string> read_ids(const std::string& path) {
    std::vector<std::string> ids;
    const std::string content = read_file(path);
    static const std::regex kId(R"(HAAT_ID\((\w+Id)\))");
    for (std::sregex_iterator it(content.begin(), content.end(), kId), end; it != end; ++it) {
        ids.push_back((*it)[1]);
    }
    return ids;
}

}  // namespace

int sql(std::span<const std::string> arguments) {
    if (arguments.size() != 4) {
        throw std::runtime_error("sql <module> <file.sql> <ids.hpp> <out folder>");
    }
    const std::string noun = std::filesystem::path(arguments[1]).stem();
    try {
        const std::vector<Block> blocks = join_variants(parse(read_file(arguments[1])));
        const Writer writer(arguments[0], noun, read_ids(arguments[2]));
        write_if_changed(arguments[3] + "/" + noun + ".hpp", writer.header(blocks));
        write_if_changed(arguments[3] + "/" + noun + ".cpp", writer.source(blocks));
    } catch (const std::exception& error) {
        throw std::runtime_error(arguments[1] + ": " + error.what());
    }
    return 0;
}

}  // namespace haat::dev
