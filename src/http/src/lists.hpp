/// @file Pages of lists, newest first: from cursor to the modules' keyset and back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/json_writer.hpp"
#include "reader.hpp"
#include "views.hpp"

namespace haat::http {

/// market::Page and supply::Page are made alike: one more row than is shown tells whether there is
/// a next page.
template <typename Page>
[[nodiscard]] Page page_of(const Paging& paging, const std::optional<Cursor>& cursor) {
    Page page;
    if (cursor) {
        page.before_at = UnixSeconds{cursor->first};
        page.before_id = cursor->second;
    }
    page.limit = paging.limit + 1;
    return page;
}

/// {"items": […], "next": …}: writes each row by `write`; `key_of` gives (at, id) of the last one.
template <typename Row, typename Write, typename KeyOf>
[[nodiscard]] std::string write_page(const std::vector<Row>& rows, const Paging& paging,
                                     Write write, KeyOf key_of) {
    const auto limit = static_cast<std::size_t>(paging.limit);
    const std::size_t count = rows.size() < limit ? rows.size() : limit;
    JsonWriter json;
    json.begin_object().key("items").begin_array();
    for (std::size_t i = 0; i < count; ++i) {
        write(json, rows[i]);
    }
    json.end_array();
    std::string next;
    if (rows.size() > count && count > 0) {
        const Cursor key = key_of(rows[count - 1]);
        next = write_cursor(key.first, key.second);
    }
    nullable_text(json, "next", next);
    return json.end_object().take();
}

}  // namespace haat::http
