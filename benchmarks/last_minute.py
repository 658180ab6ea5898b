"""Has any policy meet deadlines as a plain automation would: at the last minute."""

from collections.abc import Mapping

from custom_components.solar_compute.core.crew import may_switch
from custom_components.solar_compute.core.job import Job, JobUnit
from custom_components.solar_compute.core.spec import WorkerSpec

from .engine import Moment, Order, Policy

MARGIN_S = 1800.0
"""Time to spare, as careful people plan it: not every minute counts as run."""


class LastMinute:
    """Lets a policy decide until only just enough time is left for an open job.

    From then on the worker runs at full power until the job is done. One that can
    no longer be done in time is given up.
    """

    def __init__(self, policy: Policy) -> None:
        """Stand in for a policy that knows nothing of jobs."""
        self._policy = policy

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Return the policy's orders, but for what is urgent."""
        wishes = self._policy.orders(moment)
        return {
            worker.key: _order(moment, worker, wishes[worker.key])
            for worker in moment.spec.workers
        }


def _order(moment: Moment, worker: WorkerSpec, wish: Order) -> Order:
    hand = moment.hands[worker.key]
    free = may_switch(worker, hand, moment.clock_s)
    if hand.level or free:
        jobs = (job for job in moment.jobs if job.worker == worker.key)
        if any(_is_urgent(moment, worker, job) for job in jobs):
            return Order(len(worker.levels_w))
    if hand.level and not wish.level and not free and not wish.excused:
        # The policy does not know of this run, nor when it may end.
        return Order(hand.level)
    return wish


def _is_urgent(moment: Moment, worker: WorkerSpec, job: Job) -> bool:
    hours = job.amount - job.done
    if job.unit is JobUnit.KWH:
        hours /= worker.levels_w[-1] / 1000
    spare_s = job.ready_by_s - moment.clock_s - hours * 3600
    # A pause that begins now must be over before it would be too late.
    return 0 <= spare_s < MARGIN_S + worker.min_pause_s + moment.step_s
