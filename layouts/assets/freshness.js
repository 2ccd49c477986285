/* How old is what we see? Depends on nothing that Dash does.
 *
 * It listens to "cc-kabar" events on the document (live.js sends one for every message of the server) and measures with its own
 * stopwatch: the browser's clock may be wrong and its time zone another one. Every second it puts the clock, the age of the data
 * and all ages right; it marks late tiles, dims the whole screen when contact is lost or data have stopped, heals by itself when
 * they are back, and tells the server that this wall lives.
 */
(function () {
  "use strict";

  const block = document.getElementById("cc-tayang");
  if (!block) return;
  const plan = JSON.parse(block.textContent);

  const CONTACT_LOST_MS = 10000;
  const REFRESHES_UNTIL_LATE = 1.5;
  const REFRESHES_UNTIL_STALE = 2;
  const REFRESHES_UNTIL_STOPPED = 3;
  const SHIFT_EVERY_MS = 180000;
  const MOUNT_PATIENCE_MS = 30000;
  const RELOADS_APART_MS = 60000;
  const SHIFTS = [[0, 0], [2, 1], [4, 2], [3, 4], [1, 3]];

  const stopwatch = () => performance.now();

  /* What we know. Times called ...At are stopwatch times; others are epoch milliseconds of the server's clock. */
  const known = {
    server: null, serverAt: 0,
    contactAt: stopwatch(), contactTime: null,
    asOf: {}, every: 60000,
    attempts: 0,
    tick: 0, steppedAt: -Infinity,
    frameAt: stopwatch(), shiftedAt: stopwatch(), shift: 0,
    beatAt: -Infinity, isBeating: false,
    reload: null,
  };

  const now = () => (known.server === null ? Date.now() : known.server + (stopwatch() - known.serverAt));

  /* -- news from the server */

  document.addEventListener("cc-kabar", (event) => {
    const news = event.detail;
    known.contactAt = stopwatch();
    known.attempts = 0;
    if (news.now) { known.server = news.now; known.serverAt = known.contactAt; }
    known.contactTime = now();
    if (news.every) known.every = news.every;
    if (news.build && news.build !== plan.build) reloadSoon();
    const moved = learnAsOf(news.asOf || {});
    if (moved || (news.kind === "beat" && news.ok && !hasStopped(shownScreen()))) step();
  });

  document.addEventListener("cc-mencoba", (event) => { known.attempts = event.detail.attempt; });
  document.addEventListener("cc-kedaluwarsa", () => reloadSoon());

  function learnAsOf(asOf) {
    let moved = false;
    for (const [screen, time] of Object.entries(asOf)) {
      if (known.asOf[screen] !== time) { known.asOf[screen] = time; moved = true; }
    }
    return moved;
  }

  /* The pulse: one tick further for an answer with data, at most once a second. Nothing else moves it. */
  function step() {
    if (stopwatch() - known.steppedAt < 900) return;
    known.steppedAt = stopwatch();
    known.tick += 1;
    for (const pulse of document.querySelectorAll(".cc-denyut")) {
      const ticks = pulse.children;
      for (let index = 0; index < ticks.length; index += 1) {
        ticks[index].classList.toggle("aktif", index === known.tick % ticks.length);
      }
    }
  }

  /* -- words and times */

  const dictionaries = new Map();

  function wordsOf(canvas) {
    const text = canvas.dataset.kata;
    if (!dictionaries.has(text)) dictionaries.set(text, dictionary(JSON.parse(text)));
    return dictionaries.get(text);
  }

  function dictionary(words) {
    const format = (options) => new Intl.DateTimeFormat(words.bahasa, { timeZone: words.zona, ...options });
    const time = new Intl.DateTimeFormat("en-GB", {
      timeZone: words.zona, hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit",
    });
    const date = format({ weekday: "long", day: "numeric", month: "short", year: "numeric" });
    const zone = format({ timeZoneName: "short" });
    return {
      ...words,
      clock: (at) => time.format(at),
      date: (at) => date.format(at),
      zone: (at) => zone.formatToParts(at).find((part) => part.type === "timeZoneName").value,
    };
  }

  function age(ms, units) {
    const minutes = Math.floor(ms / 60000);
    if (minutes < 1) return `< 1 ${units.menit}`;
    if (minutes < 60) return `${minutes} ${units.menit}`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return `${hours} ${units.jam} ${String(minutes % 60).padStart(2, "0")} ${units.menit}`;
    return `${Math.floor(hours / 24)} ${units.hari} ${hours % 24} ${units.jam}`;
  }

  function ageToTheSecond(ms, units) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    if (seconds < 60) return `${seconds} ${units.detik}`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} ${units.menit} ${seconds % 60} ${units.detik}`;
    return age(ms, units);
  }

  function write(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  const fill = (template, values) => template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));

  /* -- the state of things */

  const shownCanvas = () => document.querySelector(".cc-kanvas:not([hidden])");
  const shownScreen = () => { const canvas = shownCanvas(); return canvas ? canvas.dataset.halaman : null; };
  const isLost = () => stopwatch() - known.contactAt > CONTACT_LOST_MS;

  function dataAge(screen) {
    const asOf = known.asOf[screen];
    return asOf === null || asOf === undefined ? null : now() - asOf;
  }

  function hasStopped(screen) {
    const old = dataAge(screen);
    return old !== null && old > REFRESHES_UNTIL_STOPPED * known.every;
  }

  /* -- once a second */

  function refresh() {
    const canvas = shownCanvas();
    if (canvas && canvas.dataset.kata) {
      const words = wordsOf(canvas);
      showClock(canvas, words);
      showAsOf(canvas, words);
      showAges(canvas, words);
      markTiles(canvas, words);
      showBanner(canvas, words);
    }
    shiftPixels();
    noteFrame();
    beat();
    lookAfterReload();
  }

  function showClock(canvas, words) {
    if (known.server === null) return; /* the browser's own clock may be hours off: rather no time than a wrong one */
    const at = now();
    write(canvas.querySelector(".cc-jam-pukul"), words.clock(at));
    write(canvas.querySelector(".cc-jam-zona"), words.zone(at));
    write(canvas.querySelector(".cc-jam-tanggal"), words.date(at));
  }

  function showAsOf(canvas, words) {
    const screen = canvas.dataset.halaman;
    const old = dataAge(screen);
    write(canvas.querySelector(".cc-data-per"), old === null ? "–" : words.clock(known.asOf[screen]));
    write(canvas.querySelector(".cc-data-umur"), old === null ? "" : fill(words.lalu, { age: ageToTheSecond(old, words.satuan) }));
    const freshness = canvas.querySelector(".cc-segar");
    if (isLost()) freshness.dataset.diam = words.server_diam; /* shown by the style sheet in place of the sources */
    else delete freshness.dataset.diam;
  }

  function showAges(canvas, words) {
    const at = now();
    for (const element of canvas.querySelectorAll(".cc-umur[data-since]")) {
      write(element, age(Math.max(0, at - Number(element.dataset.since)), words.satuan));
    }
  }

  /* A tile that missed one refresh shows its age; one past its patience is hatched. What is known to be silent stays as it is. */
  function markTiles(canvas, words) {
    const at = now();
    for (const tile of canvas.querySelectorAll("[data-last]")) {
      const old = at - Number(tile.dataset.last);
      const isSettled = tile.matches(".k-nodata, .k-jadwal");
      const isLate = !isSettled && old > REFRESHES_UNTIL_LATE * known.every;
      tile.classList.toggle("cc-terlambat", isLate);
      tile.classList.toggle("cc-basi", !isSettled && old > REFRESHES_UNTIL_STALE * known.every);
      if (isLate) tile.dataset.umur = ageToTheSecond(old, words.satuan);
      else delete tile.dataset.umur;
    }
  }

  function showBanner(canvas, words) {
    const banner = canvas.querySelector(".cc-spanduk");
    if (!banner) return;
    const text = bannerText(canvas.dataset.halaman, words);
    canvas.classList.toggle("cc-putus", text !== null);
    banner.hidden = text === null;
    if (text !== null) {
      write(banner.querySelector(".cc-spanduk-judul"), text.title);
      write(banner.querySelector(".cc-spanduk-isi"), text.body);
    }
  }

  function bannerText(screen, words) {
    const at = (time) => words.clock(time).replaceAll(":", ".");
    const old = dataAge(screen);
    if (isLost()) {
      const since = known.contactTime === null ? now() - (stopwatch() - known.contactAt) : known.contactTime;
      const values = { age: ageToTheSecond(old === null ? now() - since : old, words.satuan), attempt: known.attempts };
      return { title: fill(words.putus_judul, { time: at(since) }), body: fill(words.putus_isi, values) };
    }
    if (hasStopped(screen)) {
      const values = { age: ageToTheSecond(old, words.satuan) };
      return { title: fill(words.basi_judul, { time: at(known.asOf[screen]) }), body: fill(words.basi_isi, values) };
    }
    return null;
  }

  /* A few pixels every few minutes, so that nothing burns in. */
  function shiftPixels() {
    if (stopwatch() - known.shiftedAt < SHIFT_EVERY_MS) return;
    known.shiftedAt = stopwatch();
    known.shift = (known.shift + 1) % SHIFTS.length;
    const [x, y] = SHIFTS[known.shift];
    document.documentElement.style.setProperty("--geser-x", `${x}px`);
    document.documentElement.style.setProperty("--geser-y", `${y}px`);
  }

  /* When the browser last painted: asked for once a second, for a running animation would cost more than the wall itself. */
  function noteFrame() {
    if (known.isAskingFrame) return;
    known.isAskingFrame = true;
    requestAnimationFrame(() => { known.frameAt = stopwatch(); known.isAskingFrame = false; });
  }

  /* -- this wall lives */

  function report(isClosed) {
    const memory = performance.memory;
    const old = dataAge(shownScreen());
    return JSON.stringify({
      name: plan.name,
      page: shownScreen() || "memuat",
      data_age_seconds: old === null ? null : Math.max(0, old / 1000),
      frame_age_seconds: (stopwatch() - known.frameAt) / 1000,
      heap_bytes: memory ? memory.usedJSHeapSize : null,
      dom_nodes: document.getElementsByTagName("*").length,
      width: window.innerWidth,
      height: window.innerHeight,
      closed: isClosed,
    });
  }

  async function beat() {
    if (!plan.name || known.isBeating || stopwatch() - known.beatAt < plan.beat) return;
    if (shownScreen() === null && stopwatch() < MOUNT_PATIENCE_MS) return; /* still loading: nothing to tell yet */
    known.isBeating = true;
    known.beatAt = stopwatch();
    try {
      await fetch("/wall/beat", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: report(false), signal: AbortSignal.timeout(5000),
      });
    } catch (error) {
      /* The banner already tells that the server is gone. */
    } finally {
      known.isBeating = false;
    }
  }

  window.addEventListener("pagehide", () => {
    if (plan.name) navigator.sendBeacon("/wall/beat", new Blob([report(true)], { type: "application/json" }));
  });

  /* -- reloading: only into a server that answers, never in step with other walls, never in a circle */

  function reloadSoon() {
    if (known.reload === null) known.reload = stopwatch() + 500 + Math.random() * 10000;
  }

  async function lookAfterReload() {
    const isMounted = document.querySelector(".cc-kanvas") !== null;
    if (!isMounted && stopwatch() > MOUNT_PATIENCE_MS) reloadSoon();
    if (known.reload === null || stopwatch() < known.reload || known.isReloading) return;
    known.isReloading = true;
    try {
      const last = Number(sessionStorage.getItem("cc-muat-ulang") || 0);
      if (Date.now() - last < RELOADS_APART_MS && Date.now() >= last) return;
      const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(3000) });
      if (!answer.ok) return;
      sessionStorage.setItem("cc-muat-ulang", String(Date.now()));
      location.reload();
    } catch (error) {
      /* Not yet; asked again in a second. */
    } finally {
      known.isReloading = false;
    }
  }

  /* One timer, set anew only when its work is done, on the full second of the server's clock. */
  function everySecond() {
    try { refresh(); } finally { setTimeout(everySecond, 1000 - (now() % 1000) + 5); }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", everySecond);
  else everySecond();
})();
