/// @file Reads what a client sent, strictly: a field that is not asked for, of another type or out
/// of range is refused by name. The first thing wrong is remembered and the getters then return
/// empty values, so a handler reads all it wants and asks once, with done().
///
///     Body body = HAAT_TRY(Body::parse(call.request.body));
///     Reader in = body.root();
///     const std::string login = in.token("login", kLogin);
///     HAAT_TRY(in.done());
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "net/http.hpp"

namespace boost::json {
class object;
class value;
}  // namespace boost::json

namespace haat::http {

inline constexpr std::int64_t kMaxId = 9'007'199'254'740'991;
inline constexpr std::int64_t kMaxPaise = 10'000'000'000'000;
inline constexpr std::int64_t kMaxMilli = 1'000'000'000'000;
inline constexpr std::int64_t kMaxUnixSeconds = 253'402'300'799;

/// A text of few characters, as keys and codes are: which ones and how many.
struct TokenRule {
    std::string_view more;  ///< Characters beyond letters and digits.
    std::size_t min = 1;
    std::size_t max = 64;
    bool lower = true;  ///< a-z is allowed.
    bool upper = false;
    bool digits = true;
};
[[nodiscard]] bool fits_rule(std::string_view text, const TokenRule& rule);

inline constexpr TokenRule kLogin{.more = "._@-"};
inline constexpr TokenRule kProductKey{.more = "_"};
inline constexpr TokenRule kUnit{.more = "_", .max = 16};
inline constexpr TokenRule kDeviceId{.more = "_-", .min = 8, .upper = true};
inline constexpr TokenRule kCursor{.more = "_.-", .max = 128, .upper = true};
inline constexpr TokenRule kMakerCode{
    .more = "-", .min = 3, .max = 32, .lower = false, .upper = true};

/// Text for people: at most that many code points; "blank" is white space only.
struct TextRule {
    std::size_t min = 1;
    std::size_t max = 1000;
    bool blank_allowed = true;
};
inline constexpr TextRule kMessageText{.blank_allowed = false};

/// The refusals of this file.
[[nodiscard]] Error bad_field(std::string_view field);
[[nodiscard]] Error missing_field(std::string_view field);
[[nodiscard]] Error unknown_field(std::string_view field);

/// One JSON object. Lives no longer than its Body.
class Reader {
 public:
    [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
    [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::string_view name, std::int64_t min,
                                                            std::int64_t max);
    [[nodiscard]] std::string text(std::string_view name, const TextRule& rule);
    [[nodiscard]] std::optional<std::string> maybe_text(std::string_view name,
                                                        const TextRule& rule);
    [[nodiscard]] std::string token(std::string_view name, const TokenRule& rule);
    [[nodiscard]] std::optional<std::string> maybe_token(std::string_view name,
                                                         const TokenRule& rule);

    /// A positive id.
    template <typename StrongId>
    [[nodiscard]] StrongId id(std::string_view name) {
        return StrongId{integer(name, 1, kMaxId)};
    }
    template <typename StrongId>
    [[nodiscard]] StrongId maybe_id(std::string_view name) {
        return StrongId{maybe_integer(name, 1, kMaxId).value_or(0)};
    }

    /// One of a few names; `from_name` gives the value or none.
    template <typename FromName>
    [[nodiscard]] auto choice(std::string_view name, FromName from_name)
        -> std::remove_reference_t<decltype(*from_name(name))> {
        const std::string text = this->text(name, {.max = 40});
        if (const auto value = from_name(text)) {
            return *value;
        }
        refuse_field(name);
        return {};
    }

    /// Lists; absent is empty. No value may come twice.
    [[nodiscard]] std::vector<std::int64_t> maybe_ids(std::string_view name, std::size_t max_items);
    [[nodiscard]] std::vector<std::string> maybe_tokens(std::string_view name,
                                                        const TokenRule& rule,
                                                        std::size_t max_items);
    /// A list that must be there, maybe empty; texts may come twice.
    [[nodiscard]] std::vector<std::string> texts(std::string_view name, const TextRule& rule,
                                                 std::size_t max_items);
    [[nodiscard]] bool boolean(std::string_view name);
    /// Must be there, maybe null.
    [[nodiscard]] std::optional<std::int64_t> nullable_integer(std::string_view name,
                                                               std::int64_t min, std::int64_t max);
    [[nodiscard]] std::optional<std::string> nullable_text(std::string_view name,
                                                           const TextRule& rule);
    /// At least one.
    [[nodiscard]] std::vector<std::int64_t> ids(std::string_view name, std::size_t max_items);

    /// Calls `each` with every object of a list; their unknown fields are refused too.
    void objects(std::string_view name, std::size_t min_items, std::size_t max_items,
                 const std::function<void(Reader&)>& each);
    /// The object called `name`.
    void object(std::string_view name, const std::function<void(Reader&)>& each);

    [[nodiscard]] bool has(std::string_view name) const;

    /// For checks that only the handler can make.
    void refuse_field(std::string_view name);

    /// Refuses fields that nobody asked for, then what was wrong first.
    [[nodiscard]] Result<void> done();

 private:
    friend class Body;
    Reader(const boost::json::object& object, std::string prefix, std::optional<Error>& wrong)
        : object_(object), prefix_(std::move(prefix)), wrong_(wrong) {}
    const boost::json::value* take(std::string_view name);
    const boost::json::value* need(std::string_view name);
    void note(Error error);
    void check_unknown();
    [[nodiscard]] std::string path_of(std::string_view name) const;
    [[nodiscard]] std::vector<std::int64_t> id_list(std::string_view name,
                                                    const boost::json::value* value,
                                                    std::size_t min_items, std::size_t max_items);

    const boost::json::object& object_;
    std::string prefix_;
    std::optional<Error>& wrong_;
    std::vector<std::string> asked_;
};

/// A parsed body: an object, at most 32 levels deep, in UTF-8.
class Body {
 public:
    /// @return http.bad_json.
    [[nodiscard]] static Result<Body> parse(std::string_view text);
    Body(Body&&) noexcept;
    Body& operator=(Body&&) noexcept;
    ~Body();
    [[nodiscard]] Reader root();

