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
    Route{"GET", "/api/today", Permit::any_of(kSeeToday), Takes::kNothing, get_today},
    Route{"GET", "/api/events", kAnybody, Takes::kNothing, stream_events},
    Route{"GET", "/api/places", kAnybody, Takes::kNothing, list_places},
    Route{"GET", "/api/places/{place_id}", kAnybody, Takes::kNothing, get_place},
    Route{"GET", "/api/products", kAnybody, Takes::kNothing, list_products},
    Route{"POST", "/api/audience/count", Permit::any_of(kSendBroadcast), Takes::kJson,
          count_audience},
    Route{"POST", "/api/audiences/count", Permit::any_of(kSendBroadcast), Takes::kJson,
          measure_audience},
    Route{"GET", "/api/audiences", Permit::any_of(kSendBroadcast), Takes::kNothing, list_audiences},
    Route{"POST", "/api/audiences", Permit::any_of(kSendBroadcast), Takes::kJson, create_audience},
    Route{"GET", "/api/audiences/{saved_audience_id}", Permit::any_of(kSendBroadcast),
          Takes::kNothing, get_audience},
    Route{"PATCH", "/api/audiences/{saved_audience_id}", Permit::any_of(kSendBroadcast),
          Takes::kJson, change_audience},
    Route{"DELETE", "/api/audiences/{saved_audience_id}", Permit::any_of(kSendBroadcast),
          Takes::kNothing, remove_audience},
    Route{"POST", "/api/broadcasts/preview", Permit::any_of(kSendBroadcast), Takes::kJson,
          preview_broadcast},
    Route{"POST", "/api/broadcasts", Permit::any_of(kSendBroadcast), Takes::kJson,
          create_broadcast},
    Route{"GET", "/api/broadcasts", Permit::any_of(kSeeMessages), Takes::kNothing, list_broadcasts},
    Route{"GET", "/api/broadcasts/{broadcast_id}", Permit::any_of(kSeeMessages), Takes::kNothing,
          get_broadcast},
    Route{"POST", "/api/broadcasts/{broadcast_id}/pause", Permit::any_of(kSendBroadcast),
          Takes::kNothing, pause_broadcast},
    Route{"POST", "/api/broadcasts/{broadcast_id}/resume", Permit::any_of(kSendBroadcast),
          Takes::kNothing, resume_broadcast},
    Route{"GET", "/api/demands", Permit::any_of(kSeeMarket, kPostDemand), Takes::kNothing,
          list_demands},
    Route{"POST", "/api/demands", Permit::any_of(kPostDemand), Takes::kJson, create_demand},
    Route{"GET", "/api/demands/{demand_id}", Permit::any_of(kSeeMarket, kPostDemand),
          Takes::kNothing, get_demand},
    Route{"GET", "/api/offers", Permit::any_of(kSeeMarket), Takes::kNothing, list_offers},
    Route{"GET", "/api/offers/{offer_id}", Permit::any_of(kSeeMarket), Takes::kNothing, get_offer},
    Route{"POST", "/api/orders/plan", Permit::any_of(kGatherOrder), Takes::kJson, plan_order},
    Route{"POST", "/api/orders", Permit::any_of(kGatherOrder), Takes::kJson, create_order},
    Route{"GET", "/api/orders", Permit::any_of(kSeeOrders), Takes::kNothing, list_orders},
    Route{"GET", "/api/orders/{order_id}", Permit::any_of(kSeeOrders), Takes::kNothing, get_order},
    Route{"GET", "/api/lots", Permit::any_of(kSeeLots), Takes::kNothing, list_lots},
    Route{"POST", "/api/lots", Permit::any_of(kWeighIn), Takes::kJson, create_lot},
    Route{"GET", "/api/lots/{lot_id}", Permit::any_of(kSeeLots), Takes::kNothing, get_lot},
    Route{"GET", "/api/lots/{lot_id}/label", Permit::any_of(kSeeLots), Takes::kNothing,
          get_lot_label},
    Route{"POST", "/api/packings", Permit::any_of(kPack), Takes::kJson, create_packing},
    Route{"POST", "/api/batches", Permit::any_of(kRecordJailBatch), Takes::kJson, create_batch},
    Route{"GET", "/api/consignments", Permit::any_of(kSeeLots, kConsign), Takes::kNothing,
          list_consignments},
    Route{"POST", "/api/consignments", Permit::any_of(kConsign), Takes::kJson, create_consignment},
    Route{"POST", "/api/consignments/{consignment_id}/receive", Permit::any_of(kConsign),
          Takes::kNothing, receive_consignment},
    Route{"GET", "/api/sales", Permit::any_of(kSell, kSeeLedger), Takes::kNothing, list_sales},
    Route{"POST", "/api/sales", Permit::any_of(kSell), Takes::kJson, create_sale},
    Route{"GET", "/api/sales/{sale_id}/share-out", Permit::any_of(kSell, kSeeLedger),
          Takes::kNothing, get_share_out},
    Route{"GET", "/api/conversations", Permit::any_of(kAnswerInbox), Takes::kNothing,
          list_conversations},
    Route{"GET", "/api/conversations/{person_id}", Permit::any_of(kAnswerInbox), Takes::kNothing,
          get_conversation},
    Route{"POST", "/api/conversations/{person_id}/messages", Permit::any_of(kAnswerInbox),
          Takes::kJson, send_message},
    Route{"POST", "/api/conversations/{person_id}/close", Permit::any_of(kAnswerInbox),
          Takes::kNothing, close_conversation},
    Route{"GET", "/api/phones", Permit::any_of(kSeePeople), Takes::kNothing, list_phones},
    Route{"GET", "/api/phones/{phone_id}/messages", Permit::any_of(kSeePeople), Takes::kNothing,
          list_phone_messages},
    Route{"POST", "/api/phones/{phone_id}/messages", Permit::any_of(kSeePeople), Takes::kJson,
          send_from_phone},
    Route{"GET", "/api/sites", kAnybody, Takes::kNothing, list_sites},
    Route{"GET", "/healthz", kOpen, Takes::kNothing, get_health},
    Route{"GET", "/readyz", kOpen, Takes::kNothing, get_ready},
    Route{"GET", "/metrics", kOpen, Takes::kNothing, get_metrics},
    Route{"GET", "/hooks/whatsapp", kOpen, Takes::kNothing, verify_whatsapp},
    // No handler: answered from the commit that keeps it (server.cpp).
    Route{"POST", "/hooks/whatsapp", kOpen, Takes::kRaw, nullptr},
    Route{"GET", "/hooks/sms/dlr", kOpen, Takes::kRaw, nullptr},
    Route{"POST", "/hooks/sms/mo", kOpen, Takes::kRaw, nullptr},
    Route{"POST", "/hooks/telegram", kOpen, Takes::kRaw, nullptr},
    Route{"GET", "/hooks/voice/exotel/{secret}", kOpen, Takes::kRaw, nullptr},
    Route{"POST", "/hooks/voice/exotel/{secret}", kOpen, Takes::kRaw, nullptr},
};

}  // namespace

std::span<const Route> all_routes() { return kRoutes; }

}  // namespace haat::http
