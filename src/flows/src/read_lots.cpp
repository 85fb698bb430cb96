#include "flows/read_lots.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "allowed.hpp"

namespace haat::flows {
namespace {

constexpr std::int64_t kLongestTrace = 5'000;

/// Steps that the contract knows; what else happened to a lot is the site's own record.
constexpr std::array<std::string_view, 6> kShownSteps{"worked", "weighed",  "packed",
                                                      "sent",   "received", "sold"};

class StepViews {
 public:
    StepViews(storage::Transaction& tx, ProducerBook& producers) : tx_(tx), producers_(producers) {}

    std::vector<TraceStepView> of(std::vector<supply::TraceStep> steps) {
        std::vector<TraceStepView> views;
        for (supply::TraceStep& step : steps) {
            if (std::ranges::find(kShownSteps, step.step) == kShownSteps.end()) {
                continue;
            }
            TraceStepView& view = views.emplace_back();
            if (step.site_id) {
                view.site = site(*step.site_id);
            }
            if (step.producer_person_id) {
                view.producer = producers_.of(*step.producer_person_id);
            }
            view.step = std::move(step);
        }
        return views;
    }

 private:
    const std::optional<supply::Site>& site(SiteId site_id) {
        const auto known = sites_.find(site_id);
        return known != sites_.end()
                   ? known->second
                   : sites_.emplace(site_id, supply::find_site(tx_, site_id)).first->second;
    }

    storage::Transaction& tx_;
    ProducerBook& producers_;
    std::map<SiteId, std::optional<supply::Site>> sites_;
};

}  // namespace

Result<LotView> view_lot(storage::Transaction& tx, ProducerBook& producers,
                         const supply::Lot& lot) {
    const auto site = supply::find_site(tx, lot.site_id);
    if (!site) {
        return refuse(ErrorKind::kNotFound, "supply.no_site");
    }
    LotView view{.lot = lot,
                 .product = HAAT_TRY(catalogue::find_product(tx, lot.product_id)),
                 .site = *site,
                 .producer = std::nullopt};
    if (lot.producer_person_id) {
        view.producer = producers.of(*lot.producer_person_id);
    }
    return view;
}

Result<LotTrace> read_lot_trace(storage::Transaction& tx, const Viewer& viewer, LotId lot_id) {
    HAAT_TRY(allow(viewer, access::Action::kSeeLots));
    const auto lot = supply::find_lot(tx, viewer, lot_id);
    if (!lot) {
        return refuse(ErrorKind::kNotFound, "supply.no_lot");
    }
    ProducerBook producers(tx, viewer);
    StepViews steps(tx, producers);
    return LotTrace{.lot = HAAT_TRY(view_lot(tx, producers, *lot)),
                    .backward = steps.of(supply::trace_back(tx, viewer, lot_id, kLongestTrace)),
                    .forward = steps.of(supply::trace_forward(tx, viewer, lot_id, kLongestTrace))};
}

}  // namespace haat::flows
