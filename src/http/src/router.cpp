#include "router.hpp"

namespace haat::http {
namespace {

/// True if `path` has the shape of `pattern`; then the part in braces is handed out.
bool fits(std::string_view pattern, std::string_view path, std::string_view& id_name,
          std::string_view& id_text) {
    id_name = {};
    id_text = {};
    const std::size_t open = pattern.find('{');
    if (open == std::string_view::npos) {
        return pattern == path;
    }
    const std::size_t close = pattern.find('}');
    const std::string_view before = pattern.substr(0, open);
    const std::string_view after = pattern.substr(close + 1);
    if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
        !path.ends_with(after)) {
        return false;
    }
    const std::string_view middle =
        path.substr(before.size(), path.size() - before.size() - after.size());
    if (middle.contains('/')) {
        return false;
    }
    id_name = pattern.substr(open + 1, close - open - 1);
    id_text = middle;
    return true;
}

}  // namespace

bool Permit::allows(Role role) const {
    if (kind_ != Kind::kActions) {
        return true;
    }
    for (std::size_t i = 0; i < count_; ++i) {
        if (access::may(role, actions_[i])) {
            return true;
        }
    }
    return false;
}

Match match_route(std::string_view method, std::string_view path) {
    Match match;
    // A fixed path wins over one with a place to fill, as /api/broadcasts/preview.
    const Route* with_id = nullptr;
    std::string_view with_id_name;
    std::string_view with_id_text;
    for (const Route& route : all_routes()) {
        std::string_view id_name;
        std::string_view id_text;
        if (!fits(route.path, path, id_name, id_text)) {
            continue;
        }
        match.allow += match.allow.empty() ? "" : ", ";
        match.allow += route.method;
        if (route.method != method) {
            continue;
        }
        if (id_name.empty()) {
            match.route = &route;
            return match;
        }
        with_id = &route;
        with_id_name = id_name;
        with_id_text = id_text;
    }
    match.route = with_id;
    match.id_name = with_id_name;
    match.id_text = with_id_text;
    return match;
}

}  // namespace haat::http
