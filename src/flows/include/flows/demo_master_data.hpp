/// @file What a demonstration needs beside people: sites, bodies, a share-out rule. Everything made
/// here says of itself that it is for demonstration.
#pragma once

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/texts.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// Where the demonstration plays.
struct DemoPlaces {
    PlaceId village;  ///< Of the purchase point.
    PlaceId block;    ///< Of the packaging house.
    PlaceId city;     ///< Of shops and jail.
};

/// A village of Bochahan block (Muzaffarpur), and Patna. @return registry.no_place if the places
/// are not loaded.
[[nodiscard]] Result<DemoPlaces> usual_demo_places(storage::Transaction& tx);

struct DemoMasterData {
    OrganisationId buyer_shop;
    OrganisationId khadi_board;
    OrganisationId museum;
    OrganisationId jail;
    GroupId village_organisation;
    GroupId federation;
    SiteId purchase_point;
    SiteId packaging_house;
    SiteId khadi_mall;
    SiteId museum_shop;
    SiteId workshop;
    RuleId jail_rule;  ///< Demo figures: 50 / 33.33 / 16.67, "order" DEMO-1.
};

/// Makes whatever of it is missing. Safe to repeat. Names come from i18n ("messages.demo_…").
/// Opens the accounts that the story posts to.
[[nodiscard]] Result<DemoMasterData> ensure_demo_master_data(storage::Transaction& tx,
                                                             const Texts& texts,
                                                             const DemoPlaces& places,
                                                             UnixSeconds now);

}  // namespace haat::flows
