#include "reader.hpp"

#include <gtest/gtest.h>

#include "base/ids.hpp"

namespace haat::http {
namespace {

struct Row {
    std::string_view body;
    std::string_view outcome;  ///< Refused code and field, or "ok".
};

/// {"device_id", "quantity_milli", "note"?, "inputs": [{"lot_id"}]}
std::string outcome_of(std::string_view text) {
    auto body = Body::parse(text);
    if (!body) {
        return body.error().code;
    }
    Reader in = body->root();
    (void)in.token("device_id", kDeviceId);
    (void)in.integer("quantity_milli", 1, kMaxMilli);
    (void)in.maybe_text("note", {.min = 0, .max = 5});
    in.objects("inputs", 1, 2, [](Reader& input) { (void)input.id<LotId>("lot_id"); });
    const auto done = in.done();
    return done ? "ok" : done.error().code + " " + done.error().params[0].second;
}

TEST(Reader, TakesWhatTheContractSaysAndNothingElse) {
    const Row rows[] = {
        {R"({"device_id":"abcdefgh","quantity_milli":1,"inputs":[{"lot_id":1}]})", "ok"},
        {R"({"device_id":"abcdefgh","quantity_milli":1,"inputs":[{"lot_id":1}],"note":"किलोx"})",
         "ok"},
        {R"({"device_id":"abcdefgh","quantity_milli":1,"inputs":[{"lot_id":1}],"note":"123456"})",
         "http.bad_field note"},
        {R"({"device_id":"short","quantity_milli":1,"inputs":[{"lot_id":1}]})",
         "http.bad_field device_id"},
        {R"({"quantity_milli":1,"inputs":[{"lot_id":1}]})", "http.missing_field device_id"},
        {R"({"device_id":"abcdefgh","quantity_milli":0,"inputs":[{"lot_id":1}]})",
         "http.bad_field quantity_milli"},
        {R"({"device_id":"abcdefgh","quantity_milli":1.0,"inputs":[{"lot_id":1}]})",
         "http.bad_field quantity_milli"},
        {R"({"device_id":"abcdefgh","quantity_milli":"1","inputs":[{"lot_id":1}]})",
         "http.bad_field quantity_milli"},
        {R"({"device_id":"abcdefgh","quantity_milli":99999999999999999999,"inputs":[]})",
         "http.bad_field quantity_milli"},
        {R"({"device_id":"abcdefgh","quantity_milli":1,"inputs":[]})", "http.bad_field inputs"},
        {R"({"device_id":"abcdefgh","quantity_milli":1,"inputs":[{"lot_id":1},{"lot_id":0}]})",
         "http.bad_field inputs.1.lot_id"},
        {R"({"device_id":"abcdefgh","quantity_milli":1,"inputs":[{"lot_id":1,"x":2}]})",
         "http.unknown_field inputs.0.x"},
        {R"({"device_id":"abcdefgh","quantity_milli":1,"inputs":[{"lot_id":1}],"admin":true})",
         "http.unknown_field admin"},
        {R"({"device_id":"abcdefgh","quantity_milli":1,"inputs":[{"lot_id":1}],"note":null})",
         "http.bad_field note"},
        {"[]", "http.bad_json"},
        {"{", "http.bad_json"},
        {"", "http.bad_json"},
        {"{\"note\":\"\xff\"}", "http.bad_json"},
        {R"({"device_id":"abcdefgh","quantity_milli":1,"inputs":[{"lot_id":1}],"note":"\u0000"})",
         "http.bad_field note"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(outcome_of(row.body), row.outcome) << row.body;
    }
}

TEST(Reader, RefusesDeepNesting) {
    const std::string deep =
        R"({"a":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
    EXPECT_EQ(outcome_of(deep), "http.bad_json");
}

TEST(Reader, TextOfBlanksIsNoText) {
    auto body = Body::parse("{\"text\":\" \\u00a0\\u2003\"}");
    ASSERT_TRUE(body);
    Reader in = body->root();
    (void)in.text("text", kMessageText);
    EXPECT_FALSE(in.done());
}

TEST(Reader, CursorsOfAnotherFormAreRefused) {
    for (const std::string_view text : {"1", "a.b", "1.2.3", "-1.2"}) {
        net::Request request;
        request.query = {{"after", std::string(text)}};
        QueryReader query(request);
        const Paging paging = read_paging(query);
        (void)read_cursor(query, paging);
        EXPECT_FALSE(query.done()) << text;
    }
}

}  // namespace
}  // namespace haat::http
