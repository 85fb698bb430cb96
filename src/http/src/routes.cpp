/// @file The route table: what the server answers, to whom, and where that is written.
#include <array>

#include "handlers.hpp"
#include "router.hpp"

namespace haat::http {
namespace {

using enum access::Action;

constexpr Permit kOpen = Permit::open();
constexpr Permit kAnybody = Permit::signed_in();

constexpr std::array kRoutes{
    Route{"POST", "/api/session", kOpen, Takes::kJson, sign_in, Lane::kPasswords},
    Route{"GET", "/api/session", kAnybody, Takes::kNothing, get_session},
    Route{"DELETE", "/api/session", kAnybody, Takes::kNothing, sign_out},
    Route{"GET", "/api/events", kAnybody, Takes::kNothing, stream_events},
    Route{"GET", "/api/places", kAnybody, Takes::kNothing, list_places},
    Route{"GET", "/api/places/{place_id}", kAnybody, Takes::kNothing, get_place},
    Route{"GET", "/api/products", kAnybody, Takes::kNothing, list_products},
    Route{"GET", "/healthz", kOpen, Takes::kNothing, get_health},
    Route{"GET", "/readyz", kOpen, Takes::kNothing, get_ready},
    Route{"GET", "/metrics", kOpen, Takes::kNothing, get_metrics},
};

}  // namespace

std::span<const Route> all_routes() { return kRoutes; }

}  // namespace haat::http
