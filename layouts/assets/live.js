/* The live feed in the browser: state and deltas of the screens in, one apply per animation frame out.
 *
 * Each message names regions (ids of containers) and what stands in them, as JSON of Dash components; `dash_clientside.set_props`
 * puts it there. What is not yet applied is kept per region, newest wins, so work never piles up, however slow the browser.
 * Everything about age and lost contact is the business of freshness.js; it hears of each message by a "cc-kabar" event.
 */
(function () {
  "use strict";

  const block = document.getElementById("cc-tayang");
  if (!block) return;
  const plan = JSON.parse(block.textContent);

  const FRAME_BUDGET_MS = 10;
  const SILENCE_MS = 6000; /* the server beats every second; a connection that says nothing is dead, whatever TCP believes */
  const FIRST_PAUSE_MS = 500;
  const LONGEST_PAUSE_MS = 10000;
  const FRESH_ALARM_MS = 15 * 60 * 1000;

  const pending = new Map();
  const alarms = {};
  const line = { source: null, lastId: null, attempt: 0, heardAt: 0, isWaiting: false };
  const turn = { index: 0, since: performance.now() };
  const server = { now: Date.now(), at: performance.now() };
  let frame = 0;

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const serverNow = () => server.now + (performance.now() - server.at);

  /* -- applying */

  function take(regions) {
    for (const [id, children] of Object.entries(regions)) pending.set(id, children);
    if (pending.size && !frame) frame = requestAnimationFrame(apply);
  }

  function apply() {
    frame = 0;
    const started = performance.now();
    for (const [id, children] of pending) {
      pending.delete(id);
      if (document.getElementById(id)) window.dash_clientside.set_props(id, { children });
      else tell("cc-kedaluwarsa", { region: id }); /* a newer server knows a region that this page lacks */
      if (performance.now() - started > FRAME_BUDGET_MS) break;
    }
    if (pending.size) frame = requestAnimationFrame(apply);
  }

  /* -- the connection */

  function connect() {
    line.isWaiting = false;
    line.attempt += 1;
    line.heardAt = performance.now();
    tell("cc-mencoba", { attempt: line.attempt });
    const since = line.lastId === null ? "" : `?since=${encodeURIComponent(line.lastId)}`;
    const source = new EventSource(`/live/${plan.screens.join(",")}${since}`);
    source.addEventListener("hello", (event) => hear(event, (data) => ({ kind: "hello", build: data.build, every: data.every })));
    source.addEventListener("full", (event) => hear(event, news));
    source.addEventListener("delta", (event) => hear(event, news));
    source.addEventListener("beat", (event) => hear(event, (data) => ({ kind: "beat", ok: data.ok, asOf: data.as_of })));
    source.onerror = lose;
    line.source = source;
  }

  function hear(event, read) {
    const data = JSON.parse(event.data);
    line.heardAt = performance.now();
    line.attempt = 0;
    if (event.lastEventId) line.lastId = event.lastEventId;
    server.now = data.now;
    server.at = line.heardAt;
    tell("cc-kabar", { ...read(data), now: data.now });
  }

  function news(data) {
    take(data.regions);
    alarms[data.screen] = data.alarms;
    chooseScreen();
    return { kind: "data", asOf: { [data.screen]: data.as_of } };
  }

  /* Not the browser's own reconnecting: that keeps one rhythm on all walls, and gives up for good at an error of a proxy. */
  function lose() {
    if (line.source) line.source.close();
    line.source = null;
    if (line.isWaiting) return;
    line.isWaiting = true;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 1.6 ** line.attempt);
    setTimeout(connect, pause * (0.5 + Math.random()));
  }

  /* -- whose turn it is */

  function show(screen) {
    for (const canvas of document.querySelectorAll(".cc-kanvas[data-halaman]")) {
      canvas.hidden = canvas.dataset.halaman !== screen;
    }
  }

  const hasFreshAlarm = (screen) => (alarms[screen] || []).some((opened) => serverNow() - opened < FRESH_ALARM_MS);

  /* A fresh critical incident keeps its page; otherwise every page has its turn. */
  function chooseScreen() {
    const alarming = plan.screens.findIndex(hasFreshAlarm);
    const isOver = performance.now() - turn.since >= plan.every;
    if (alarming >= 0) turnTo(alarming);
    else if (isOver) turnTo((turn.index + 1) % plan.screens.length);
  }

  function turnTo(index) {
    turn.since = performance.now();
    if (index === turn.index) return;
    turn.index = index;
    show(plan.screens[index]);
  }

  /* -- one timer for what only time brings about */

  function watch() {
    try {
      if (line.source && performance.now() - line.heardAt > SILENCE_MS) lose();
      chooseScreen();
    } finally {
      setTimeout(watch, 500);
    }
  }

  function begin() {
    const isReady = window.dash_clientside && window.dash_clientside.set_props && document.querySelector(".cc-kanvas");
    if (!isReady) { setTimeout(begin, 50); return; }
    show(plan.screens[0]);
    connect();
    watch();
  }

  begin();
})();
