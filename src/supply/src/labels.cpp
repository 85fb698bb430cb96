#include "supply/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "base/text.hpp"

namespace haat::supply {
namespace {

// Tenths of a millimetre: a label of 100 x 60 mm.
constexpr int kWidth = 1000;
constexpr int kHeight = 600;
constexpr int kMargin = 30;
constexpr int kQrBox = 320;
constexpr int kQuiet = 4;  // modules of white around a code, as its standard asks
constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};

std::string month_of(Date date) {
    return fmt::format("{} {}", kMonths[static_cast<std::size_t>(date.month - 1)], date.year);
}

/// A quantity as the law wants it read: below one kg in grams, below one litre in millilitres.
std::string net(Milli quantity, std::string_view unit_hi, std::string_view unit_en) {
    if (quantity < Milli{1000} && unit_en == "kg") {
        return fmt::format("{} ग्राम / {} g", quantity.value, quantity.value);
    }
    if (quantity < Milli{1000} && (unit_en == "litre" || unit_en == "l")) {
        return fmt::format("{} मिली / {} ml", quantity.value, quantity.value);
    }
    const std::string plain = quantity_plain(quantity);
    return fmt::format("{} {} / {} {}", plain, unit_hi, plain, unit_en);
}

/// What one unit costs at that price for a packet, rounded half up.
Paise unit_price(Paise price, Milli quantity) {
    __extension__ using Wide = __int128;
    const Wide doubled = Wide{price.value} * 2000 + quantity.value;
    return {static_cast<std::int64_t>(doubled / (Wide{quantity.value} * 2))};
}

/// A drawing that grows downwards.
class Drawing {
 public:
    /// One line of text that is made smaller until it fits into `width`.
    void line(int x, int y, int size, int width, std::string_view weight, std::string_view text) {
        // A letter of a Devanagari or Latin sans face is on average 0.58 of its height wide; marks
        // that sit on other letters make Devanagari narrower than its number of code points.
        const int letters = std::max(1, static_cast<int>(count_code_points(text)));
        const int fitting = std::min(size, width * 100 / (58 * letters));
        out_ +=
            fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"{}\">{}</text>\n",
                        x, y, std::max(fitting, 12), weight, escape_xml(text));
    }

    /// A code into a square box, with its quiet zone, each row as runs of dark modules.
    void code(const QrCode& qr, int x, int y, int box) {
        const int modules = qr.size + 2 * kQuiet;
        out_ += fmt::format(
            "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" "
            "shape-rendering=\"crispEdges\"><rect width=\"{}\" height=\"{}\" fill=\"#fff\"/>"
            "<path id=\"qr\" d=\"",
            x, y, box, box, modules, modules, modules, modules);
        const auto is_dark = [&qr](int row, int column) {
            return column < qr.size &&
                   qr.dark[static_cast<std::size_t>(row) * static_cast<std::size_t>(qr.size) +
                           static_cast<std::size_t>(column)];
        };
        for (int row = 0; row < qr.size; ++row) {
            for (int column = 0; column < qr.size; ++column) {
                int run = 0;
                while (is_dark(row, column + run)) ++run;
                if (run > 0) {
                    out_ +=
                        fmt::format("M{} {}h{}v1h-{}z", column + kQuiet, row + kQuiet, run, run);
                    column += run;
                }
            }
        }
        out_ += "\"/></svg>\n";
    }

    [[nodiscard]] std::string finish() const {
        return fmt::format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100mm\" height=\"60mm\" "
            "viewBox=\"0 0 {} {}\" font-family=\"Noto Sans, Noto Sans Devanagari, sans-serif\">\n"
            "<rect width=\"{}\" height=\"{}\" fill=\"#fff\"/>\n"
            "<rect x=\"8\" y=\"8\" width=\"{}\" height=\"{}\" fill=\"none\" stroke=\"#000\" "
            "stroke-width=\"3\" rx=\"16\"/>\n{}</svg>\n",
            kWidth, kHeight, kWidth, kHeight, kWidth - 16, kHeight - 16, out_);
    }

 private:
    std::string out_;
};

std::string both(std::string_view hi, std::string_view en) {
    return hi == en || hi.empty() ? std::string(en) : fmt::format("{} / {}", hi, en);
}

}  // namespace

std::string escape_xml(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&#39;";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') {
                    out += "\xEF\xBF\xBD";
                } else {
                    out += c;
                }
        }
    }
    return to_utf8_lossy(out);
}

Result<std::string> label_svg(const LabelText& text, const LabelWords& words) {
    HAAT_ASSERT(text.net_quantity > Milli{0} && text.price >= Paise{0});
    const QrCode qr = HAAT_TRY(qr_code(text.trace_url));
    Drawing drawing;
    const int full = kWidth - 2 * kMargin;
    const int beside = full - kQrBox - 20;
    drawing.line(kMargin, 72, 46, full, "700", both(text.brand_hi, text.brand_en));
    drawing.line(kMargin, 138, 50, beside, "700", text.product_hi);
    drawing.line(kMargin, 190, 40, beside, "400", text.product_en);
    const auto field = [&](int y, std::string_view word, std::string_view value) {
        drawing.line(kMargin, y, 30, beside, "400", fmt::format("{}: {}", word, value));
    };
    field(244, words.net_quantity, net(text.net_quantity, text.unit_hi, text.unit_en));
    field(286, words.price, rupees_display(text.price));
    field(328, words.unit_price,
          fmt::format("{} / {}", rupees_display(unit_price(text.price, text.net_quantity)),
                      both(text.unit_hi, text.unit_en)));
    field(370, words.packed, month_of(text.packed_on));
    if (text.best_before_on) {
        field(412, words.best_before, month_of(*text.best_before_on));
    }
    field(454, words.lot, text.lot_code);
    drawing.code(qr, kWidth - kMargin - kQrBox, 96, kQrBox);
    drawing.line(kWidth - kMargin - kQrBox + 20, 446, 26, kQrBox - 40, "700", words.scan);
    const auto footer = [&](int y, std::string_view word, std::string_view value) {
        if (!value.empty()) {
            drawing.line(kMargin, y, 26, full, "400", fmt::format("{}: {}", word, value));
        }
    };
    footer(498, words.packed_by, both(text.packer_hi, text.packer_en));
    footer(534, words.licence, text.licence);
    footer(568, words.contact, text.contact);
    return drawing.finish();
}

}  // namespace haat::supply
