#include "access/sessions.hpp"

#include <fmt/format.h>

#include "access/accounts.hpp"
#include "guard.hpp"
#include "handlers.hpp"
#include "reader.hpp"
#include "storage/audit.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

/// Session of the contract.
Result<std::string> session_json(Call& call, AccountId account_id, std::string_view csrf_token,
                                 UnixSeconds expires_at) {
    return call.services.database.read([&](storage::Transaction& tx) -> Result<std::string> {
        const access::Account account = HAAT_TRY(access::find_account(tx, account_id));
        const Viewer viewer = system_viewer();
        Views views(tx, viewer);
        JsonWriter json;
        json.begin_object().field("account_id", account.account_id).field("login", account.login);
        json.field("name_hi", account.name_hi).field("name_en", account.name_en);
        json.field("role", role_name(account.role)).key("place");
        views.place_ref(json, account.place_id);
        json.key("organisation");
        views.organisation_ref(json, account.organisation_id);
        json.key("site");
        views.site(json, account.site_id);
        json.field("csrf_token", csrf_token).key("languages").begin_array();
        json.string("hi").string("en").end_array().field("expires_at", expires_at);
        json.field("synthetic", call.services.settings.synthetic);
        json.field("phones", call.services.simulator != nullptr).end_object();
        return json.take();
    });
}

net::Header session_cookie(const Call& call, std::string_view token, std::int64_t max_age) {
    std::string value = fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}",
                                    kSessionCookie, token, max_age);
    if (is_secure(call.request, call.services.settings)) {
        value += "; Secure";
    }
    return {"Set-Cookie", std::move(value)};
}

}  // namespace

/// Promise: an unknown login and a wrong password are the same refusal after the same time, and no
/// hash is computed while a transaction is open.
Result<Answer> sign_in(Call& call) {
    Body body = HAAT_TRY(Body::parse(call.request.body));
    Reader in = body.root();
    const std::string login = in.token("login", kLogin);
    const std::string password = in.text("password", {.max = 200});
    HAAT_TRY(in.done());

    const Services& services = call.services;
    const std::string address = client_address(call.request, services.settings);
    const auto attempt = HAAT_TRY(services.throttle.admit(login, address));
    const access::SignInFacts facts = services.database.read(
        [&](storage::Transaction& tx) { return access::sign_in_facts(tx, login); });
    const bool matches = HAAT_TRY(services.passwords.verify(password, facts.password_hash));
    const bool right = matches && facts.may_sign_in;
    services.throttle.record(attempt, right);
    if (!right) {
        return refuse(ErrorKind::kForbidden, "access.wrong_sign_in");
    }
    const access::NewSession session = services.database.write([&](storage::Transaction& tx) {
        storage::audit(tx, call.now, facts.account_id, "session.start",
                       fmt::format("account:{}", facts.account_id.value), "{}");
        return access::start_session(tx, facts.account_id, call.now);
    });
    Answer answer = json_answer(
        HAAT_TRY(session_json(call, facts.account_id, session.csrf_token, session.expires_at)));
    answer.headers.push_back(
        session_cookie(call, session.token, session.expires_at.value - call.now.value));
    return answer;
}

Result<Answer> get_session(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    return json_answer(
        HAAT_TRY(session_json(call, call.viewer.account_id,
                              access::csrf_token_of(call.session_token), call.session_expires_at)));
}

Result<Answer> sign_out(Call& call) {
    QueryReader query(call.request);
    HAAT_TRY(query.done());
    call.services.database.write([&](storage::Transaction& tx) {
        access::sign_out(tx, call.session_token);
        storage::audit(tx, call.now, call.viewer.account_id, "session.end",
                       fmt::format("account:{}", call.viewer.account_id.value), "{}");
    });
    Answer answer{.status = 204};
    answer.headers.push_back(session_cookie(call, "", 0));
    return answer;
}

}  // namespace haat::http
