"""The decision maths of Solar Compute, in prose.

What can be believed of the meters is used (`observe`); a value that is too old,
impossible, or stands still while energy flows (`flat`) is unknown. That a meter counts
the wrong way round shows in how it goes along with the sun (`directions`).

A home has a balance: what its sun makes beyond what it needs, before any worker
draws (`supply.balance_w`). Giving power to a worker walks down slices of supply
at one price each, in the order of physics: sun that the inverter holds back
(nothing), export forgone, loads that yield, battery charge forgone, battery
discharge, import (`supply.supply_curve`). A stored kWh is worth what the battery
would have done with it: the limit that its path hits first says which
(`storage`), on each of the last days (`outlook`).

A worker brings the value of its results and of its heat. Heat goes into a heat sink:
a tank (hot water, or a loop: a buffer, a pool, a network) or a room. It is worth the
price of the heat that it really displaces, at the time when the sink's backup heater
would have run (`thermal`, `backup`). When that is follows from how the tank or room cools
(`body`, `strata`), with what was learned of a tank's draws (`draws`) and of a room's
losses and capacity (`room_model`). For a sink that is too cold, or will be when it must
be warm, it is worth what the owner says; for a full one nothing. Heat counts only for
the watts that the sink permits: sun, then battery, then grid. Results and heat, less
cooling (`spaces`) and supply, are a worker's worth in currency per hour (`worth`).

Work with a deadline (`job`) makes an hour worth what the dearest hour costs that it
needs (`job_hours`, `job_outlook`): little while there is time to spare, and whatever it
costs at the end (`jobs`). What is done counts for it from the ledger (`job_progress`).

Switching costs, so a switch must be worth its cost over the time that it will probably
last (`policy`, `policy_memory`). What the last hours looked like (`trail`) is compared
with the house's past: where that taught better (`learn`, `knowledge`), it corrects the
rule of thumb (`advice`), and a purse bounds what switching may lose (`purse`). Guards
always win (`guards`): each says for each worker which level is the highest, and why.
Those that watch something trip, and some stay tripped until they are re-armed; those
that share power out (a circuit, a cap, the battery, the import limit) are budgets that
workers draw down in their order. Workers share one supply curve in that strict order,
too (`placement`, `decide`).

A worker's stated power is often a guess. Where its own power is measured, decisions go
by what its levels really draw, and wait for as long as a change takes to show (`power`).
Where it counts what it finishes, jobs go by what comes of a kWh (`work`).

What is never switched is part of the balance, and decisions know nothing else of it
(`always_on`). What was drawn is accounted by its true source (`ledger`), its heat by
what it was good for (`heat_flow`), measured where there is a meter (`heat_meter`), its
CO₂ in two books (`carbon`); totals of a day and a month follow from all of it
(`accounts`). Every decision can be taken apart into its numbers (`explain`), with
what a person should hear beside its reason (`remarks`), and replayed from JSON (`codec`).

What is expected of the hours to come (`expect`), its balance (`expect_balance`) and prices
(`expect_prices`), follows from forecasts, published prices and the home's habits
(`foreseen`); all of them are values over time (`series`). Habits are what it needs itself
(`load_profile`), and how far forecasts of its sun are off (`sun_error`).

How every sink is now, people see in `sinks`. From what was decided follows whether a
tank's backup heater may wait (`wait`), and from its temperatures whether it should be
heated through (`hygiene`). A home to try all of it on is `simulate`, with the sun and
the loads of `house`. In one loop (`closed_loop`) any rule can be tried on it
(`replay_rules`), on days that were too (`replay`), with what could have been learned by
then (`nights`) and with other settings (`tried`).

What the next two days should look like is a `plan`: worker by worker, an exact program
over battery and heat finds the best hours, the others held fixed, and a simulation
accepts them or not (`planner`). What it says are prices and permissions, never
set-points; decisions hear of it as what is known of the hours ahead (`planner_grid`).

What comes in is a `model.Snapshot` of all inputs, a `spec.SiteSpec` of all settings,
the `memory.Memory` of the decision before, and what is known of the hours `ahead`; what
goes out is a `model.Decision` and the next memory. Nothing here knows Home Assistant,
reads a clock or waits.
"""
