"""Solar Compute Worker: runs named jobs on the compute machine, on a lease.

Home Assistant decides; this service obeys, for as long as it keeps hearing from it. It
may import aiohttp and the standard library, and must never start anything that its own
configuration does not name, nor let a job run without a lease.

A reader's path: `lease` (who may make a worker run, and until when), `guardian` (why
nothing is ever left running), `slot` (one job process), `outside` (a container or a
unit, which another daemon runs), `warden` (why that is not left running), `checkpoint`
(saving before a pause), `job_queue` (jobs from a folder), `rails` (limits that hold
without being told), `power` (what is drawn), `worker` (the state machine), `service`
(all workers and the clock), `api` (how they are reached), `access` (by whom), `pairing`
(how trust begins), `identity` (what it is known by), `cli`.
"""

__version__ = "0.1.0"
