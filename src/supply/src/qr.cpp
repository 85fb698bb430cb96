#include <qrencode.h>

#include <memory>

#include "supply/errors.hpp"
#include "supply/labels.hpp"

namespace haat::supply {
namespace {

constexpr std::size_t kMostBytes = 150;  // 49 x 49 modules: half a millimetre each on the label

}  // namespace

Result<QrCode> qr_code(std::string_view text) {
    if (text.empty() || text.size() > kMostBytes) {
        return refuse(ErrorKind::kInvalid, errors::kLabelTooLong);
    }
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeData(static_cast<int>(text.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M),
        &QRcode_free);
    if (!code) {
        return refuse(ErrorKind::kInvalid, errors::kLabelTooLong);
    }
    QrCode qr{.size = code->width, .dark = {}};
    const std::size_t modules =
        static_cast<std::size_t>(qr.size) * static_cast<std::size_t>(qr.size);
    qr.dark.resize(modules);
    for (std::size_t i = 0; i < modules; ++i) {
        qr.dark[i] = (code->data[i] & 1U) != 0;
    }
    return qr;
}

}  // namespace haat::supply
