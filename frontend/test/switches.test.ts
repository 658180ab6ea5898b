import { deepEqual } from "node:assert/strict";
import { test } from "node:test";

import { switchesOf } from "../src/switches";

const change = (time: number, state: string) => ({ time, state });

test("the last switches come with their reasons, the newest first", () => {
  const running = [change(0, "off"), change(10_000, "on"), change(20_000, "off")];
  const reasons = [change(0, "not_worth_it"), change(11_000, "worth_it"), change(20_500, "mode_off")];

  deepEqual(switchesOf(running, reasons, 0), [
    { time: 20_000, on: false, reason: "mode_off" },
    { time: 10_000, on: true, reason: "worth_it" },
  ]);
});

test("a worker that was unavailable and goes on as before has not switched", () => {
  const running = [change(0, "on"), change(10_000, "unavailable"), change(20_000, "on")];

  deepEqual(switchesOf(running, [], 0), []);
});

test("what is seen first is no switch, whatever it was before", () => {
  deepEqual(switchesOf([change(5000, "on")], [], 0), []);
});
