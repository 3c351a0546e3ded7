/** How V8 is to treat what requests leave behind. What each is worth: docs/decisions/0013-what-a-value-may-cost.md. */
export const V8_FLAGS: readonly string[] = [
  // It takes what has outlived a few collections for long-lived, and puts its like into the old generation from the start. Here that
  // is what requests wait with; dead, it holds their rows until a full collection.
  '--no-allocation-site-pretenuring',
  // After a lull it gives the young generation a megabyte again, and doubles that step by step. Too small a one lets requests grow
  // old, full collections follow, and those throw compiled code away: so it grows at once.
  '--semi-space-growth-factor=16',
  // It collects when the event loop comes round, be there room still. Of a bulk, everything is alive then: its calls are under way.
  '--no-minor-gc-task',
  // It would let the old generation grow to four times what is in use before it looks for what is dead there.
  '--heap-growing-percent=150',
];
