/// @file The answer to what made a lot: weighing in, packing, a batch.
#pragma once

#include "call.hpp"
#include "supply/lots.hpp"

namespace haat::http {

/// 201 with the lot, or 200 if the device id had made it before. In lots.cpp.
[[nodiscard]] Result<Answer> lot_answer(Call& call, const supply::Made<supply::Lot>& made);

}  // namespace haat::http