 private:
    struct Parsed;
    explicit Body(std::unique_ptr<Parsed> parsed);
    std::unique_ptr<Parsed> parsed_;
};

/// The query of a request; each name at most once.
class QueryReader {
 public:
    explicit QueryReader(const net::Request& request) : request_(request) {}

    [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::string_view name, std::int64_t min,
                                                            std::int64_t max);
    [[nodiscard]] std::optional<std::string> maybe_text(std::string_view name,
                                                        const TextRule& rule);
    [[nodiscard]] std::optional<std::string> maybe_token(std::string_view name,
                                                         const TokenRule& rule);
    [[nodiscard]] std::string text(std::string_view name, const TextRule& rule);
    template <typename StrongId>
    [[nodiscard]] StrongId maybe_id(std::string_view name) {
        return StrongId{maybe_integer(name, 1, kMaxId).value_or(0)};
    }
    /// One of a few names; none if it is absent.
    template <typename FromName>
    [[nodiscard]] auto maybe_choice(std::string_view name, FromName from_name)
        -> decltype(from_name(name)) {
        const auto text = take(name);
        if (!text) {
            return std::nullopt;
        }
        auto value = from_name(*text);
        if (!value) {
            refuse_field(name);
        }
        return value;
    }
    void refuse_field(std::string_view name);
    [[nodiscard]] Result<void> done();

 private:
    std::optional<std::string_view> take(std::string_view name);
    void note(Error error);

    const net::Request& request_;
    std::optional<Error> wrong_;
    std::vector<std::string_view> asked_;
};

/// `limit` and `after` of a list.
struct Paging {
    std::int64_t limit = 50;
    std::optional<std::string> after;
};
[[nodiscard]] Paging read_paging(QueryReader& query);

/// Cursor of one or two numbers: "1763760000.17".
struct Cursor {
    std::int64_t first = 0;
    std::int64_t second = 0;
};
/// None if there is no cursor; a cursor of another form is refused.
[[nodiscard]] std::optional<Cursor> read_cursor(QueryReader& query, const Paging& paging);
[[nodiscard]] std::string write_cursor(std::int64_t first, std::int64_t second);

}  // namespace haat::http
