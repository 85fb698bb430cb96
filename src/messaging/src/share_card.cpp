#include "messaging/share_card.hpp"

#include <pango/pangocairo.h>
#include <qrencode.h>

#include <algorithm>
#include <memory>

#include "base/assert.hpp"
#include "sql/share_cards.hpp"

namespace haat::messaging {
namespace {

constexpr int kWidth = 1080;
constexpr int kHeight = 1350;
constexpr int kMargin = 72;
constexpr int kHead = 168;
constexpr int kFoot = 420;
constexpr int kCode = 324;

struct Colour {
    double red;
    double green;
    double blue;
};
constexpr Colour kPaper{1.0, 0.98, 0.94};
constexpr Colour kInk{0.13, 0.11, 0.10};
constexpr Colour kLeaf{0.10, 0.37, 0.29};
constexpr Colour kWhite{1, 1, 1};

template <auto kFree>
struct Freed {
    template <typename T>
    void operator()(T* what) const {
        kFree(what);
    }
};
using Surface = std::unique_ptr<cairo_surface_t, Freed<cairo_surface_destroy>>;
using Pen = std::unique_ptr<cairo_t, Freed<cairo_destroy>>;
using Layout = std::unique_ptr<PangoLayout, Freed<g_object_unref>>;

void use(cairo_t* pen, const Colour& colour) {
    cairo_set_source_rgb(pen, colour.red, colour.green, colour.blue);
}

void fill(cairo_t* pen, const Colour& colour, int left, int top, int width, int height) {
    use(pen, colour);
    cairo_rectangle(pen, left, top, width, height);
    cairo_fill(pen);
}

Layout layout_of(cairo_t* pen, std::string_view text, int pixels, bool bold, int width) {
    Layout layout(pango_cairo_create_layout(pen));
    PangoFontDescription* font = pango_font_description_new();
    // Both scripts in one line: Pango takes each letter from the first family that has it.
    pango_font_description_set_family(font, "Noto Sans Devanagari, Noto Sans, sans-serif");
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, pixels * double{PANGO_SCALE});
    pango_layout_set_font_description(layout.get(), font);
    pango_font_description_free(font);
    pango_layout_set_width(layout.get(), width * PANGO_SCALE);
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
}

int height_of(const Layout& layout) {
    int height = 0;
    pango_layout_get_pixel_size(layout.get(), nullptr, &height);
    return height;
}

void draw(cairo_t* pen, const Layout& layout, const Colour& colour, int left, int top) {
    use(pen, colour);
    cairo_move_to(pen, left, top);
    pango_cairo_show_layout(pen, layout.get());
}

/// As large as it fits; what does not fit even in the smallest size ends in "…".
void draw_text(cairo_t* pen, std::string_view text, int top, int room) {
    constexpr int kLargest = 76;
    constexpr int kSmallest = 36;
    constexpr int kStep = 4;
    const int width = kWidth - 2 * kMargin;
    int pixels = kLargest;
    Layout layout = layout_of(pen, text, pixels, false, width);
    while (height_of(layout) > room && pixels > kSmallest) {
        pixels -= kStep;
        layout = layout_of(pen, text, pixels, false, width);
    }
    pango_layout_set_height(layout.get(), room * PANGO_SCALE);
    pango_layout_set_ellipsize(layout.get(), PANGO_ELLIPSIZE_END);
    draw(pen, layout, kInk, kMargin, top + std::max(0, room - height_of(layout)) / 3);
}

/// With the four light modules around it that readers need.
void draw_code(cairo_t* pen, std::string_view link, int left, int top) {
    const std::unique_ptr<QRcode, Freed<QRcode_free>> code(
        QRcode_encodeData(static_cast<int>(link.size()),
                          reinterpret_cast<const unsigned char*>(link.data()), 0, QR_ECLEVEL_L));
    HAAT_ASSERT(code != nullptr);
    constexpr int kQuiet = 4;
    const int module = kCode / (code->width + 2 * kQuiet);
    const int side = module * (code->width + 2 * kQuiet);
    left += (kCode - side) / 2;
    top += (kCode - side) / 2;
    fill(pen, kWhite, left, top, side, side);
    for (int y = 0; y < code->width; ++y) {
        for (int x = 0; x < code->width; ++x) {
            if ((code->data[y * code->width + x] & 1U) != 0) {
                fill(pen, kInk, left + (x + kQuiet) * module, top + (y + kQuiet) * module, module,
                     module);
            }
        }
    }
}

cairo_status_t append(void* to, const unsigned char* bytes, unsigned int size) {
    static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(bytes), size);
    return CAIRO_STATUS_SUCCESS;
}

