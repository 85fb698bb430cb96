/// @file Lot, Consignment and Sale of the contract.
#pragma once

#include <string>

#include "base/json_writer.hpp"
#include "flows/read_lots.hpp"
#include "supply/consignments.hpp"
#include "supply/sales.hpp"
#include "views.hpp"

namespace haat::http {

void write_lot(JsonWriter& json, Views& views, const flows::LotView& lot);
void write_consignment(JsonWriter& json, Views& views, const supply::Consignment& consignment);
void write_sale(JsonWriter& json, Views& views, const supply::Sale& sale);

}  // namespace haat::http
