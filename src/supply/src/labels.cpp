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

/// True for signs that sit on another letter and take no width: Devanagari vowel signs above and
/// below, nasals, nukta, virama, and joiners.
bool is_mark(std::string_view sign) {
    if (sign.size() != 3) return false;
    const auto byte = [sign](std::size_t i) { return static_cast<unsigned char>(sign[i]); };
    const unsigned code =
        ((byte(0) & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
    return (code >= 0x0900 && code <= 0x0902) || code == 0x093C ||
           (code >= 0x0941 && code <= 0x0948) || code == 0x094D || code == 0x200C || code == 0x200D;
}

/// The size at which `text` fits into `width`, at most `size`. Letters of a Devanagari or Latin
/// sans face are on average 0.58 of their height wide.
int fitting(std::string_view text, int size, int width) {
    int letters = 0;
    const std::string good = to_utf8_lossy(text);
    for (std::string_view rest = good; !rest.empty();) {
        const std::string_view sign = first_code_points(rest, 1);
        letters += is_mark(sign) ? 0 : 1;
        rest.remove_prefix(sign.size());
    }
    return std::clamp(width * 100 / (58 * std::max(1, letters)), 12, size);
}

/// A drawing that grows downwards.
class Drawing {
 public:
    void line(int x, int y, int size, std::string_view weight, std::string_view text) {
        out_ +=
            fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" font-weight=\"{}\">{}</text>\n",
                        x, y, size, weight, escape_xml(text));
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

/// What the law asks, all in one size: that of the longest.
void draw_fields(Drawing& drawing, const LabelText& text, const LabelWords& words, int width) {
    std::vector<std::string> fields;
    const auto field = [&](std::string_view word, std::string_view value) {
        fields.push_back(fmt::format("{}: {}", word, value));
    };
    field(words.net_quantity, net(text.net_quantity, text.unit_hi, text.unit_en));
    field(words.price, rupees_display(text.price));
    field(words.unit_price,
          fmt::format("{} / {}", rupees_display(unit_price(text.price, text.net_quantity)),
                      both(text.unit_hi, text.unit_en)));
    field(words.packed, month_of(text.packed_on));
    if (text.best_before_on) {
        field(words.best_before, month_of(*text.best_before_on));
    }
    field(words.lot, text.lot_code);
    int size = 30;
    for (const std::string& said : fields) {
        size = std::min(size, fitting(said, size, width));
    }
    int y = 244;
    for (const std::string& said : fields) {
        drawing.line(kMargin, y, size, "400", said);
        y += 42;
    }
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
    const auto line = [&](int y, int size, int width, std::string_view weight,
                          std::string_view said) {
        drawing.line(kMargin, y, fitting(said, size, width), weight, said);
    };
    line(72, 46, full, "700", both(text.brand_hi, text.brand_en));
    line(138, 50, beside, "700", text.product_hi);
    line(190, 40, beside, "400", text.product_en);
    draw_fields(drawing, text, words, beside);
    drawing.code(qr, kWidth - kMargin - kQrBox, 96, kQrBox);
    drawing.line(kWidth - kMargin - kQrBox + 20, 446, fitting(words.scan, 26, kQrBox - 40), "700",
                 words.scan);
    const auto footer = [&](int y, std::string_view word, std::string_view value) {
        if (!value.empty()) line(y, 26, full, "400", fmt::format("{}: {}", word, value));
    };
    footer(498, words.packed_by, both(text.packer_hi, text.packer_en));
    footer(534, words.licence, text.licence);
    footer(568, words.contact, text.contact);
    return drawing.finish();
}

}  // namespace haat::supply
