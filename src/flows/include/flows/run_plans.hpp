/// @file What is due is run, once, by whichever process comes first; budgets are watched; what a
/// template's fate means for broadcasts. Called by a worker every half second.
/// Source: docs/internals/planning.md.
#pragma once

#include <string_view>

#include "flows/messaging_context.hpp"

namespace haat::flows {

/// Promise: each moment of a plan becomes at most one run, whatever crashes and however often the
/// clock is set: the moment is claimed in a transaction, under its own time. A run whose process
/// died is taken over after two minutes and makes the same broadcasts (their device ids are the
/// run's). A moment that passed while haat was down runs late if its messages would not have
/// expired, else it is recorded as missed; of several only the last runs.
/// Returns how many plans moved.
int step_plans(MessagingContext& context);

/// The provider approved or stopped a template: broadcasts and plans that use it are held for that
/// reason, or go on.
void apply_template_status(MessagingContext& context, std::string_view template_name);

}  // namespace haat::flows
