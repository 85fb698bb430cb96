#include <gtest/gtest.h>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/json_writer.hpp"
#include "base/money.hpp"
#include "base/phone.hpp"
#include "base/quantity.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "base/viewer.hpp"

namespace haat {
namespace {

TEST(Money, IsGroupedAsInIndia) {
    EXPECT_EQ(rupees_display({0}), "₹0");
    EXPECT_EQ(rupees_display({99'900}), "₹999");
    EXPECT_EQ(rupees_display({100'000}), "₹1,000");
    EXPECT_EQ(rupees_display({123'456'750}), "₹12,34,567.50");
    EXPECT_EQ(rupees_display({-5}), "-₹0.05");
    EXPECT_EQ(rupees_plain({-123'456}), "-1234.56");
}

TEST(Quantity, CostIsRoundedHalfUpToAPaisa) {
    EXPECT_EQ(cost_of({20'000}, {18'000}).value, 360'000);
    EXPECT_EQ(cost_of({1}, {500}).value, 1);   // 0.5 paisa
    EXPECT_EQ(cost_of({1}, {499}).value, 0);
    EXPECT_EQ(cost_of({4'000'000'000'000}, {2'000'000}).value, 8'000'000'000'000'000);
    EXPECT_EQ(quantity_plain({2'500}), "2.5");
    EXPECT_EQ(quantity_plain({20'000}), "20");
    EXPECT_EQ(quantity_plain({5}), "0.005");
}

TEST(Clock, KnowsTheDayInIndia) {
    const UnixSeconds before_midnight{1'795'285'799};  // 2026-11-21T18:29:59Z
    EXPECT_EQ(iso_date(date_in_india(before_midnight)), "2026-11-21");
    EXPECT_EQ(iso_date(date_in_india({before_midnight.value + 1})), "2026-11-22");
    EXPECT_EQ(iso_utc({0}), "1970-01-01T00:00:00Z");
    EXPECT_EQ(minute_of_day_in_india({0}), 330);
    EXPECT_EQ(date_in_india({-19'801}), (Date{1969, 12, 31}));
    EXPECT_EQ(start_of_day_in_india({1970, 1, 1}).value, -19'800);
}

TEST(Text, RefusesMalformedUtf8) {
    EXPECT_TRUE(is_utf8("आम का अचार"));
    EXPECT_FALSE(is_utf8(std::string_view("a\0b", 3)));
    for (const char* bad : {"\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE0\x80\x80", "\x80",
                            "\xE0\xA4", "\xFF"}) {
        EXPECT_FALSE(is_utf8(bad));
        EXPECT_TRUE(is_utf8(to_utf8_lossy(bad)));
    }
    EXPECT_EQ(count_code_points("दीदी"), 4U);
    EXPECT_EQ(first_code_points("दीदी", 2), "दी");
    EXPECT_EQ(trim(" \tक \n"), "क");
    EXPECT_EQ(parse_integer("-12"), -12);
    EXPECT_FALSE(parse_integer("12x"));
    EXPECT_FALSE(parse_integer("99999999999999999999"));
}

TEST(Phone, IsNormalisedFromEveryUsualSpelling) {
    for (const char* text : {"9812345678", "+91 98123 45678", "09812345678", "919812345678",
                             "98123-45678", "९८१२३४५६७८", " 9812345678 "}) {
        EXPECT_EQ(normalise_phone(text), "+919812345678") << text;
    }
    for (const char* text : {"", "12345", "5812345678", "98123456789", "98123x5678", "+91123"}) {
        EXPECT_FALSE(normalise_phone(text)) << text;
    }
    EXPECT_EQ(normalise_phone("+4915112345678"), "+4915112345678");
    EXPECT_EQ(mask_phone("+919812343210"), "98••••3210");
    EXPECT_EQ(mask_phone("12"), "••••");
}

TEST(JsonWriter, EscapesWhatJsonForbids) {
    JsonWriter json;
    json.begin_object().field("a", "x\"\\\n\x01").key("b").begin_array().number(-1).null();
    json.boolean(true).end_array().field("c", Paise{5}).end_object();
    EXPECT_EQ(json.take(), R"({"a":"x\"\\\n\u0001","b":[-1,null,true],"c":5})");
    json.begin_array();
    EXPECT_THROW((void)json.text(), Bug);
}

TEST(Random, ReplaysFromItsSeed) {
    Random first(7);
    Random second(7);
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(first.next(), second.next());
        EXPECT_LT(first.below(10), 10U);
        (void)second.below(10);
    }
}

Result<int> half(int value) {
    if (value % 2 != 0) {
        return refuse(ErrorKind::kInvalid, "test.odd");
    }
    return value / 2;
}
Result<int> quarter(int value) {
    const int halved = HAAT_TRY(half(value));
    return HAAT_TRY(half(halved));
}

TEST(Result, TryPassesTheRefusalOn) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error().code, "test.odd");
}

TEST(Viewer, RolesHaveOneNameEach) {
    Role role{};
    EXPECT_TRUE(role_from_name("block_officer", role));
    EXPECT_EQ(role, Role::kBlockOfficer);
    EXPECT_FALSE(role_from_name("queen", role));
}

}  // namespace
}  // namespace haat