void draw_foot(cairo_t* pen, const ShareCard& card) {
    const int top = kHeight - kFoot;
    fill(pen, kLeaf, 0, top, kWidth, kFoot);
    const bool has_code = !card.link.empty();
    const int left = has_code ? kMargin + kCode + 48 : kMargin;
    if (has_code) {
        draw_code(pen, card.link, kMargin, top + (kFoot - kCode) / 2);
    }
    const int width = kWidth - left - kMargin;
    const Layout invite = layout_of(pen, card.invite, 46, false, width);
    const Layout number = layout_of(pen, card.number, 50, true, width);
    const int gap = card.number.empty() ? 0 : 20 + height_of(number);
    const int from = top + (kFoot - height_of(invite) - gap) / 2;
    draw(pen, invite, kWhite, left, from);
    if (gap > 0) {
        draw(pen, number, kWhite, left, from + height_of(invite) + 20);
    }
}

}  // namespace

std::string share_card_png(const ShareCard& card) {
    // Colours without alpha; a picture of few colours becomes small by itself.
    const Surface surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, kWidth, kHeight));
    const Pen pen(cairo_create(surface.get()));
    fill(pen.get(), kPaper, 0, 0, kWidth, kHeight);
    fill(pen.get(), kLeaf, 0, 0, kWidth, kHead);
    const Layout brand = layout_of(pen.get(), card.brand, 80, true, kWidth - 2 * kMargin);
    draw(pen.get(), brand, kWhite, kMargin, (kHead - height_of(brand)) / 2);
    constexpr int kGap = 48;
    draw_text(pen.get(), card.text, kHead + kGap, kHeight - kHead - kFoot - 2 * kGap);
    draw_foot(pen.get(), card);
    std::string png;
    HAAT_ASSERT(cairo_status(pen.get()) == CAIRO_STATUS_SUCCESS);
    HAAT_ASSERT(cairo_surface_write_to_png_stream(surface.get(), append, &png) ==
                CAIRO_STATUS_SUCCESS);
    return png;
}

std::string chat_link(std::string_view number, std::string_view text) {
    std::string digits;
    std::ranges::copy_if(number, std::back_inserter(digits),
                         [](char c) { return c >= '0' && c <= '9'; });
    if (digits.empty()) {
        return "";
    }
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string link = "https://wa.me/" + digits + "?text=";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (plain) {
            link += c;
        } else {
            link += {'%', kHex[byte >> 4U], kHex[byte & 15U]};
        }
    }
    return link;
}

void add_relay(storage::Transaction& tx, const CardRelay& relay) {
    sql::relay_add(tx, {.new_relay_id = tx.new_id(),
                        .device_id = relay.device_id,
                        .broadcast_id = relay.broadcast_id,
                        .by_account_id = relay.by,
                        .group_count = relay.groups,
                        .relayed_at = relay.at});
}

RelaySums relays_of(storage::Transaction& tx, BroadcastId broadcast_id, AccountId by) {
    const auto row = sql::relay_sums(tx, {.broadcast_id = broadcast_id, .by_account = by.value});
    return {.people = row.people, .groups = row.group_count};
}

std::vector<BroadcastId> broadcasts_around(storage::Transaction& tx, const Viewer& viewer,
                                           UnixSeconds since) {
    std::vector<BroadcastId> found;
    for (const auto& row : sql::broadcasts_around(tx, {.since_at = since,
                                                       .places_first = viewer.places.first,
                                                       .places_last = viewer.places.last})) {
        found.push_back(row.broadcast_id);
    }
    return found;
}

}  // namespace haat::messaging
