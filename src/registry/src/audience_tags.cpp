#include "registry/audience_tags.hpp"

#include <map>

#include "audience_bitmaps.hpp"
#include "base/text.hpp"
#include "people_store.hpp"
#include "sql/audience.hpp"

namespace haat::registry {
namespace {

constexpr std::int64_t kOrdinalsPerPart = 1 << 16;

}  // namespace

Result<void> set_tag(storage::Transaction& tx, std::string_view tag,
                     std::span<const std::uint32_t> ordinals, Tagging tagging) {
    if (tag.empty() || tag.size() > 60 || !is_utf8(tag)) {
        return refuse(ErrorKind::kInvalid, "registry.bad_tag");
    }
    std::map<std::int64_t, Bitmap> parts;
    for (const std::uint32_t ordinal : ordinals) {
        parts[ordinal / kOrdinalsPerPart].add(ordinal);
    }
    std::vector<sql::AudienceTagChangeAddParams> changes;
    for (const auto& [part, asked] : parts) {
        Bitmap bearers;
        if (const auto row = sql::audience_tag_find(tx, {.tag = tag, .part = part})) {
            bearers = Bitmap::readSafe(row->ordinals.data(), row->ordinals.size());
        }
        const Bitmap before = bearers;
        if (tagging == Tagging::kPut) {
            bearers |= asked;
        } else {
            bearers -= asked;
        }
        if (bearers == before) {
            continue;
        }
        bearers.runOptimize();
        std::string bytes(bearers.getSizeInBytes(), '\0');
        bearers.write(bytes.data());
        sql::audience_tag_put(tx, {.tag = tag, .part = part, .ordinals = bytes});
        changes.push_back({.ordinal_first = part * kOrdinalsPerPart,
                           .ordinal_last = (part + 1) * kOrdinalsPerPart - 1,
                           .tag = tag});
    }
    if (!changes.empty()) {
        std::int64_t number =
            take_numbers(tx, "audience", static_cast<std::int64_t>(changes.size())).first;
        for (sql::AudienceTagChangeAddParams& change : changes) {
            change.change_number = number++;
        }
        sql::audience_tag_change_add(tx, changes);
    }
    return {};
}

std::vector<std::string> tags_like(storage::Transaction& tx, std::string_view prefix, int limit) {
    std::vector<std::string> tags;
    const std::string last = std::string(prefix) + "\xF4\x8F\xBF\xBF";  // the last code point
    for (auto& row :
         sql::audience_tag_names(tx, {.first_tag = prefix, .last_tag = last, .max_rows = limit})) {
        tags.push_back(std::move(row.tag));
    }
    return tags;
}

}  // namespace haat::registry
