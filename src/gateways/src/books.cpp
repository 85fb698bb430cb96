#include "gateways/books.hpp"

#include <fmt/format.h>

#include <cctype>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "ledger/journal.hpp"

namespace haat::gateways {
namespace {

using ledger::Entry;
using ledger::PostedLine;

/// What the two formats say differently.
class BooksWriter {
 public:
    virtual ~BooksWriter() = default;
    virtual void begin(std::string& out, Date from, Date to) const = 0;
    virtual void declare(std::string& out, Date from, const std::string& account) const = 0;
    virtual void entry(std::string& out, const Entry& entry) const = 0;
    /// What stood on each account when the day `to` ended.
    virtual void assert_balances(std::string& out, Date to,
                                 const std::vector<PostedLine>& balances) const = 0;
};

/// `text` with each of `special` as %XX, and '%' too, so that it can be read back.
std::string percent(std::string_view text, std::string_view special) {
    std::string out;
    for (const char c : text) {
        if (c == '%' || special.find(c) != std::string_view::npos) {
            fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out;
}

class HledgerWriter final : public BooksWriter {
 public:
    void begin(std::string& out, Date from, Date to) const override {
        fmt::format_to(std::back_inserter(out),
                       "; haat, {} to {}\n; check with: hledger -f FILE check --strict\n\n"
                       "commodity INR 1000.00\n",
                       iso_date(from), iso_date(to));
    }

    void declare(std::string& out, Date, const std::string& account) const override {
        fmt::format_to(std::back_inserter(out), "account {}\n", account);
    }

    void entry(std::string& out, const Entry& entry) const override {
        // ';' would begin a comment, '|' part the payee from the note, ')' end the code.
        fmt::format_to(std::back_inserter(out), "\n{} * ({}) {}  ; kind:{}, entry:{}",
                       iso_date(entry.booked_on), percent(entry.key, "();|"),
                       percent(entry.note, ";|"), entry.kind, entry.number);
        if (entry.reverses != 0) {
            fmt::format_to(std::back_inserter(out), ", reverses:{}", entry.reverses);
        }
        out += '\n';
        for (const PostedLine& line : entry.lines) {
            fmt::format_to(std::back_inserter(out), "    {}  INR {}\n", line.account,
                           rupees_plain(line.amount));
        }
    }

    void assert_balances(std::string& out, Date to,
                         const std::vector<PostedLine>& balances) const override {
        if (balances.empty()) {
            return;
        }
        fmt::format_to(std::back_inserter(out), "\n{} * closing balances\n", iso_date(to));
        for (const PostedLine& line : balances) {
            fmt::format_to(std::back_inserter(out), "    {}  INR 0.00 = INR {}\n", line.account,
                           rupees_plain(line.amount));
        }
    }
};

class BeancountWriter final : public BooksWriter {
 public:
    void begin(std::string& out, Date from, Date to) const override {
        fmt::format_to(std::back_inserter(out),
                       "; haat, {} to {}\n; check with: bean-check FILE\n\n"
                       "option \"title\" \"haat\"\noption \"operating_currency\" \"INR\"\n\n"
                       "{} commodity INR\n",
                       iso_date(from), iso_date(to), iso_date(from));
    }

    void declare(std::string& out, Date from, const std::string& account) const override {
        fmt::format_to(std::back_inserter(out), "{} open {} INR\n", iso_date(from), name(account));
    }

    void entry(std::string& out, const Entry& entry) const override {
        fmt::format_to(std::back_inserter(out),
                       "\n{} * {}\n  key: {}\n  kind: \"{}\"\n"
                       "  entry: {}\n",
                       iso_date(entry.booked_on), quoted(entry.note), quoted(entry.key), entry.kind,
                       entry.number);
        if (entry.reverses != 0) {
            fmt::format_to(std::back_inserter(out), "  reverses: {}\n", entry.reverses);
        }
        for (const PostedLine& line : entry.lines) {
            fmt::format_to(std::back_inserter(out), "  {}  {} INR\n", name(line.account),
                           rupees_plain(line.amount));
        }
    }

    void assert_balances(std::string& out, Date to,
                         const std::vector<PostedLine>& balances) const override {
        // Beancount checks when a day begins, and by default lets a paisa pass: hence "~ 0".
        const UnixSeconds next_noon{start_of_day_in_india(to).value + 36 * 3600};
        out += '\n';
        for (const PostedLine& line : balances) {
            fmt::format_to(std::back_inserter(out), "{} balance {}  {} ~ 0.00 INR\n",
                           iso_date(date_in_india(next_noon)), name(line.account),
                           rupees_plain(line.amount));
        }
    }

 private:
    /// "liabilities:tax:gst" is "Liabilities:Tax:Gst" there; codes are lower case, so no two meet.
    static std::string name(std::string_view account) {
        std::string out;
        bool first = true;
        for (const char c : account) {
            out += first ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
            first = c == ':';
        }
        return out;
    }

    static std::string quoted(std::string_view text) {
        std::string out = "\"";
        for (const char c : text) {
            if (c == '"' || c == '\\') {
                out += '\\';
            }
            out += c;
        }
        return out + '"';
    }
};

std::unique_ptr<const BooksWriter> writer_for(BooksFormat format) {
    if (format == BooksFormat::kHledger) {
        return std::make_unique<HledgerWriter>();
    }
    return std::make_unique<BeancountWriter>();
}

}  // namespace

Result<BooksSummary> export_books(storage::Transaction& tx, BooksFormat format, Date from, Date to,
                                  const BooksSink& sink) {
    if (to < from) {
        return refuse(ErrorKind::kInvalid, "gateways.bad_period");
    }
    const auto writer = writer_for(format);
    BooksSummary summary;
    std::string piece;
    const auto hand_over = [&] {
        summary.bytes += std::ssize(piece);
        sink(piece);
        piece.clear();
    };

    writer->begin(piece, from, to);
    const std::vector<PostedLine> closing = ledger::balances_at_end_of(tx, to);
    for (const PostedLine& line : closing) {
        writer->declare(piece, from, line.account);
        ++summary.accounts;
    }
    const Date before = date_in_india({start_of_day_in_india(from).value - 1});
    Entry opening{.number = 0,
                  .key = "opening",
                  .kind = "opening",
                  .note = "opening balances",
                  .booked_on = from,
                  .recorded_at = {},
                  .reverses = 0,
                  .chain_hash = {},
                  .lines = {}};
    for (PostedLine& line : ledger::balances_at_end_of(tx, before)) {
        if (line.amount.value != 0) {
            opening.lines.push_back(std::move(line));
        }
    }
    if (!opening.lines.empty()) {
        writer->entry(piece, opening);
    }
    hand_over();
    ledger::each_entry(tx, from, to, [&](const Entry& entry) {
        writer->entry(piece, entry);
        ++summary.entries;
        hand_over();
    });
    writer->assert_balances(piece, to, closing);
    hand_over();
    return summary;
}

}  // namespace haat::gateways
