#include "messaging/templates.hpp"

#include <algorithm>
#include <array>

#include "sql/templates.hpp"

namespace haat::messaging {
namespace {

constexpr std::int64_t kSliceSeconds = 10;
constexpr std::int64_t kSlicesOfMinute = 6;
constexpr std::int64_t kSlicesOfHour = 360;

constexpr std::string_view kBetween = "\n";  // a button's title has no line end

std::string joined(const std::vector<std::string>& titles) {
    std::string text;
    for (const std::string& title : titles) {
        text += (text.empty() ? "" : std::string(kBetween)) + title;
    }
    return text;
}

std::vector<std::string> parted(std::string_view text) {
    std::vector<std::string> titles;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(kBetween), text.size());
        titles.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return titles;
}

template <typename Row>
MessageTemplate template_of(const Row& row) {
    MessageTemplate form;
    form.template_id = TemplateId{row.template_id};
    form.provider_id = row.provider_id;
    form.name = row.name;
    form.language = row.language;
    form.category = row.category;
    form.status = row.status;
    form.quality = row.quality;
    form.body = row.body;
    form.params = static_cast<int>(row.params);
    form.buttons = parted(row.buttons);
    form.rejection_reason = row.rejection_reason;
    form.ttl_seconds = row.ttl_seconds;
    form.changed_at = row.changed_at;
    form.seen_at = row.seen_at;
    return form;
}

void put(storage::Transaction& tx, const MessageTemplate& form, std::string_view device_id) {
    const std::string buttons = joined(form.buttons);
    sql::template_put(tx, {.template_id = form.template_id.value,
                           .provider_id = form.provider_id,
                           .device_id = device_id.empty() ? std::nullopt : std::optional(device_id),
                           .name = form.name,
                           .language = form.language,
                           .category = form.category,
                           .status = form.status,
                           .quality = form.quality,
                           .body = form.body,
                           .params = form.params,
                           .buttons = buttons,
                           .rejection_reason = form.rejection_reason,
                           .ttl_seconds = form.ttl_seconds,
                           .changed_at = form.changed_at,
                           .seen_at = form.seen_at});
}

/// Writes `seen` over `known` (none: it is new) with an event for each change.
TemplateChange replace(storage::Transaction& tx, const std::optional<MessageTemplate>& known,
                       MessageTemplate seen, std::string_view device_id, UnixSeconds now) {
    TemplateChange change{.name = seen.name,
                          .language = seen.language,
                          .old_status = known ? known->status : std::string(),
                          .new_status = seen.status};
    seen.template_id = known ? known->template_id : tx.new_id_as<TemplateId>();
    seen.seen_at = now;
    const MessageTemplate before = known.value_or(MessageTemplate{
        .category = "", .status = "", .quality = "unknown", .rejection_reason = {}});
    struct Field {
        std::string_view name;
        const std::string& old_value;
        const std::string& new_value;
    };
    const std::array fields{Field{"status", before.status, seen.status},
                            Field{"quality", before.quality, seen.quality},
                            Field{"category", before.category, seen.category}};
    change.changed = std::ranges::any_of(
        fields, [](const Field& field) { return field.old_value != field.new_value; });
    seen.changed_at = change.changed || !known ? now : known->changed_at;
    put(tx, seen, device_id);
    for (const Field& field : fields) {
        if (field.old_value != field.new_value) {
            sql::template_event_add(tx, {.event_id = tx.new_id(),
                                         .template_id = seen.template_id.value,
                                         .happened_at = now,
                                         .field = field.name,
                                         .old_value = field.old_value,
                                         .new_value = field.new_value,
                                         .reason = seen.rejection_reason});
        }
    }
    return change;
}

template <typename Row>
SenderNumberRow number_of(const Row& row) {
    SenderNumberRow number;
    number.number_id = SenderNumberId{row.sender_number_id};
    number.state = {row.provider_number_id, row.display,   row.name, row.status, row.quality,
                    row.limit_tier,         row.throughput};
    number.resting = row.resting != 0;
    number.rest_until_at = row.rest_until_at;
    number.rest_reason = row.rest_reason;
    number.seen_at = row.seen_at;
    return number;
}

void put(storage::Transaction& tx, const SenderNumberRow& number) {
    sql::number_put(tx, {.sender_number_id = number.number_id.value,
                         .provider_number_id = number.state.provider_number_id,
                         .display = number.state.display,
                         .name = number.state.name,
                         .status = number.state.status,
                         .quality = number.state.quality,
                         .limit_tier = number.state.limit_tier,
                         .throughput = number.state.throughput,
                         .resting = number.resting ? 1 : 0,
                         .rest_until_at = number.rest_until_at,
                         .rest_reason = number.rest_reason,
                         .seen_at = number.seen_at});
}

std::optional<SenderNumberRow> number_by_provider(storage::Transaction& tx,
                                                  std::string_view provider_number_id) {
    const auto row = sql::number_find(tx, {.provider_number_id = provider_number_id});
    return row ? std::optional(number_of(*row)) : std::nullopt;
}

void note(storage::Transaction& tx, std::optional<SenderNumberId> number, UnixSeconds now,
          std::string_view what, std::string_view detail) {
    sql::sender_event_add(tx,
                          {.event_id = tx.new_id(),
                           .sender_number_id = number ? std::optional(number->value) : std::nullopt,
                           .happened_at = now,
                           .what = what,
                           .detail = detail.substr(0, 300)});
}

std::string digits_of(const std::string& text) {
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits),
                         [](char c) { return c >= '0' && c <= '9'; });
    return digits;
}

