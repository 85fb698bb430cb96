#include "messaging/mail.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "sql/mail.hpp"

namespace haat::messaging {
namespace {

// WhatsApp's limits are the narrowest of all channels.
constexpr std::size_t kTextMax = 4096;
constexpr std::size_t kTextWithButtonsMax = 1024;
constexpr std::size_t kButtonsMax = 10;
constexpr std::size_t kButtonsWithoutListMax = 3;
constexpr std::size_t kTitleMax = 20;
constexpr std::size_t kButtonIdMax = 64;

Result<void> check(const TextBody& body) {
    if (trim(body.text).empty() || !is_utf8(body.text)) {
        return refuse(ErrorKind::kInvalid, "messaging.no_text");
    }
    const std::size_t most = body.buttons.empty() ? kTextMax : kTextWithButtonsMax;
    if (count_code_points(body.text) > most) {
        return refuse(ErrorKind::kInvalid, "messaging.text_too_long",
                      {{"most", std::to_string(most)}});
    }
    const bool fits = std::ranges::all_of(body.buttons, [](const Button& button) {
        return !button.id.empty() && button.id.size() <= kButtonIdMax && !button.title.empty() &&
               count_code_points(button.title) <= kTitleMax;
    });
    const bool has_label =
        !body.list_label.empty() && count_code_points(body.list_label) <= kTitleMax;
    if (body.buttons.size() > kButtonsMax || !fits ||
        (body.buttons.size() > kButtonsWithoutListMax && !has_label)) {
        return refuse(ErrorKind::kInvalid, "messaging.bad_buttons");
    }
    return {};
}

template <typename Row>
MailRow mail_row(const Row& row) {
    TextBody body = text_body_from_json(row.body);
    return {.mail_id = row.mail_id,
            .person_id = row.person_id,
            .by_account_id = row.by_account_id,
            .slot = row.slot ? std::optional(static_cast<std::uint32_t>(*row.slot)) : std::nullopt,
            .text = std::move(body.text),
            .buttons = std::move(body.buttons),
            .is_voice = body.voice.has_value(),
            .created_at = row.created_at};
}

template <typename Rows>
std::vector<MailRow> mail_rows(const Rows& rows) {
    std::vector<MailRow> list;
    for (const auto& row : rows) {
        list.push_back(mail_row(row));
    }
    return list;
}

}  // namespace

Result<MailId> add_mail(storage::Transaction& tx, const NewMail& mail, UnixSeconds now) {
    HAAT_TRY(check(mail.body));
    const MailId mail_id = tx.new_id_as<MailId>();
    const std::string body = to_json(mail.body);
    const std::string instead = mail.instead ? to_json(*mail.instead) : std::string();
    const std::optional<std::string_view> device_id =
        mail.device_id.empty() ? std::nullopt : std::optional<std::string_view>(mail.device_id);
    sql::mail_add(tx, {.mail_id = mail_id,
                       .device_id = device_id,
                       .by_account_id = mail.by_account_id,
                       .address_id = mail.address_id,
                       .ordinal = mail.ordinal,
                       .person_id = mail.person_id,
                       .purpose = mail.purpose ? static_cast<std::int64_t>(*mail.purpose) : 0,
                       .body = body,
                       .template_text = instead,
                       .created_at = now,
                       .expires_at = mail.expires_at});
    return mail_id;
}

std::vector<MailRow> mail_to(storage::Transaction& tx, AddressId address_id, int limit) {
    return mail_rows(sql::mail_to(tx, {.address_id = address_id, .row_limit = limit}));
}

std::vector<MailRow> mail_before(storage::Transaction& tx, AddressId address_id,
                                 UnixSeconds before_at, std::int64_t before_id, int limit) {
    return mail_rows(sql::mail_before(tx, {.address_id = address_id,
                                           .before_at = before_at,
                                           .before_id = before_id,
                                           .row_limit = limit}));
}

std::optional<OfficersWords> last_words_of_officer(storage::Transaction& tx, AddressId address_id,
                                                   UnixSeconds since) {
    const auto row = sql::mail_of_officer(tx, {.address_id = address_id, .since_at = since});
    return row ? std::optional(OfficersWords{row->by_account_id, row->created_at}) : std::nullopt;
}

std::optional<MailRow> find_mail_by_device(storage::Transaction& tx, std::string_view device_id) {
    const auto row = sql::mail_by_device(tx, {.device_id = device_id});
    return row ? std::optional(mail_row(*row)) : std::nullopt;
}

}  // namespace haat::messaging
