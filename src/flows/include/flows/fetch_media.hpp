/// @file Promise: a voice note that she sent can be heard by who answers her. Its file is fetched
/// from the provider soon after it came, kept on disk by its hash, and shown only to those who may
/// see her conversation. Source: docs/formats/whatsapp.md (GET /{media-id} tells an address, which
/// gives the bytes to who bears the token).
#pragma once

#include <string>

#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "messaging/media.hpp"

namespace haat::flows {

/// Fetches what waits, at most `limit` files; returns how many it looked at. A provider that does
/// not answer is asked again, later each time, for an hour. For a worker: it waits on the network.
/// @param directory  Where files are kept: <directory>/media/ab/abcd….ogg.
int fetch_media(MessagingContext& context, const std::string& directory, int limit);

struct MediaFile {
    messaging::MediaKind kind = messaging::MediaKind::kNone;
    std::string bytes;
};
/// The file of a message. @return flows.not_allowed, flows.no_media (none, not there yet, gone, or
///   of somebody outside the viewer's places).
[[nodiscard]] Result<MediaFile> read_media(FlowContext& context, const Viewer& viewer,
                                           InboundId inbound_id, const std::string& directory);

}  // namespace haat::flows
