"""The decision maths of Solar Compute, in prose.

A home has a balance: what its sun makes beyond what it needs, before any worker
draws (`supply.balance_w`). Giving power to a worker walks down slices of supply
at one price each, in the order of physics: sun that the inverter holds back
(nothing), export forgone, loads that yield, battery charge forgone, battery
discharge, import (`supply.supply_curve`). A stored kWh is worth what the battery
would have done with it: the limit that its path hits first says which
(`storage`), on the learned mean day (`outlook`).

A worker brings the value of its results and of its heat. Heat is worth the price
of the heat that it really displaces, at the time when the backup heater would
have run (`thermal`, `backup`). When that is follows from how its tank or room cools
(`body`, `strata`), with what was learned of draws and losses (`draws`,
`room_model`). Both, less cooling (`spaces`) and supply, are its worth in currency
per hour (`worth`).

Switching costs, so a switch must be worth its cost over the time that it will
probably last (`policy`). Limits always win (`guards`). Workers share one supply
curve in strict order (`placement`, `decide`). What was drawn is accounted by its
true source (`ledger`), its heat by what it was good for (`heat_flow`), its CO₂ in
two books (`carbon`); totals of a day and a month follow from all of it
(`accounts`). Every decision can be taken apart into its numbers (`explain`) and
replayed from JSON (`codec`).

From what was decided follows whether a tank's own heater may wait (`wait`), and
from its temperatures whether it should be heated through (`hygiene`). A home to try
all of it on is `simulate`, with the sun and the loads of `house`.

What comes in is a `model.Snapshot` of all inputs, a `spec.SiteSpec` of all
settings and the `memory.Memory` of the decision before; what goes out is a
`model.Decision` and the next memory. Nothing here knows Home Assistant, reads a
clock or waits.
"""
