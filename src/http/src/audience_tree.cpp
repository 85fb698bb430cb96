#include "audience_tree.hpp"

#include <array>
#include <utility>
#include <vector>

namespace haat::http {
namespace {

using registry::Audience;
using registry::AudienceField;
using Kind = Audience::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 4> kOps{
    {{Kind::kAll, "all"}, {Kind::kAny, "any"}, {Kind::kNot, "not"}, {Kind::kTerm, "term"}}};

std::optional<Kind> op_from(std::string_view name) {
    for (const auto& [kind, op] : kOps) {
        if (op == name) {
            return kind;
        }
    }
    return std::nullopt;
}

/// The contract's names only, not the other words that a text may use.
std::optional<AudienceField> field_from(std::string_view name) {
    AudienceField field{};
    const bool known = registry::audience_field_from(name, field);
    return known && registry::audience_field_name(field) == name ? std::optional(field)
                                                                 : std::nullopt;
}

Audience read_term(Reader& in) {
    Audience term = registry::term(in.choice("field", field_from),
                                   in.maybe_text("text", {.max = 200}).value_or(""));
    if (term.field == AudienceField::kContacted) {
        term.id = in.integer("days", 1, registry::kMostContactedDays);
        term.text.clear();
    } else {
        term.id = in.maybe_integer("id", 1, kMaxId).value_or(0);
    }
    if (term.id != 0) {
        term.text.clear();  // the id is exact; the name comes back as it is today
    }
    return term;
}

Audience read_node(Reader& in, std::size_t& nodes) {
    const Kind kind = in.choice("op", op_from);
    if (++nodes > registry::kMostAudienceTerms) {
        in.refuse_field("parts");
        return {};
    }
    if (kind == Kind::kTerm) {
        return read_term(in);
    }
    std::vector<Audience> parts;
    const bool may_be_empty = kind == Kind::kAll;
    if (!may_be_empty || in.has("parts")) {
        in.objects("parts", may_be_empty ? 0 : 1,
                   kind == Kind::kNot ? 1 : registry::kMostAudienceTerms,
                   [&](Reader& part) { parts.push_back(read_node(part, nodes)); });
    }
    if (kind == Kind::kAll || parts.empty()) {
        return registry::all_of(std::move(parts));
    }
    return kind == Kind::kAny ? registry::any_of(std::move(parts))
                              : registry::none_of(std::move(parts.front()));
}

/// What a text could not have said either.
Result<void> check_terms(Audience& audience) {
    if (audience.kind == Kind::kTerm) {
        HAAT_TRY(registry::check_term(audience));
    }
    for (Audience& part : audience.parts) {
        HAAT_TRY(check_terms(part));
    }
    return {};
}

}  // namespace

AudienceExpression read_expression(Reader& in) {
    AudienceExpression expression;
    expression.text = in.maybe_text("text", {.max = 20'000, .blank_allowed = false});
    if (in.has("tree")) {
        if (expression.text) {
            in.refuse_field("tree");
        }
        in.object("tree", [&](Reader& root) {
            std::size_t nodes = 0;
            Audience tree = read_node(root, nodes);
            const Result<void> checked = check_terms(tree);
            if (checked) {
                expression.tree = std::move(tree);
            } else {
                expression.tree = std::unexpected(checked.error());
            }
        });
    }
    return expression;
}

Result<std::optional<Audience>> parse_expression(const AudienceExpression& expression) {
    if (expression.text) {
        return HAAT_TRY(registry::parse_audience(*expression.text));
    }
    if (expression.tree) {
        return HAAT_TRY(Result<Audience>(*expression.tree));
    }
    return std::optional<Audience>();
}

void write_tree(JsonWriter& json, const Audience& audience) {
    json.begin_object();
    for (const auto& [kind, op] : kOps) {
        if (kind == audience.kind) {
            json.field("op", op);
        }
    }
    if (audience.kind != Kind::kTerm) {
        json.key("parts").begin_array();
        for (const Audience& part : audience.parts) {
            write_tree(json, part);
        }
        json.end_array().end_object();
        return;
    }
    json.field("field", registry::audience_field_name(audience.field));
    if (audience.field == AudienceField::kContacted) {
        json.field("days", audience.id);
    } else if (audience.id != 0) {
        json.field("id", audience.id);
    }
    if (!audience.text.empty()) {
        json.field("text", audience.text);
    }
    json.end_object();
}

}  // namespace haat::http