void store_number_event(storage::Transaction& tx, const AccountEvent& event, UnixSeconds now) {
    for (SenderNumberRow& number : list_numbers(tx)) {
        if (digits_of(number.state.display) != event.display_number) {
            continue;
        }
        if (event.value == "flagged" || event.value == "unflagged") {
            number.state.status = event.value == "flagged" ? "flagged" : "connected";
        }
        if (!event.detail.empty()) {
            number.state.limit_tier = event.detail;
        }
        put(tx, number);
        note(tx, number.number_id, now, "number." + event.value, event.detail);
        return;
    }
    note(tx, std::nullopt, now, "number." + event.value,
         "…" + event.display_number.substr(event.display_number.size() -
                                           std::min<std::size_t>(4, event.display_number.size())));
}

}  // namespace

TemplateChange store_template(storage::Transaction& tx, const MessageTemplate& seen,
                              std::string_view device_id, UnixSeconds now) {
    return replace(tx, find_template(tx, seen.name, seen.language), seen, device_id, now);
}

std::vector<TemplateChange> store_gone_templates(storage::Transaction& tx, UnixSeconds listed_at,
                                                 UnixSeconds now) {
    std::vector<TemplateChange> changes;
    for (const auto& row : sql::template_list_gone(tx, {.listed_at = listed_at})) {
        const auto known = find_template(tx, row.name, row.language);
        if (known) {
            MessageTemplate gone = *known;
            gone.status = "deleted";
            changes.push_back(replace(tx, known, gone, {}, now));
        }
    }
    return changes;
}

std::optional<TemplateChange> store_event(storage::Transaction& tx, const AccountEvent& event,
                                          UnixSeconds now) {
    using Kind = AccountEvent::Kind;
    if (event.kind == Kind::kNumberQuality) {
        store_number_event(tx, event, now);
        return std::nullopt;
    }
    if (event.kind == Kind::kCapability || event.kind == Kind::kAccount) {
        const bool capability = event.kind == Kind::kCapability;
        note(tx, std::nullopt, now, capability ? "account.limit" : "account." + event.value,
             capability ? event.value : event.detail);
        return std::nullopt;
    }
    const auto known = find_template(tx, event.template_name, event.template_language);
    if (!known) {
        return std::nullopt;
    }
    MessageTemplate seen = *known;
    if (event.kind == Kind::kTemplateStatus) {
        seen.status = event.value;
        seen.rejection_reason = event.detail;
    } else if (event.kind == Kind::kTemplateQuality) {
        seen.quality = event.value;
    } else {
        seen.category = event.value;
    }
    return replace(tx, known, seen, {}, now);
}

std::optional<MessageTemplate> find_template(storage::Transaction& tx, std::string_view name,
                                             std::string_view language) {
    const auto row = sql::template_find(tx, {.name = name, .language = language});
    return row ? std::optional(template_of(*row)) : std::nullopt;
}

Result<MessageTemplate> get_template(storage::Transaction& tx, TemplateId template_id) {
    const auto row = sql::template_get(tx, {.template_id = template_id.value});
    if (!row) {
        return refuse(ErrorKind::kNotFound, "messaging.no_template");
    }
    MessageTemplate form = template_of(*row);
    return form;
}

std::optional<TemplateId> template_by_device(storage::Transaction& tx, std::string_view device_id) {
    const auto row = sql::template_by_device(tx, {.device_id = device_id});
    return row ? std::optional(TemplateId{row->template_id}) : std::nullopt;
}

