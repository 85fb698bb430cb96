#include "flows/read_orders.hpp"

#include "allowed.hpp"
#include "supply/lots.hpp"

namespace haat::flows {

Result<OrderView> read_order(storage::Transaction& tx, const Viewer& viewer, OrderId order_id) {
    HAAT_TRY(allow(viewer, access::Action::kSeeOrders));
    const auto order = market::find_order(tx, viewer, order_id);
    if (!order) {
        return refuse(ErrorKind::kNotFound, "market.no_order");
    }
    OrderView view{.order = *order,
                   .product = HAAT_TRY(catalogue::find_product(tx, order->product_id)),
                   .place = HAAT_TRY(registry::find_place(tx, order->place_id)),
                   .buyer = HAAT_TRY(registry::find_organisation(tx, order->buyer_organisation_id)),
                   .lines = {}};
    ProducerBook producers(tx, viewer);
    for (const market::OrderLine& line : market::lines_of(tx, viewer, order_id)) {
        OrderLineView& shown = view.lines.emplace_back();
        shown.line = line;
        shown.producer = producers.of(line.person_id);
        if (line.weighed.value > 0) {
            const auto lots = supply::lots_of_order_line(tx, system_viewer(), line.order_line_id);
            if (!lots.empty()) {
                shown.lot_id = lots.front().lot_id;
            }
        }
    }
    return view;
}

}  // namespace haat::flows
