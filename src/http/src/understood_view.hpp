/// @file What was understood of a message, as the contract writes it.
#pragma once

#include "base/json_writer.hpp"
#include "language/understanding.hpp"

namespace haat::http {

/// Understood of the contract.
void write_understood(JsonWriter& json, const language::Understanding& meaning);

}  // namespace haat::http