std::vector<MessageTemplate> list_templates(storage::Transaction& tx, std::string_view status,
                                            std::int64_t before, int limit) {
    std::vector<MessageTemplate> templates;
    for (const auto& row :
         sql::template_list(tx, {.before_id = before, .status = status, .row_limit = limit})) {
        templates.push_back(template_of(row));
    }
    return templates;
}

std::vector<TemplateEvent> events_of_template(storage::Transaction& tx, TemplateId template_id) {
    std::vector<TemplateEvent> events;
    for (const auto& row : sql::template_event_list(tx, {.template_id = template_id.value})) {
        events.push_back({row.happened_at, row.field, row.old_value, row.new_value, row.reason});
    }
    return events;
}

Result<void> require_approved(storage::Transaction& tx, std::string_view name) {
    if (sql::template_count(tx).templates == 0) {
        return {};
    }
    for (const std::string_view language : {"hi", "en"}) {
        const auto form = find_template(tx, name, language);
        if (!form || !form->is_approved()) {
            return refuse(ErrorKind::kConflict, "messaging.template_not_approved",
                          {{"template", std::string(name)},
                           {"language", std::string(language)},
                           {"status", form ? form->status : "unknown"}});
        }
    }
    return {};
}

void ensure_number(storage::Transaction& tx, std::string_view provider_number_id) {
    if (!number_by_provider(tx, provider_number_id)) {
        SenderNumberRow number;
        number.number_id = tx.new_id_as<SenderNumberId>();
        number.state.provider_number_id = provider_number_id;
        put(tx, number);
    }
}

void store_number(storage::Transaction& tx, const NumberState& seen, UnixSeconds now) {
    ensure_number(tx, seen.provider_number_id);
    SenderNumberRow number = *number_by_provider(tx, seen.provider_number_id);
    if (number.seen_at && number.state.quality != seen.quality) {
        note(tx, number.number_id, now, "number.quality",
             number.state.quality + " → " + seen.quality);
    }
    if (number.seen_at && number.state.status != seen.status) {
        note(tx, number.number_id, now, "number.status", number.state.status + " → " + seen.status);
    }
    number.state = seen;
    number.seen_at = now;
    put(tx, number);
}

std::vector<SenderNumberRow> list_numbers(storage::Transaction& tx) {
    std::vector<SenderNumberRow> numbers;
    for (const auto& row : sql::number_list(tx)) {
        numbers.push_back(number_of(row));
    }
    return numbers;
}

Result<SenderNumberRow> get_number(storage::Transaction& tx, SenderNumberId id) {
    for (SenderNumberRow& number : list_numbers(tx)) {
        if (number.number_id == id) {
            return std::move(number);
        }
    }
    return refuse(ErrorKind::kNotFound, "messaging.no_number");
}

void set_number_rest(storage::Transaction& tx, const SenderNumberRow& number, UnixSeconds now) {
    put(tx, number);
    note(tx, number.number_id, now, number.resting ? "number.rest" : "number.unrest",
         number.rest_reason);
}

std::vector<SenderEvent> list_sender_events(storage::Transaction& tx, int limit) {
    std::vector<SenderEvent> events;
    for (const auto& row : sql::sender_event_list(tx, {.row_limit = limit})) {
        events.push_back({SenderNumberId{row.sender_number_id.value_or(0)}, row.happened_at,
                          row.what, row.detail});
    }
    return events;
}

std::string latest_sender_event(storage::Transaction& tx, std::string_view what) {
    const auto row = sql::sender_event_latest(tx, {.what = what});
    return row ? row->detail : std::string();
}

void add_sender_counts(storage::Transaction& tx, std::int64_t writer,
                       const std::vector<SenderCount>& counts, UnixSeconds now) {
    const std::int64_t slice = now.value / kSliceSeconds;
    for (const SenderCount& count : counts) {
        sql::sender_count_add(tx, {.channel = static_cast<std::int64_t>(count.channel),
                                   .name = count.name,
                                   .slice = slice,
                                   .writer = writer,
                                   .sent = count.sent,
                                   .errors = count.errors});
    }
    sql::sender_count_forget(tx, {.slice = slice - kSlicesOfHour});
}

std::vector<SenderCount> recent_sender_counts(storage::Transaction& tx, UnixSeconds now) {
    const std::int64_t slice = now.value / kSliceSeconds;
    std::vector<SenderCount> counts;
    for (const auto& row : sql::sender_count_recent(
             tx, {.sent_since = slice - kSlicesOfMinute, .errors_since = slice - kSlicesOfHour})) {
        counts.push_back({.channel = static_cast<registry::Channel>(row.channel),
                          .name = row.name,
                          .sent = row.sent,
                          .errors = row.errors});
    }
    return counts;
}

}  // namespace haat::messaging
