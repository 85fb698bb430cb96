/// @file The label of a packet: an SVG with the QR code of the lot's public page. It bears the
/// brand of a village or workshop and no person. Pure. Source: docs/domain/trace.md, section 6
/// (what a label must say).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/result.hpp"

namespace haat::supply {

/// What stands on a label; plain UTF-8, escaped here. Words come from i18n through `words`.
struct LabelText {
    std::string trace_url;  ///< "https://haat.example/t/…", ASCII, at most 150 bytes.
    std::string brand_hi;   ///< Village or workshop brand.
    std::string brand_en;
    std::string product_hi;
    std::string product_en;
    Milli net_quantity;
    std::string unit_hi;  ///< "किलो"
    std::string unit_en;  ///< "kg"
    Paise price;          ///< Of one packet, all taxes included.
    std::string lot_code;
    Date packed_on;                      ///< Month and year are shown.
    std::optional<Date> best_before_on;  ///< None for goods that keep.
    std::string packer_en;               ///< Packaging house or workshop, with its address.
    std::string packer_hi;
    std::string licence;  ///< FSSAI number; empty if none.
    std::string contact;  ///< For complaints; may be empty.
};

/// The fixed words of a label in both languages, from i18n ("label.net_quantity"…).
struct LabelWords {
    std::string net_quantity = "शुद्ध मात्रा / Net qty";
    std::string packed = "पैक / Packed";
    std::string best_before = "उपयोग करें / Best before";
    std::string price = "मूल्य सभी कर सहित / MRP incl. all taxes";
    std::string unit_price = "इकाई मूल्य / Unit price";
    std::string lot = "खेप / Lot";
    std::string packed_by = "पैक किया / Packed by";
    std::string licence = "FSSAI";
    std::string contact = "शिकायत / Complaints";
    std::string scan = "किसने बनाया / Who made it";
};

/// An SVG of 100 x 60 mm; texts shrink to their boxes. @return supply.label_too_long (the URL does
/// not fit a QR code of this size).
[[nodiscard]] Result<std::string> label_svg(const LabelText& text, const LabelWords& words = {});

/// A QR code: `size` x `size` modules, row by row, true is dark; without a quiet zone.
struct QrCode {
    int size = 0;
    std::vector<bool> dark;
};

/// Error correction M: readable with 15 % of it dirty. @return supply.label_too_long.
[[nodiscard]] Result<QrCode> qr_code(std::string_view text);

/// `text` for XML content and attributes; control characters that XML forbids become U+FFFD.
[[nodiscard]] std::string escape_xml(std::string_view text);

}  // namespace haat::supply
