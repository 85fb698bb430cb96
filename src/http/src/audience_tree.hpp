/// @file AudienceTree of the contract, and its twin, the text.
#pragma once

#include <optional>
#include <string>

#include "base/json_writer.hpp"
#include "base/result.hpp"
#include "reader.hpp"
#include "registry/audience_query.hpp"

namespace haat::http {

/// What a client said: a text, a tree, or neither. What is wrong with a tree is kept until it is
/// parsed, so that the reader reads on.
struct AudienceExpression {
    std::optional<std::string> text;
    std::optional<Result<registry::Audience>> tree;
};

/// Reads the fields `text` and `tree`; both at once are refused.
[[nodiscard]] AudienceExpression read_expression(Reader& in);

/// The tree that is meant, not yet resolved; none if nothing was said. @return registry.audience_*.
[[nodiscard]] Result<std::optional<registry::Audience>> parse_expression(
    const AudienceExpression& expression);

/// Writes a tree.
void write_tree(JsonWriter& json, const registry::Audience& audience);

}  // namespace haat::http
