/* The live feed in the browser: state and deltas of the screens in, one apply per animation frame out.
 *
 * Each message names regions (ids of containers) and what stands in them, as JSON of Dash components. Plain HTML is written into
 * the container directly, changing only what differs: 0.1 ms a region, against 1.9 ms by `dash_clientside.set_props` (measured,
 * docs/live.md). Dash leaves an empty container alone, so both live together; a region with any other component goes by Dash.
 * What is not yet applied is kept per region, newest wins, so work never piles up, however slow the browser.
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

  const streams = plan.jump && !plan.screens.includes(plan.jump) ? [...plan.screens, plan.jump] : plan.screens;
  const pending = new Map();
  let alarms = { open: [], cleared: [] };
  const line = { source: null, lastId: null, attempt: 0, heardAt: 0, isWaiting: false };
  const turn = { screen: plan.screens[0], since: performance.now() };
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
      const container = document.getElementById(id);
      if (!container) tell("cc-kedaluwarsa", { region: id }); /* a newer server knows a region that this page lacks */
      else if (isPlain(children)) put(container, children);
      else window.dash_clientside.set_props(id, { children });
      if (performance.now() - started > FRAME_BUDGET_MS) break;
    }
    if (pending.size) frame = requestAnimationFrame(apply);
  }

  /* -- writing plain HTML: what stands there is changed, not replaced, so that nothing flickers and no animation starts anew */

  const shown = new WeakMap(); /* element -> the node it shows */

  const listOf = (children) => (Array.isArray(children) ? children : children === null || children === undefined ? [] : [children]);
  const isElement = (node) => typeof node === "object" && node !== null;
  const isPlain = (children) => listOf(children).every((node) => !isElement(node)
    || (node.namespace === "dash_html_components" && isPlain(node.props.children)));

  function put(parent, children) {
    const wanted = listOf(children);
    for (let index = 0; index < wanted.length; index += 1) {
      const present = parent.childNodes[index];
      if (!present) parent.appendChild(build(wanted[index]));
      else if (!change(present, wanted[index])) parent.replaceChild(build(wanted[index]), present);
    }
    while (parent.childNodes.length > wanted.length) parent.lastChild.remove();
  }

  function build(node) {
    if (!isElement(node)) return document.createTextNode(String(node));
    const element = document.createElement(node.type);
    setProps(element, {}, node.props);
    put(element, node.props.children);
    shown.set(element, node);
    return element;
  }

  function change(present, node) {
    if (!isElement(node)) {
      if (present.nodeType !== Node.TEXT_NODE) return false;
      if (present.data !== String(node)) present.data = String(node);
      return true;
    }
    const before = shown.get(present);
    if (!before || before.type !== node.type) return false;
    setProps(present, before.props, node.props);
    put(present, node.props.children);
    shown.set(present, node);
    return true;
  }

  function setProps(element, before, after) {
    for (const name of Object.keys(before)) if (!(name in after)) setProp(element, name, before[name], null);
    for (const [name, value] of Object.entries(after)) setProp(element, name, before[name], value);
  }

  function setProp(element, name, before, value) {
    if (name === "children" || before === value) return;
    if (name === "className") element.className = value === null ? "" : value;
    else if (name === "style") setStyle(element, before || {}, value || {});
    else if (value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }

  function setStyle(element, before, after) {
    const hyphenated = (name) => (name.startsWith("--") ? name : name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`));
    for (const name of Object.keys(before)) if (!(name in after)) element.style.removeProperty(hyphenated(name));
    for (const [name, value] of Object.entries(after)) {
      if (before[name] !== value) element.style.setProperty(hyphenated(name), value);
    }
  }

  /* -- the connection */

  function connect() {
    line.isWaiting = false;
    line.attempt += 1;
    line.heardAt = performance.now();
    tell("cc-mencoba", { attempt: line.attempt });
    const since = line.lastId === null ? "" : `?since=${encodeURIComponent(line.lastId)}`;
    const source = new EventSource(`/live/${streams.join(",")}${since}`);
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
    alarms = data.alarms; /* of the whole city, with every screen: the newest message knows best */
    chooseScreen();
    return { kind: "data", asOf: { [data.screen]: data.as_of }, alarms };
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

  const untaken = () => alarms.open.filter((alarm) => !alarm.is_taken);
  const hasFreshAlarm = () => untaken().some((alarm) => serverNow() - alarm.since < FRESH_ALARM_MS);

  /* While nobody has a critical incident, the page that lists it has its turn in every cycle, also on a wall that does not show it. */
  const cycle = () => (plan.jump && !plan.screens.includes(plan.jump) && untaken().length ? [...plan.screens, plan.jump] : plan.screens);

  /* A critical incident that is new and that nobody has keeps its page; otherwise every page has its turn. */
  function chooseScreen() {
    const screens = cycle();
    const index = screens.indexOf(turn.screen);
    if (plan.jump && hasFreshAlarm()) turnTo(plan.jump);
    else if (index < 0) turnTo(screens[0]);
    else if (performance.now() - turn.since >= plan.every) turnTo(screens[(index + 1) % screens.length]);
  }

  function turnTo(screen) {
    turn.since = performance.now();
    if (screen === turn.screen) return;
    turn.screen = screen;
    show(screen);
  }

  /* -- one timer for what only time brings about */

  function watch() {
    try {
      if (line.source && performance.now() - line.heardAt > SILENCE_MS) lose();
      chooseScreen();
    } finally {
      setTimeout(watch, Math.min(500, plan.every));
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
